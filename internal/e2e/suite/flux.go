//go:build e2e && linux

package suite

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gatespan/gatespan/internal/e2e/cluster"
	"github.com/gatespan/gatespan/internal/e2e/sandbox"
	"github.com/gatespan/gatespan/internal/object"
)

const (
	fluxNamespace = "flux-system"
	artifacts     = "127.0.0.1:8090"
)

// flux is kustomize-controller at work in a cluster. It needs no source-controller: what that would fetch is a tarball on a file server here,
// and the status that it would write is written into the source's status.
type flux struct {
	cluster *cluster.Cluster
	process *sandbox.Process
	dir     string // of the file server
}

// fluxes starts one in each of the two clusters, once. They end with the sandbox.
func (e *Env) fluxes(ctx context.Context) ([]*flux, error) {
	servers, err := e.two(ctx)
	if err != nil || e.engines != nil {
		return e.engines, err
	}
	engines := make([]*flux, len(servers))
	for i, s := range servers {
		if engines[i], err = e.startFlux(ctx, s); err != nil {
			return nil, err
		}
	}
	e.engines = engines
	return engines, nil
}

// reconcile has Flux apply a path of a repository, and waits until it is Ready with it.
func (f *flux) reconcile(ctx context.Context, name, repo, path, revision string) error {
	from := source("GitRepository", name)
	applies := cluster.Map{"apiVersion": fluxAPI, "kind": "Kustomization", "metadata": cluster.Map{"name": name, "namespace": fluxNamespace},
		"spec": cluster.Map{"interval": "10m", "path": "./" + path, "prune": true, "sourceRef": cluster.Map{"kind": "GitRepository", "name": name}}}
	for _, step := range []func() error{
		func() error { return f.cluster.Apply(ctx, from) },
		func() error { return f.publish(ctx, from, repo, revision) },
		func() error { return f.cluster.Apply(ctx, applies) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return f.ready(ctx, name, revision)
}

func (e *Env) startFlux(ctx context.Context, c *cluster.Cluster) (*flux, error) {
	f := &flux{cluster: c, dir: filepath.Join(e.State, c.Net.Name, "artifacts")}
	temporary := filepath.Join(e.State, c.Net.Name, "tmp")
	if err := errors.Join(os.MkdirAll(f.dir, 0o755), os.MkdirAll(temporary, 0o755)); err != nil {
		return nil, err
	}
	listener, err := c.Net.Listen(artifacts)
	if err != nil {
		return nil, err
	}
	go func() { _ = http.Serve(listener, http.FileServer(http.Dir(f.dir))) }() // until the sandbox ends
	if err := c.Apply(ctx, cluster.Map{"apiVersion": "v1", "kind": "Namespace", "metadata": cluster.Map{"name": fluxNamespace}}); err != nil {
		return nil, err
	}
	f.process, err = c.Net.Start("kustomize-controller", []string{"KUBECONFIG=" + c.Kubeconfig, "RUNTIME_NAMESPACE=" + fluxNamespace, "TMPDIR=" + temporary},
		e.Components["kustomize-controller"].Path, "--enable-leader-election=false", "--metrics-addr=127.0.0.1:8091", "--health-addr=127.0.0.1:8092",
		"--requeue-dependency=1s", "--concurrent=4")
	if err != nil {
		return nil, err
	}
	return f, f.process.Until(ctx, "ready", func() error {
		connection, err := c.Net.Dial(ctx, "tcp", "127.0.0.1:8092")
		if err == nil {
			err = connection.Close()
		}
		return err
	})
}

// source is the object that Flux takes a repository from, as the hand-off names it.
func source(kind, name string) cluster.Map {
	o := cluster.Map{"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": kind, "metadata": cluster.Map{"name": name, "namespace": fluxNamespace}}
	if kind == "GitRepository" {
		o["spec"] = cluster.Map{"interval": "10m", "url": "https://git.example.com/fleet.git"}
	}
	return o
}

// publish makes a repository's files the artifact of a source.
func (f *flux) publish(ctx context.Context, source cluster.Map, repo, revision string) error {
	name := revision + ".tar.gz"
	digest, err := archive(repo, filepath.Join(f.dir, name))
	if err != nil {
		return err
	}
	now := time.Now().UTC().Format(time.RFC3339)
	return f.cluster.Status(ctx, source, cluster.Map{
		"observedGeneration": 1,
		"artifact":           cluster.Map{"path": name, "url": "http://" + artifacts + "/" + name, "revision": revision, "digest": "sha256:" + digest, "lastUpdateTime": now},
		"conditions":         []any{cluster.Map{"type": "Ready", "status": "True", "reason": "Succeeded", "message": "stored", "lastTransitionTime": now}},
	})
}

// ready waits until a Kustomization has applied a revision, or says at once why it refuses to.
func (f *flux) ready(ctx context.Context, name, revision string) error {
	o := cluster.Map{"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": cluster.Map{"name": name, "namespace": fluxNamespace}}
	return f.process.Until(ctx, "Kustomization "+name+" Ready", func() error {
		now, err := f.cluster.Get(ctx, o)
		if err != nil {
			return err
		}
		seen := object.Object{Data: now}
		for i := range 5 {
			at := fmt.Sprintf("status.conditions[%d].", i)
			if seen.Text(at+"type") != "Ready" {
				continue
			}
			if seen.Text(at+"status") == "True" && seen.Text("status.lastAppliedRevision") == revision {
				return nil
			}
			say := fmt.Errorf
			if seen.Text("status.lastAttemptedRevision") == revision && slices.Contains(refusals, seen.Text(at+"reason")) {
				say = sandbox.Say
			}
			return say("%s is Ready=%s at %s: %s", name, seen.Text(at+"status"), seen.Text("status.lastAttemptedRevision"), seen.Text(at+"message"))
		}
		return fmt.Errorf("%s has no Ready condition", name)
	})
}

// refusals are the reasons of a Kustomization that is not waiting for anything (kustomize-controller v1.9.5, api/v1, condition_types.go).
var refusals = []string{"BuildFailed", "ReconciliationFailed", "PruneFailed", "ArtifactFailed"}

// archive packs a tree as Flux's artifacts are packed, and returns the SHA-256 of the file.
func archive(from, to string) (digest string, err error) {
	file, err := os.Create(to)
	if err != nil {
		return "", err
	}
	compressed := gzip.NewWriter(file)
	packed := tar.NewWriter(compressed)
	err = errors.Join(packed.AddFS(os.DirFS(from)), packed.Close(), compressed.Close(), file.Close())
	if err != nil {
		return "", err
	}
	content, err := os.ReadFile(to)
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:]), err
}
