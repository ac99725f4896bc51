//go:build e2e && linux

package suite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/e2e/cluster"
	"github.com/gatespan/gatespan/internal/e2e/sandbox"
	"github.com/gatespan/gatespan/internal/object"
)

const (
	areaPublish  = "Publishing: Flux verifies what the workflow signed"
	registry     = "127.0.0.1:5000"
	storage      = "127.0.0.1:8093"
	trustedRoot  = "sigstore"
	publishFleet = "handoff"
	publishedTo  = "eks-prod"
)

func publishing() Suite {
	return Suite{Name: "publish", Area: areaPublish, Claim: "an artifact is applied when the fleet's workflow signed it, and otherwise not",
		Needs: []string{"source-controller", "signer", "kustomize-controller", "kube-apiserver", "etcd"}, run: runPublish}
}

// pushed is an artifact for the signer, and whether Flux must take it. The rest is of modules/signer.
type pushed struct {
	Repository string   `json:"repository"`
	Tag        string   `json:"tag"`
	Layer      string   `json:"layer"`
	Revision   string   `json:"revision"`
	Signatures []signed `json:"signatures"`
	taken      bool
}

type signed struct {
	Subject  string `json:"subject"`
	Issuer   string `json:"issuer"`
	Stranger bool   `json:"stranger,omitempty"`
	Other    string `json:"other,omitempty"`
}

// attempts are ways in which an artifact may have come to where Flux looks for it. The workflow and its issuer are the fleet's.
func attempts(workflow, issuer string) []pushed {
	by := func(subject, issuer string) []signed { return []signed{{Subject: subject, Issuer: issuer}} }
	return []pushed{
		{Repository: "workflow", taken: true, Signatures: by(workflow, issuer)},
		{Repository: "workflow-and-others", taken: true, Signatures: append(by("https://github.com/somebody/else/.github/workflows/x.yaml@refs/heads/main", issuer), by(workflow, issuer)...)},
		{Repository: "nobody"},
		{Repository: "other-branch", Signatures: by(strings.Replace(workflow, "refs/heads/main", "refs/heads/feature", 1), issuer)},
		{Repository: "longer-branch", Signatures: by(workflow+"-2", issuer)},
		{Repository: "pull-request", Signatures: by(strings.Replace(workflow, "refs/heads/main", "refs/pull/1/merge", 1), issuer)},
		{Repository: "other-workflow", Signatures: by(strings.Replace(workflow, "publish.yaml", "other.yaml", 1), issuer)},
		{Repository: "dot-is-no-wildcard", Signatures: by(strings.Replace(workflow, "publish.yaml", "publish-yaml", 1), issuer)},
		{Repository: "other-repository", Signatures: by(strings.Replace(workflow, "example/fleet", "example/fleet2", 1), issuer)},
		{Repository: "other-issuer", Signatures: by(workflow, "https://accounts.example.com")},
		{Repository: "longer-issuer", Signatures: by(workflow, issuer+".example.com")},
		{Repository: "other-authority", Signatures: []signed{{Subject: workflow, Issuer: issuer, Stranger: true}}},
		{Repository: "signature-of-another", Signatures: []signed{{Subject: workflow, Issuer: issuer, Other: "workflow"}}},
	}
}

