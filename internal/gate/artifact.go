package gate

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/adopt"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/report"
)

// artifactGroup is Flux's, of the generators that cut this repository into ExternalArtifacts (fluxcd/source-watcher
// api/v1beta1/artifactgenerator_types.go: spec.sources and spec.artifacts[].copy[].from, which begins with an alias).
const artifactGroup = "source.extensions.fluxcd.io"

// artifacts are the files with a Gateway that a generator takes into an artifact and no cluster reaches otherwise. What a Kustomization applies
// of an artifact is not followed, so nobody would judge them.
func (s *side) artifacts() ([]report.Undecidedness, error) {
	var out []report.Undecidedness
	read := filesOf(s)
	for i := range s.clusters {
		c := &s.clusters[i]
		for _, o := range c.objects.Kind(artifactGroup, "ArtifactGenerator") {
			for _, dir := range taken(o) {
				found, err := adopt.Gateways(s.fsys, dir)
				if err != nil {
					return nil, fmt.Errorf("look for Gateways in %s: %w", dir, err)
				}
				for _, f := range found {
					one := report.Undecidedness{
						Cluster: c.Name, Overlay: f.File, Message: fmt.Sprintf("%s takes this file with a Gateway into an artifact, which is not followed", o),
						Hint: "let a Kustomization apply the folder from the GitRepository itself",
					}
					if !read[f.File] && !slices.Contains(out, one) {
						out = append(out, one)
					}
				}
			}
		}
	}
	return out, nil
}

// taken are the directories and files of Git repositories that a generator copies: of a pattern, the part before its first wildcard.
func taken(generator *object.Object) []string {
	git := map[string]bool{}
	for _, source := range mappings(generator.Get("spec.sources")) {
		if alias, _ := source["alias"].(string); source["kind"] == "GitRepository" {
			git["@"+alias] = true
		}
	}
	var out []string
	for _, artifact := range mappings(generator.Get("spec.artifacts")) {
		for _, step := range mappings(artifact["copy"]) {
			from, _ := step["from"].(string)
			alias, rest, _ := strings.Cut(from, "/")
			if !git[alias] {
				continue
			}
			if i := strings.IndexAny(rest, "*?[{"); i >= 0 {
				rest = path.Dir(rest[:i] + "x")
			}
			out = append(out, strings.TrimPrefix(path.Clean("/"+rest), "/"))
		}
	}
	for i := range out {
		if out[i] == "" {
			out[i] = "."
		}
	}
	return out
}

func mappings(list any) []map[string]any {
	items, _ := list.([]any)
	var out []map[string]any
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}
