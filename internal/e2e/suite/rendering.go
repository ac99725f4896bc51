//go:build e2e && linux

package suite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"golang.org/x/sync/errgroup"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/e2e/claims"
	"github.com/gatespan/gatespan/internal/e2e/cluster"
	"github.com/gatespan/gatespan/internal/object"
)

const areaRendering = "GitOps: gatespan's renderer makes the same objects, object for object"

func rendering() Suite {
	return Suite{Name: "rendering", Area: areaRendering, Claim: "the objects of kustomize and of flux build", Wants: []string{"flux"}, run: runRendering}
}

func runRendering(ctx context.Context, e *Env) error {
	fleets, err := e.fleets(ctx)
	if err != nil {
		return err
	}
	withFlux := e.Components["flux"].Problem == "" && !e.Present // a process for each overlay is nothing for a quick run
	var all []*asked
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(runtime.NumCPU())
	for _, f := range fleets {
		overlays, err := overlaysOf(f)
		if err != nil {
			return err
		}
		for _, overlay := range overlays {
			a := &asked{where: f.name + ": " + overlay}
			all = append(all, a)
			group.Go(func() error { return a.ask(inner, e, f.repo, overlay, withFlux) })
		}
	}
	if err := group.Wait(); err != nil {
		return err
	}
	byKustomize, byFlux := &comparison{}, &comparison{}
	for _, a := range all {
		byKustomize.compare(a.where, a.ours)(a.kustomize, a.refused)
		if withFlux {
			byFlux.compare(a.where, a.ours)(a.flux, a.failed)
		}
	}
	if err := e.compared("overlays of every example fleet", byKustomize, byFlux, withFlux); err != nil {
		return err
	}
	return e.renderedByHand(ctx)
}

// asked is one overlay, and what each renderer makes of it.
type asked struct {
	where                 string
	ours, kustomize, flux []*object.Object
	refused, failed       error // of kustomize, of Flux
}

func (a *asked) ask(ctx context.Context, e *Env, repo, overlay string, withFlux bool) error {
	ours, err := objects(ctx, repo, overlay)
	if err != nil {
		return fmt.Errorf("%s: %w", overlay, err)
	}
	a.ours = slices.DeleteFunc(ours, func(o *object.Object) bool { return o.Origin.Overlay != overlay }) // without what a hand-off leads to
	a.kustomize, a.refused = kustomize(filepath.Join(repo, overlay))
	if withFlux {
		a.flux, a.failed = e.fluxBuild(ctx, repo, overlay, bare(overlay))
	}
	return ctx.Err()
}

// renderedByHand compares the repositories in testdata: each has a Flux Kustomization in clusters/one/app.yaml that applies app.
func (e *Env) renderedByHand(ctx context.Context) error {
	files, err := filepath.Glob(filepath.Join(e.Root, "internal", "e2e", "suite", "testdata", "rendering", "*.txtar"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no repositories to render: %w", err)
	}
	byKustomize, byFlux := &comparison{}, &comparison{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		repo := filepath.Join(e.State, "rendering", name)
		archive, err := txtar.ParseFile(file)
		if err != nil {
			return err
		}
		if err := txtar.Write(archive, repo); err != nil {
			return err
		}
		if _, err := os.Stat(filepath.Join(repo, "app", "kustomization.yaml")); err == nil { // kustomize builds nothing else
			plain, err := objects(ctx, repo, "app")
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			byKustomize.compare(name, plain)(kustomize(filepath.Join(repo, "app")))
		}
		applied, err := objects(ctx, repo, "clusters/one")
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if e.Components["flux"].Problem == "" {
			byFlux.compare(name, without(applied, "Kustomization"))(e.fluxBuild(ctx, repo, "app", filepath.Join(repo, "clusters", "one", "app.yaml")))
		}
	}
	return e.compared("repositories written by hand: components, replacements, generators, patches, Flux's own", byKustomize, byFlux, e.Components["flux"].Problem == "")
}

// compared records what both said; without a flux, kustomize is asked alone.
func (e *Env) compared(what string, byKustomize, byFlux *comparison, withFlux bool) error {
	row := claims.Row{Area: areaRendering, Claim: what, Component: "kustomize", Version: kustomizeVersion(), Outcome: claims.Agrees, Detail: byKustomize.counted()}
	if len(byKustomize.differences) > 0 {
		row.Outcome, row.Detail = claims.Differs, strings.Join(byKustomize.differences, "\n")
	}
	flux := e.Components["flux"]
	switch {
	case withFlux:
		return errors.Join(claims.Record(row), e.record(areaRendering, what, "flux", byFlux.differences, byFlux.counted()))
	case e.Present:
		fmt.Fprintf(e.Log, "rendering: flux build of the %s is left out %s\n", what, flux.Problem)
		return claims.Record(row)
	}
	return errors.Join(claims.Record(row), claims.Record(claims.Row{Area: areaRendering, Claim: what, Component: "flux", Version: flux.Version, Outcome: claims.NotRun, Detail: flux.Problem}))
}

// comparison gathers what differs between gatespan's objects and another renderer's.
type comparison struct {
	differences   []string
	roots, number int
}

func (c *comparison) counted() string { return fmt.Sprintf("%d objects, %d roots", c.number, c.roots) }

// compare takes what another renderer made, or why it made nothing.
func (c *comparison) compare(where string, ours []*object.Object) func([]*object.Object, error) {
	return func(theirs []*object.Object, err error) {
		c.roots++
		c.number += len(theirs)
		differ := func(format string, a ...any) {
			c.differences = append(c.differences, where+": "+fmt.Sprintf(format, a...))
		}
		if err != nil {
			differ("%v", err)
			return
		}
		if len(ours) == 0 || len(ours) != len(theirs) {
			differ("%d objects, and %d of the other", len(ours), len(theirs))
			return
		}
		ours, theirs = object.NewSet(ours).All(), object.NewSet(theirs).All()
		for i := range ours {
			if difference := cmp.Diff(ours[i].Data, theirs[i].Data); difference != "" {
				differ("%s (- gatespan, + the other):\n%s", ours[i], difference)
			}
		}
	}
}

// kustomize builds a directory as the command does.
func kustomize(dir string) ([]*object.Object, error) {
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		return nil, err
	}
	text, err := built.AsYaml()
	if err != nil {
		return nil, err
	}
	return decode(text)
}

