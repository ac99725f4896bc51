package gitops_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/gitops"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/object/objecttest"
)

func cluster(engine string, overlays ...gitops.Overlay) gitops.Cluster {
	return gitops.Cluster{Fleet: "shop", Name: "eks", Folder: "overlays/eks", Overlays: overlays, GitOps: fleet.GitOps{
		Engine: engine, Destination: "eks", HandOff: &fleet.HandOff{Namespace: "engine", GitRepository: "flux-system", RepoURL: "https://git.example.com/fleet"},
	}}
}

var (
	edge  = gitops.Overlay{Kind: "gateways", Name: "edge", Path: "overlays/eks/gateways/edge"}
	relay = gitops.Overlay{Kind: "exposures", Name: "relay", Path: "overlays/eks/exposures/relay", After: []string{edge.Path}}
)

// read is what is written, by kind and name.
func read(t *testing.T, c gitops.Cluster) map[string]*object.Object {
	t.Helper()
	out := map[string]*object.Object{}
	var written []any
	for _, data := range gitops.Write(c) {
		written = append(written, data)
	}
	for _, o := range objecttest.Of(t, written).All() {
		key := o.Kind + " " + o.Name
		if out[key] != nil {
			t.Fatalf("%s is written twice", key)
		}
		out[key] = o
	}
	return out
}

// TestFluxOrder: an exposure waits for its gateway, and what leaves Git leaves the cluster.
func TestFluxOrder(t *testing.T) {
	got := read(t, cluster(fleet.EngineFlux, relay, edge))
	exposure := got["Kustomization shop-exposures-relay"]
	if exposure == nil || len(got) != 2 {
		t.Fatalf("got %v", got)
	}
	if diff := cmp.Diff([]any{map[string]any{"name": "shop-gateways-edge"}}, exposure.Get("spec.dependsOn")); diff != "" {
		t.Error(diff)
	}
	for name, o := range got {
		if o.Get("spec.prune") != true || o.Get("spec.postBuild") != nil || o.Get("spec.suspend") != nil {
			t.Errorf("%s: %v", name, o.Data["spec"])
		}
	}
	if got["Kustomization shop-gateways-edge"].Get("spec.dependsOn") != nil {
		t.Error("the gateway waits for something")
	}
}

// TestSigner: Flux reads the signer as a regular expression, and must match nobody else.
func TestSigner(t *testing.T) {
	c := cluster(fleet.EngineFlux, edge)
	a := &fleet.Artifact{URL: "oci://registry.example.com/fleet/eks", Tag: "latest"}
	a.Signer.Issuer, a.Signer.Subject = "https://token.example.com", "https://git.example.com/fleet/.github/workflows/publish.yaml@refs/heads/main"
	c.GitOps.HandOff.Artifact, c.GitOps.HandOff.GitRepository = a, ""
	got := read(t, c)
	source := got["OCIRepository shop-eks"]
	if source == nil {
		t.Fatalf("got %v", got)
	}
	identity := source.Get("spec.verify.matchOIDCIdentity").([]any)[0].(map[string]any)
	subject := regexp.MustCompile(identity["subject"].(string))
	for text, want := range map[string]bool{
		a.Signer.Subject:                               true,
		a.Signer.Subject + "2":                         false,
		"x" + a.Signer.Subject:                         false,
		strings.ReplaceAll(a.Signer.Subject, ".", "x"): false,
	} {
		if subject.MatchString(text) != want {
			t.Errorf("%s: accepted %v", text, !want)
		}
	}
	for name, o := range got {
		if o.Kind == "Kustomization" && o.Text("spec.sourceRef.kind") != "OCIRepository" {
			t.Errorf("%s is not taken from the artifact", name)
		}
	}
	if o := got["Kustomization shop-gitops"]; o == nil || o.Text("spec.path") != "./overlays/eks/gitops/shop" {
		t.Error("the hand-off itself does not come from the artifact")
	}
}

// TestEmpty: when the last overlay leaves, the engine must still find a folder, so that it removes what it applied.
func TestEmpty(t *testing.T) {
	if got := read(t, cluster(fleet.EngineFlux)); len(got) != 1 || got["ConfigMap shop-gitops"] == nil {
		t.Errorf("Flux: %v", got)
	}
	set := read(t, cluster(fleet.EngineArgoCD))["ApplicationSet shop-eks"]
	list, _ := set.Get("spec.generators").([]any)[0].(map[string]any)["list"].(map[string]any)
	if diff := cmp.Diff(map[string]any{"elements": []any{}}, list); diff != "" {
		t.Error(diff)
	}
}

// TestLongNames: Flux writes the name into a label, and two long names stay apart.
func TestLongNames(t *testing.T) {
	long := strings.Repeat("a", 60)
	got := read(t, cluster(fleet.EngineFlux,
		gitops.Overlay{Kind: "exposures", Name: long + "b", Path: "overlays/eks/exposures/" + long + "b"},
		gitops.Overlay{Kind: "exposures", Name: long + "c", Path: "overlays/eks/exposures/" + long + "c"}))
	if len(got) != 2 {
		t.Fatalf("got %v", got)
	}
	for _, o := range got {
		if len(o.Name) > 63 {
			t.Errorf("%s has %d characters", o.Name, len(o.Name))
		}
	}
}

// TestArgoDestination: a URL is a server, anything else a name.
func TestArgoDestination(t *testing.T) {
	c := cluster(fleet.EngineArgoCD, edge)
	c.GitOps.Destination = "https://10.0.0.1:6443"
	o := read(t, c)["ApplicationSet shop-eks"]
	if diff := cmp.Diff(map[string]any{"server": "https://10.0.0.1:6443"}, o.Get("spec.template.spec.destination")); diff != "" {
		t.Error(diff)
	}
}