func runPublish(ctx context.Context, e *Env) error {
	servers, err := e.two(ctx)
	if err != nil {
		return err
	}
	f, err := e.fleet(ctx, publishFleet)
	if err != nil {
		return err
	}
	local := func(source string) string { return artifactURL.ReplaceAllString(source, "oci://"+registry+"/workflow") }
	if err := f.edit(ctx, e, local); err != nil {
		return err
	}
	c := servers[0]
	engines, err := e.fluxes(ctx)
	if err != nil {
		return err
	}
	engine := engines[0]
	h := &hand{life: &life{}, flux: engine, fleet: f, cluster: publishedTo}
	wanted, err := h.wanted(ctx)
	if err != nil {
		return err
	}
	if err := e.channel(ctx, c, wanted); err != nil {
		return err
	}
	at := slices.IndexFunc(wanted, func(o *object.Object) bool { return o.Kind == "OCIRepository" })
	if at < 0 {
		return fmt.Errorf("the hand-off of %s has no OCIRepository", publishedTo)
	}
	source := wanted[at]
	all, err := e.pushed(f, source)
	if err != nil {
		return err
	}
	signer, err := e.startSigner(ctx, c, all)
	if err != nil {
		return err
	}
	defer signer.Stop()
	fetching, err := e.startSources(ctx, c)
	if err != nil {
		return err
	}
	defer fetching.Stop()
	var differences []string
	for _, a := range all {
		said, err := fetched(ctx, c, fetching, here(source, a.Repository, a.Repository))
		if err != nil {
			return err
		}
		if (said == "") != a.taken {
			differences = append(differences, fmt.Sprintf("%s: taken is %t: %s", a.Repository, said == "", said))
		}
	}
	err = e.record(areaPublish, "an OCIRepository takes what the fleet's workflow signed, and nothing else", "source-controller", differences, fmt.Sprintf("%d artifacts", len(all)))
	return errors.Join(err, e.appliedFrom(ctx, h, fetching, wanted, source))
}

// artifactURL is the place in the example fleet that Flux takes its artifact from.
var artifactURL = regexp.MustCompile(`oci://ghcr\.io/[a-z0-9/-]+`)

// pushed packs the overlays of the cluster, as the publish action does, for each attempt.
func (e *Env) pushed(f *fleet, source *object.Object) ([]pushed, error) {
	dir := filepath.Join(e.State, "published")
	inside := filepath.Join(dir, "files", f.overlays, publishedTo)
	if err := os.MkdirAll(filepath.Dir(inside), 0o755); err != nil {
		return nil, err
	}
	if err := copyTree(filepath.Join(f.repo, f.overlays, publishedTo), inside); err != nil {
		return nil, err
	}
	layer := filepath.Join(dir, "overlays.tar.gz")
	if _, err := archive(filepath.Join(dir, "files"), layer); err != nil {
		return nil, err
	}
	// What the fleet asks for, and what the object that was generated for it matches, so that a test of one with itself is none.
	const workflow, issuer = "https://github.com/example/fleet/.github/workflows/publish.yaml@refs/heads/main", "https://token.actions.githubusercontent.com"
	all := attempts(workflow, issuer)
	for i := range all {
		// Each has a commit of its own, and with it a digest.
		all[i].Tag, all[i].Layer, all[i].Revision = source.Text("spec.ref.tag"), layer, fmt.Sprintf("main@sha1:%040x", i)
	}
	return all, nil
}

// startSigner pushes and signs, and gives the cluster the root that it is to trust instead of that of the internet.
func (e *Env) startSigner(ctx context.Context, c *cluster.Cluster, all []pushed) (*sandbox.Process, error) {
	dir := filepath.Join(e.State, "published")
	asked, root := filepath.Join(dir, "artifacts.json"), filepath.Join(dir, "trusted_root.json")
	content, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(asked, content, 0o644); err != nil {
		return nil, err
	}
	p, err := c.Net.Start("signer", nil, e.Components["signer"].Path, "-listen", registry, "-artifacts", asked, "-root", root)
	if err != nil {
		return nil, err
	}
	return p, p.Until(ctx, "everything is signed", func() error {
		content, err := os.ReadFile(root)
		if err != nil {
			return err
		}
		return c.Apply(ctx, cluster.Map{"apiVersion": "v1", "kind": "Secret", "metadata": cluster.Map{"name": trustedRoot, "namespace": fluxNamespace},
			"stringData": cluster.Map{"trusted_root.json": string(content)}})
	})
}

