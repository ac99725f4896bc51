package gitops

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/template"

	_ "embed"

	"github.com/gatespan/gatespan/internal/fleet"
)

//go:embed publish.yaml
var publishText string

var publish = template.Must(template.New("publish.yaml").Delims("<<", ">>").Parse(publishText))

// ErrNoArtifact says that a fleet hands nothing off by artifacts.
var ErrNoArtifact = errors.New("no cluster of the fleet takes a signed artifact")

// gitHub is who signs for a workflow of GitHub (docs.github.com, OpenID Connect: the iss claim), and signer how the subject of a
// signature names it: Fulcio writes the workflow's own reference (sigstore/fulcio docs/oidc.md, job_workflow_ref).
const gitHub = "https://token.actions.githubusercontent.com"

var signer = regexp.MustCompile(`^https://[^/]+/[^/]+/[^/]+/(\.github/workflows/[-\w.]+\.ya?ml)@refs/heads/([-\w./]+)$`)

// Publish writes the workflow that judges and signs what clusters with an artifact take. The fleet's and the overlays' directories are
// relative to the repository.
//
// An error names the clusters whose signers are no workflow of GitHub, or not the same one.
func Publish(f *fleet.Fleet, directory, overlays string) ([]byte, error) {
	type artifact struct{ Cluster, URL, Tag string }
	data := struct {
		Fleet, Overlays, File, Branch string
		Artifacts                     []artifact
		Hosts                         []string
	}{Fleet: directory, Overlays: overlays}
	first := ""
	for _, name := range slices.Sorted(maps.Keys(f.Clusters)) {
		g := f.Clusters[name].GitOps
		if g == nil || g.HandOff == nil || g.HandOff.Artifact == nil {
			continue
		}
		a := g.HandOff.Artifact
		parts := signer.FindStringSubmatch(a.Signer.Subject)
		switch {
		case a.Signer.Issuer != gitHub || parts == nil:
			return nil, fmt.Errorf("cluster %s: its artifact is not signed by a workflow of GitHub on a branch", name)
		case first != "" && a.Signer.Subject != f.Clusters[first].GitOps.HandOff.Artifact.Signer.Subject:
			return nil, fmt.Errorf("clusters %s and %s: their artifacts are signed by different workflows", first, name)
		}
		first = cmp.Or(first, name)
		data.File, data.Branch = parts[1], parts[2]
		data.Artifacts = append(data.Artifacts, artifact{name, a.URL, a.Tag})
		host, _, _ := strings.Cut(strings.TrimPrefix(a.URL, "oci://"), "/")
		if !slices.Contains(data.Hosts, host) {
			data.Hosts = append(data.Hosts, host)
		}
	}
	if first == "" {
		return nil, ErrNoArtifact
	}
	slices.Sort(data.Hosts)
	var out bytes.Buffer
	err := publish.Execute(&out, data)
	return out.Bytes(), err
}
