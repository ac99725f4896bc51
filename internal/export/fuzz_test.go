package export_test

import (
	"bytes"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/export"
)

// FuzzPublicGateways puts text where a fleet names a gateway for browsers: the exports keep their shape, and the text is one text in them.
func FuzzPublicGateways(f *testing.F) {
	for _, seed := range []string{"web", `"] || true || "" in ["`, "a\n---\nkind: X", "\x1b[2J", "\xff", `\`, "${a}", "{{ a }}", "# x", "'", "\u202e", "é"} {
		f.Add(seed, seed)
	}
	shape := func(t *testing.T, cluster controller.Cluster) (out [][]map[string]any) {
		for _, write := range []func(controller.Cluster) ([]byte, error){export.AdmissionPolicy, export.Gatekeeper} {
			raw, err := write(cluster)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.ContainsAny(raw, "\x1b\r\x07") {
				t.Errorf("an escape in %q", raw)
			}
			var all []map[string]any
			for _, document := range strings.Split(string(raw), "\n---\n")[1:] {
				var o map[string]any
				if err := yaml.Unmarshal([]byte(document), &o); err != nil {
					t.Fatal(err)
				}
				all = append(all, o)
			}
			out = append(out, all)
		}
		return out
	}
	f.Fuzz(func(t *testing.T, namespace, name string) {
		plain := shape(t, browsers)
		cluster := controller.Cluster{PublicGateways: []controller.PublicGateway{{Namespace: namespace, Name: name, Reason: name}}}
		for i, all := range shape(t, cluster) {
			if len(all) != len(plain[i]) {
				t.Fatalf("%d objects, not %d", len(all), len(plain[i]))
			}
			for j, o := range all {
				if o["kind"] != plain[i][j]["kind"] {
					t.Errorf("%v instead of %v", o["kind"], plain[i][j]["kind"])
				}
			}
		}
	})
}