// startSources starts Flux's source-controller.
func (e *Env) startSources(ctx context.Context, c *cluster.Cluster) (*sandbox.Process, error) {
	dir := filepath.Join(e.State, c.Net.Name, "sources")
	if err := os.MkdirAll(filepath.Join(dir, "tmp"), 0o755); err != nil {
		return nil, err
	}
	p, err := c.Net.Start("source-controller", []string{"KUBECONFIG=" + c.Kubeconfig, "RUNTIME_NAMESPACE=" + fluxNamespace, "TMPDIR=" + filepath.Join(dir, "tmp"), "HOME=" + dir},
		e.Components["source-controller"].Path, "--enable-leader-election=false", "--metrics-addr=127.0.0.1:8094", "--health-addr=127.0.0.1:8095",
		"--storage-path="+dir, "--storage-addr="+storage, "--storage-adv-addr="+storage)
	if err != nil {
		return nil, err
	}
	return p, p.Until(ctx, "ready", func() error {
		connection, err := c.Net.Dial(ctx, "tcp", "127.0.0.1:8095")
		if err == nil {
			err = connection.Close()
		}
		return err
	})
}

// here is a generated OCIRepository that takes an artifact of the registry here: by plain HTTP, and with the root of the signer here. What it
// verifies stays as it was generated.
func here(o *object.Object, name, repository string) cluster.Map {
	verify := maps.Clone(o.Get("spec.verify").(map[string]any))
	verify["trustedRootSecretRef"] = cluster.Map{"name": trustedRoot}
	return cluster.Map{"apiVersion": o.APIVersion, "kind": o.Kind, "metadata": cluster.Map{"name": name, "namespace": o.Namespace}, "spec": cluster.Map{
		"interval": "10m", "url": "oci://" + registry + "/" + repository, "ref": o.Get("spec.ref"), "insecure": true, "verify": verify,
	}}
}

// fetched is what source-controller says of a source that it refuses for its signature; "" of one that it took.
func fetched(ctx context.Context, c *cluster.Cluster, p *sandbox.Process, source cluster.Map) (said string, err error) {
	if err := c.Apply(ctx, source); err != nil {
		return "", err
	}
	name := (&object.Object{Data: source}).Text("metadata.name")
	return said, p.Until(ctx, "OCIRepository "+name+" decided", func() error {
		now, err := c.Get(ctx, source)
		if err != nil {
			return err
		}
		seen := object.Object{Data: now}
		status, reason, message := condition(&seen, "Ready")
		stored := seen.Text("status.artifact.revision") != ""
		switch {
		case status == "True" && stored:
			return nil
		case status == "False" && reason == "VerificationError" && !stored: // source-controller api v1.9.5, v1, condition_types.go
			said = message
			return nil
		}
		return fmt.Errorf("%s is Ready=%s (%s), stored is %t: %s", name, status, reason, stored, message)
	})
}

// condition is a condition of an object's status; its parts are "" when it has none.
func condition(o *object.Object, kind string) (status, reason, message string) {
	for i := range 10 {
		if at := fmt.Sprintf("status.conditions[%d].", i); o.Text(at+"type") == kind {
			return o.Text(at + "status"), o.Text(at + "reason"), o.Text(at + "message")
		}
	}
	return "", "", ""
}

// appliedFrom has the whole hand-off applied from the signed artifact.
func (e *Env) appliedFrom(ctx context.Context, h *hand, fetching *sandbox.Process, wanted []*object.Object, o *object.Object) error {
	why, err := h.prepare(ctx, e)
	if err != nil || why != "" {
		return errors.Join(err, errors.New(why))
	}
	h.source = here(o, o.Name, "workflow")
	said, err := fetched(ctx, h.flux.cluster, fetching, h.source)
	if err != nil {
		return err
	}
	differences := []string{}
	if said != "" {
		differences = append(differences, said)
	}
	now, err := h.flux.cluster.Get(ctx, h.source)
	if err != nil {
		return err
	}
	err = errors.Join(h.flux.cluster.Apply(ctx, h.root), h.arrived(ctx, wanted, (&object.Object{Data: now}).Text("status.artifact.revision"), &differences))
	return errors.Join(err, e.record(areaPublish, "the hand-off is applied from the signed artifact", "source-controller", differences, fmt.Sprintf("%d objects", h.life.objects)),
		h.leave(ctx))
}
