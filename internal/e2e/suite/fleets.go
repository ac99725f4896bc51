//go:build e2e && linux

package suite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/gatespan/gatespan/internal/e2e/cluster"
	"github.com/gatespan/gatespan/internal/e2e/sandbox"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/render"
)

// fleet is an example fleet in a repository of its own, with overlays that were just generated.
type fleet struct {
	name     string   // "testdata/relay"
	repo     string   // the repository's directory
	source   string   // the fleet's path in it
	overlays string   // the overlays' path in it
	clusters []string // sorted
}

// fleets generates every example fleet, once for all suites that change none.
func (e *Env) fleets(ctx context.Context) ([]*fleet, error) {
	if e.generated != nil {
		return e.generated, nil
	}
	found, err := filepath.Glob(filepath.Join(e.Root, "testdata", "fleets", "*"))
	if err != nil || len(found) == 0 {
		return nil, fmt.Errorf("no example fleets: %w", err)
	}
	out := make([]*fleet, 1+len(found))
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(runtime.NumCPU())
	out[0] = &fleet{name: "relay", repo: filepath.Join(e.State, "fleets", "relay"), source: "testdata/relay", overlays: "overlays"}
	group.Go(func() error { return out[0].reset(inner, e) })
	for i, dir := range found {
		group.Go(func() (err error) {
			out[1+i], err = e.fleet(inner, filepath.Base(dir))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	e.generated = out
	return out, nil
}

// fleet generates the example of a name.
func (e *Env) fleet(ctx context.Context, name string) (*fleet, error) {
	source := "testdata/fleets/" + name
	f := &fleet{name: name, repo: filepath.Join(e.State, "fleets", name), source: source, overlays: source + "/overlays"}
	return f, f.reset(ctx, e)
}

// reset makes the fleet's repository as it was at first.
func (f *fleet) reset(ctx context.Context, e *Env) error {
	if err := os.RemoveAll(f.repo); err != nil {
		return err
	}
	for _, part := range []string{f.source, f.overlays} {
		if err := copyTree(filepath.Join(e.Root, part), filepath.Join(f.repo, part)); err != nil {
			return err
		}
	}
	return f.generate(ctx, e)
}

// generate writes the fleet's overlays, and finds its clusters.
func (f *fleet) generate(ctx context.Context, e *Env) error {
	if out, err := e.gatespan(ctx, f.repo, "generate", "--fleet", f.source, "--overlays", f.overlays, "--prune"); err != nil {
		return fmt.Errorf("generate %s: %w: %s", f.name, err, out)
	}
	entries, err := os.ReadDir(filepath.Join(f.repo, f.overlays))
	if err != nil {
		return err
	}
	f.clusters = nil
	for _, entry := range entries {
		if entry.IsDir() {
			f.clusters = append(f.clusters, entry.Name())
		}
	}
	return nil
}

// gatespan runs the binary in a repository.
func (e *Env) gatespan(ctx context.Context, repo string, arguments ...string) ([]byte, error) {
	out, err := exec.CommandContext(ctx, e.Gatespan, append([]string{"-C", repo, "--color", "never"}, arguments...)...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		out = append(out, exit.Stderr...)
	}
	return out, err
}

// objects are what gatespan's renderer makes of a path of a repository. What it reports about the way there is not asked here: objects
// that it refuses to render are missing in the comparison.
func objects(ctx context.Context, repo, at string) ([]*object.Object, error) {
	result, err := render.Cluster(ctx, os.DirFS(repo), render.Options{Cluster: path.Base(at), Path: at})
	if err != nil {
		return nil, err
	}
	for _, u := range result.Undecided {
		err = errors.Join(err, fmt.Errorf("%s: %s", u.File, u.Message))
	}
	return result.Objects, err
}

// servers are the two clusters, or why there are none, as soon as done is closed.
type servers struct {
	done chan struct{}
	all  []*cluster.Cluster
	err  error
}

// Ahead starts the clusters when one of the suites needs them, so that the others need not wait.
func (e *Env) Ahead(ctx context.Context, suites []Suite) {
	there := e.Components["kube-apiserver"].Problem == "" && e.Components["etcd"].Problem == ""
	if !there || !slices.ContainsFunc(suites, func(s Suite) bool { return s.Uses("kube-apiserver") }) {
		return
	}
	e.servers = &servers{done: make(chan struct{})}
	go func() {
		defer close(e.servers.done)
		e.servers.all, e.servers.err = e.start(ctx)
	}()
}

// two are the clusters.
func (e *Env) two(ctx context.Context) ([]*cluster.Cluster, error) {
	if e.servers == nil {
		return nil, errors.New("the suite does not say that it needs kube-apiserver")
	}
	select {
	case <-e.servers.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return e.servers.all, e.servers.err
}

// start starts two clusters in namespaces of their own.
func (e *Env) start(ctx context.Context) ([]*cluster.Cluster, error) {
	east, west, err := sandbox.Pair("east", "west")
	if err != nil {
		return nil, err
	}
	started := make([]*cluster.Cluster, 2)
	group, inner := errgroup.WithContext(ctx)
	for i, n := range []*sandbox.Net{east, west} {
		group.Go(func() (err error) {
			if started[i], err = cluster.Start(inner, n, e.Components["etcd"].Path, e.Components["kube-apiserver"].Path); err != nil {
				return err
			}
			return started[i].Install(inner, e.standard())
		})
	}
	return started, group.Wait()
}

// standard are the CRDs without those of Gateway API's experimental channel, whose kinds replace the standard ones.
func (e *Env) standard() []string {
	return slices.DeleteFunc(slices.Clone(e.CRDs), func(file string) bool { return experimental(file) })
}

func experimental(file string) bool {
	return filepath.Base(filepath.Dir(file)) == "experimental"
}

func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		relative, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		target := filepath.Join(to, relative)
		return errors.Join(os.MkdirAll(filepath.Dir(target), 0o755), os.WriteFile(target, content, 0o644))
	})
}