// fluxBuild builds a directory as kustomize-controller does, and takes the owner's labels off, which gatespan does not write.
func (e *Env) fluxBuild(ctx context.Context, repo, dir string, kustomization string) ([]*object.Object, error) {
	if strings.HasPrefix(kustomization, "apiVersion") {
		file, err := os.CreateTemp(e.State, "kustomization-*.yaml")
		if err != nil {
			return nil, err
		}
		defer os.Remove(file.Name())
		_, err = file.WriteString(kustomization)
		if err := errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
		kustomization = file.Name()
	}
	command := exec.CommandContext(ctx, e.Components["flux"].Path, "build", "kustomization", "app", "--path", filepath.Join(repo, dir), "--kustomization-file", kustomization, "--dry-run")
	command.Env = append(os.Environ(), "KUBECONFIG=/dev/null", "HOME="+e.State)
	text, err := command.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, fmt.Errorf("flux build: %w: %s", err, exit.Stderr)
	}
	if err != nil {
		return nil, err
	}
	built, err := decode(text)
	for _, o := range built {
		metadata, _ := o.Data["metadata"].(cluster.Map)
		labels, _ := metadata["labels"].(cluster.Map)
		delete(labels, "kustomize.toolkit.fluxcd.io/name")
		delete(labels, "kustomize.toolkit.fluxcd.io/namespace")
		if len(labels) == 0 {
			delete(metadata, "labels")
		}
	}
	return built, err
}

// bare is a Flux Kustomization that applies a path as it is.
func bare(path string) string {
	return `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: app, namespace: flux-system}
spec: {interval: 10m, prune: true, path: ./` + path + `, sourceRef: {kind: GitRepository, name: flux-system}}
`
}

func decode(stream []byte) ([]*object.Object, error) {
	var out []*object.Object
	for _, document := range strings.Split("\n"+string(stream), "\n---\n") {
		encoded, err := yaml.YAMLToJSON([]byte(document))
		if err != nil {
			return nil, err
		}
		var data cluster.Map
		if err := kjson.UnmarshalCaseSensitivePreserveInts(encoded, &data); err != nil {
			return nil, err
		}
		if len(data) == 0 {
			continue
		}
		o, err := object.New(data, object.Origin{})
		if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

func without(all []*object.Object, kind string) []*object.Object {
	var out []*object.Object
	for _, o := range all {
		if o.Kind != kind {
			out = append(out, o)
		}
	}
	return out
}

// overlaysOf are the kustomize roots of a fleet, relative to its repository.
func overlaysOf(f *fleet) ([]string, error) {
	var out []string
	err := filepath.WalkDir(filepath.Join(f.repo, f.overlays), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() != "kustomization.yaml" {
			return err
		}
		relative, err := filepath.Rel(f.repo, filepath.Dir(name))
		out = append(out, filepath.ToSlash(relative))
		return err
	})
	if err == nil && len(out) == 0 {
		err = fmt.Errorf("%s has no overlays", f.name)
	}
	return out, err
}

func kustomizeVersion() string {
	info, _ := debug.ReadBuildInfo()
	for _, m := range info.Deps {
		if m.Path == "sigs.k8s.io/kustomize/api" {
			return "api " + m.Version
		}
	}
	return "unknown"
}
