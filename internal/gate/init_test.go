package gate

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writeTree writes files below a new repository.
func writeTree(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestInitOfEveryExample forgets the fleet of each example: init must make a valid one of the overlays alone, with which check can judge
// them.
func TestInitOfEveryExample(t *testing.T) {
	examples, err := filepath.Glob(filepath.Join("..", "..", "testdata", "fleets", "*", "overlays"))
	if err != nil || len(examples) < 5 {
		t.Fatal(examples, err)
	}
	examples = append(examples, filepath.Join("..", "..", "overlays"))
	for _, overlays := range examples {
		t.Run(filepath.Base(filepath.Dir(overlays)), func(t *testing.T) {
			dir := writeTree(t, nil)
			if err := os.CopyFS(filepath.Join(dir, "overlays"), os.DirFS(overlays)); err != nil {
				t.Fatal(err)
			}
			o := Options{Dir: dir, Today: "2026-11-01"}
			b, err := Init(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			folders, err := os.ReadDir(overlays)
			if err != nil || len(b.Clusters) != len(folders) {
				t.Errorf("%d clusters of %d folders, %v", len(b.Clusters), len(folders), err)
			}
			for name, content := range b.Files {
				full := filepath.Join(dir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(full, content, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			r, err := Check(context.Background(), o)
			if err != nil || r.Summary.Objects == 0 || len(r.Undecided) > 0 {
				t.Fatalf("%v\n%+v\n%s", err, r, b.Files["fleet/fleet.cue"])
			}
			if _, err := Init(context.Background(), o); err == nil || !strings.Contains(err.Error(), "already") {
				t.Errorf("a second init: %v", err)
			}
		})
	}
}

// TestInitReadsBackwards: the example's exposure comes back as a draft that is complete.
func TestInitReadsBackwards(t *testing.T) {
	dir := writeTree(t, nil)
	if err := os.CopyFS(filepath.Join(dir, "overlays"), os.DirFS(filepath.Join("..", "..", "overlays"))); err != nil {
		t.Fatal(err)
	}
	b, err := Init(context.Background(), Options{Dir: dir, Today: "2026-11-01"})
	if err != nil {
		t.Fatal(err)
	}
	draft := string(b.Files["fleet/exposures/relay.cue.draft"])
	for _, want := range []string{
		`hostname: "relay.example.com"`, `port: 8443`, `providers: "eks-prod": gateway: "edge"`, `value: "/v1"`,
		`cluster:        "aks-prod"`, `identity: uri: "spiffe://corp.example.com/ns/orders/sa/orders"`, `owner:    "team-relay"`,
	} {
		if !strings.Contains(draft, want) {
			t.Errorf("no %s in\n%s", want, draft)
		}
	}
	fleet := string(b.Files["fleet/fleet.cue"])
	for _, want := range []string{
		`spiffe: "corp.example.com"`, `598787b3da7318c9e3e29c7421810a49dda1cdf4ffb96d3d6f13e285274948bc`, `BEGIN CERTIFICATE`,
		`scheme: "internet-facing"`, `issuerRef: {kind: "ClusterIssuer", name: "corp"}`, `format: "pkcs12"`, `name: "istio"`,
	} {
		if !strings.Contains(fleet, want) {
			t.Errorf("no %s in\n%s", want, fleet)
		}
	}
	// With what is not in Git, the draft is an exposure.
	fleet = strings.NewReplacer(
		`cloud: "aks"`, "gatewayAPI: version: \"1.6\"\ncloud: \"aks\"", `cloud: "eks"`, "gatewayAPI: version: \"1.6\"\ncloud: \"eks\"",
		`name: "istio"`, "name: \"istio\"\nversion: \"1.31\"", `name: "envoy-gateway"`, "name: \"envoy-gateway\"\nversion: \"1.9.1\"\ndataPlaneNamespace: \"envoy-gateway-system\"",
	).Replace(fleet)
	files := map[string][]byte{"fleet/fleet.cue": []byte(fleet), "fleet/exposures/relay.cue": []byte(draft)}
	if err := valid(files, "fleet", "overlays"); err != nil {
		t.Errorf("%v\n%s", err, fleet)
	}
	if notes := strings.Join(b.Notes, "\n"); !strings.Contains(notes, "needs controller.version of cluster eks-prod") {
		t.Errorf("what is missing is not said: %s", notes)
	}
}

// TestFirstLookLeavesNothingOut: a Gateway that no guessed cluster applies is undecided, never passed over.
func TestFirstLookLeavesNothingOut(t *testing.T) {
	gateway := []byte("apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: web, namespace: web}\nspec:\n  gatewayClassName: eg\n" +
		"  listeners: [{name: http, port: 80, protocol: HTTP}]\n")
	service := []byte("apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: a}\nspec: {ports: [{port: 80}]}\n")
	check := func(files map[string][]byte) (undecided, verdict string) {
		r, err := Check(context.Background(), Options{Dir: writeTree(t, files), Today: "2026-11-01"})
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range r.Undecided {
			undecided += u.Overlay + ": " + u.Message + "\n"
		}
		return undecided, r.Verdict
	}
	if text, verdict := check(map[string][]byte{"clusters/a/a.yaml": service, "apps/web/gateway.yaml": gateway}); verdict == "pass" || !strings.Contains(text, "apps/web/gateway.yaml") {
		t.Errorf("verdict %s, undecided %s", verdict, text)
	}
	if text, verdict := check(map[string][]byte{"clusters/a/a.yaml": service, "clusters/a/gateway.yaml": gateway}); verdict == "pass" || text != "" {
		t.Errorf("verdict %s, undecided %s", verdict, text)
	}
}
