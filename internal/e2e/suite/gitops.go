//go:build e2e && linux

package suite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/gatespan/gatespan/internal/e2e/claims"
	"github.com/gatespan/gatespan/internal/e2e/cluster"
)

const areaFlux = "GitOps: the hand-off, reconciled by Flux"

func gitOps() Suite {
	return Suite{Name: "gitops", Area: areaFlux, Claim: "overlays become Ready, a change arrives, what is removed is pruned",
		Needs: []string{"kustomize-controller", "kube-apiserver", "etcd"}, run: runGitOps}
}

// notReady shows that a refusal would be seen: a Gateway that CEL refuses makes its Kustomization not Ready, with what the API server said.
func (e *Env) notReady(ctx context.Context, f *flux) error {
	repo := filepath.Join(e.State, "broken")
	if err := os.MkdirAll(filepath.Join(repo, "app"), 0o755); err != nil {
		return err
	}
	const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: broken, namespace: default}
spec: {gatewayClassName: x, listeners: [{name: a, port: 80, protocol: HTTP, tls: {certificateRefs: [{name: x}]}}]}
`
	if err := os.WriteFile(filepath.Join(repo, "app", "gateway.yaml"), []byte(gateway), 0o644); err != nil {
		return err
	}
	const want = "tls must not be specified for protocols"
	var differences []string
	if err := f.reconcile(ctx, "broken", repo, "app", "main@sha1:broken"); err == nil || !strings.Contains(err.Error(), want) {
		differences = append(differences, fmt.Sprintf("%q is not what was said: %v", want, err))
	}
	applies := cluster.Map{"apiVersion": fluxAPI, "kind": "Kustomization", "metadata": cluster.Map{"name": "broken", "namespace": fluxNamespace}}
	return errors.Join(f.cluster.Delete(ctx, applies), f.cluster.Delete(ctx, source("GitRepository", "broken")),
		e.record(areaFlux, "a Gateway that the API server refuses makes its Kustomization not Ready", "kustomize-controller", differences, ""))
}

// life gathers what became of the hand-offs.
type life struct {
	sync.Mutex
	clusters, objects, pruned int
	made, changed, removed    []string // differences
	leftOut                   []string
}

func (l *life) say(to *[]string, format string, a ...any) {
	l.Lock()
	defer l.Unlock()
	*to = append(*to, fmt.Sprintf(format, a...))
}

func runGitOps(ctx context.Context, e *Env) error {
	fleets, err := e.fleets(ctx)
	if err != nil {
		return err
	}
	e.generated = nil // they are changed here
	engines, err := e.fluxes(ctx)
	if err != nil {
		return err
	}
	if err := e.notReady(ctx, engines[0]); err != nil {
		return err
	}
	l := &life{}
	for _, f := range fleets {
		if err := e.live(ctx, l, engines, f); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	if l.clusters == 0 || l.pruned == 0 {
		l.say(&l.made, "%d clusters were reconciled, %d objects pruned", l.clusters, l.pruned)
	}
	counted := fmt.Sprintf("%d objects, %d clusters", l.objects, l.clusters)
	return errors.Join(
		e.record(areaFlux, "every Kustomization becomes Ready, and every object is there", "kustomize-controller", l.made, counted),
		e.record(areaFlux, "another owner of every exposure reaches every object", "kustomize-controller", l.changed, counted),
		e.record(areaFlux, "exposures that leave the fleet are pruned, to the last object", "kustomize-controller", l.removed, fmt.Sprintf("%d objects", l.pruned)),
		claims.Record(claims.Row{Area: areaFlux, Claim: "clusters of another engine, or of kinds without a CRD", Component: "kustomize-controller",
			Version: e.Components["kustomize-controller"].Version, Outcome: claims.Read, Detail: strings.Join(l.leftOut, "\n")}),
	)
}

// live takes the hand-off of a fleet through its life: everything comes, everything changes, the exposures leave. No two of its clusters share
// a real one.
func (e *Env) live(ctx context.Context, l *life, engines []*flux, f *fleet) error {
	names := f.clusters
	for start := 0; start < len(names); start += len(engines) {
		if err := errors.Join(f.reset(ctx, e), f.edit(ctx, e, handOff)); err != nil {
			return err
		}
		if err := e.together(ctx, l, engines, f, names[start:min(start+len(engines), len(names))]); err != nil {
			return err
		}
	}
	return nil
}

// together is the life of as many clusters as there are real ones.
func (e *Env) together(ctx context.Context, l *life, engines []*flux, f *fleet, names []string) error {
	var living []*hand
	for i, name := range names {
		all, err := objects(ctx, f.repo, f.overlays+"/"+name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := e.channel(ctx, engines[i].cluster, all); err != nil {
			return err
		}
		h := &hand{life: l, flux: engines[i], fleet: f, cluster: name}
		why, err := h.prepare(ctx, e)
		switch {
		case err != nil:
			return err
		case why != "":
			l.say(&l.leftOut, "%s, %s: %s", f.name, name, why)
		default:
			living = append(living, h)
		}
	}
	step := func(revision string, to *[]string) error {
		group, inner := errgroup.WithContext(ctx)
		for _, h := range living {
			group.Go(func() error { return h.step(inner, "main@sha1:"+f.name+"-"+h.cluster+revision, to) })
		}
		return group.Wait()
	}
	err := step("1", &l.made)
	if err == nil {
		err = f.edit(ctx, e, otherOwners)
	}
	if err == nil {
		err = step("2", &l.changed)
	}
	if err == nil {
		err = f.edit(ctx, e, noExposures)
	}
	if err == nil {
		err = step("3", &l.removed)
	}
	return errors.Join(err, each(living, func(h *hand) error { return h.leave(ctx) }))
}

// edit changes each file of the fleet's source, and generates anew.
func (f *fleet) edit(ctx context.Context, e *Env, change func(string) string) error {
	dir := filepath.Join(f.repo, f.source)
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".cue" {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if changed := change(string(content)); changed != "" {
			return os.WriteFile(name, []byte(changed), 0o644)
		}
		return os.Remove(name)
	})
	clusters := f.clusters
	err = errors.Join(err, f.generate(ctx, e))
	f.clusters = clusters
	return err
}

var (
	engineLine = regexp.MustCompile(`(?m)^\t\t\tgitops: +(engine: +"flux"|\{engine: +"argocd", destination: "[^"]*"\})\n`)
	cloudLine  = regexp.MustCompile(`(?m)^\t\t\tcloud: +"[a-z]+"$`)
	ownerField = regexp.MustCompile(`(owner: +")`)
)

// handOff asks for Flux's hand-off in every cluster, unless the fleet asks for one of its own.
func handOff(source string) string {
	if strings.Contains(source, "handOff") {
		return source
	}
	return cloudLine.ReplaceAllString(engineLine.ReplaceAllString(source, ""), "$0\n\t\t\tgitops: {engine: \"flux\", handOff: {}}")
}

func otherOwners(source string) string { return ownerField.ReplaceAllString(source, "${1}other-") }

// named are values with a name that exposures use.
var named = regexp.MustCompile(`(?ms)^\tlet \w+ = \{\n.*?^\t\}\n`)

// noExposures drops the files that hold exposures alone, and the exposures of the others with what only they use.
func noExposures(source string) string {
	before, _, found := strings.Cut(source, "\n\texposures:")
	switch {
	case !found:
		return source
	case !strings.Contains(before, "clusters:"):
		return ""
	}
	return named.ReplaceAllString(before+"\n", "") + "}\n"
}
