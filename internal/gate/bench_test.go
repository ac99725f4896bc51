package gate_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/report"
)

// large is a repository of the example fleet with many pairs of clusters, and so many exposures in each pair; one exposure has changed since
// its only commit.
func large(b *testing.B, pairs, exposures int) (dir string) {
	b.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "testdata", "relay", "fleet.cue"))
	if err != nil {
		b.Fatal(err)
	}
	head, _, found := strings.Cut(string(content), "\tclusters: {")
	if !found {
		b.Fatal("the example fleet has no clusters")
	}
	const common = `gatewayAPI: version: "1.6", networkPolicyEngine: "cilium", certificates: certManager: issuerRef: {kind: "ClusterIssuer", name: "corp"}`
	var clusters strings.Builder
	served := map[string]string{} // by the name of its file
	for n := range pairs {
		fmt.Fprintf(&clusters, "\t\t\"eks-%d\": {cloud: \"eks\", controller: {name: \"envoy-gateway\", version: \"1.9.1\", gatewayClassName: \"eg\", dataPlaneNamespace: \"envoy-gateway-system\"}, "+
			"%s, gateways: edge: {namespace: \"edge\", trustDomain: \"corp\", scheme: \"internet-facing\"}}\n", n, common)
		fmt.Fprintf(&clusters, "\t\t\"aks-%d\": {cloud: \"aks\", controller: {name: \"istio\", version: \"1.31\"}, %s, egressCIDRs: [\"20.50.%d.0/28\"]}\n", n, common, n)
		for e := range exposures {
			name := fmt.Sprintf("s%d-%d", n, e)
			served[name+".cue"] = fmt.Sprintf("package fleet\n\nexposures: \"%[1]s\": {owner: \"team\", hostname: \"%[1]s.example.com\", service: {namespace: \"%[1]s\", name: \"svc\", port: 8443, selector: app: \"svc\"}, "+
				"providers: \"eks-%[2]d\": gateway: \"edge\", http: [{matches: [{path: value: \"/v1\"}]}], consumers: \"c%[1]s\": {cluster: \"aks-%[2]d\", namespace: \"c%[1]s\", "+
				"podSelector: matchLabels: app: \"c\", serviceAccount: \"c\", identity: uri: \"spiffe://corp.example.com/ns/c%[1]s/sa/c\", serviceName: \"svc\"}}\n", name, n)
		}
	}
	dir = b.TempDir()
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	generate := func() {
		for name, content := range served {
			must(os.WriteFile(filepath.Join(dir, "fleet", "exposures", name), []byte(content), 0o644))
		}
		_, err := gate.Generate(context.Background(), gate.Options{Dir: dir}, gate.GenerateOptions{})
		must(err)
	}
	must(os.MkdirAll(filepath.Join(dir, "fleet", "exposures"), 0o755))
	must(os.WriteFile(filepath.Join(dir, "fleet", "fleet.cue"), []byte(head+"\tclusters: {\n"+clusters.String()+"\t}\n}\n"), 0o644))
	generate()
	for _, arguments := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "base"}} {
		must(exec.Command("git", append([]string{"-C", dir}, arguments...)...).Run())
	}
	served["s0-0.cue"] = strings.Replace(served["s0-0.cue"], `owner: "team"`, `owner: "other"`, 1)
	generate()
	return dir
}

// parsed is how long it takes to read and parse the overlays and nothing else, and how many overlays there are.
func parsed(b *testing.B, dir string) (took time.Duration, overlays int) {
	b.Helper()
	started := time.Now()
	err := filepath.WalkDir(filepath.Join(dir, "overlays"), func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if filepath.Base(name) == "kustomization.yaml" {
			overlays++
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, document := range strings.Split(string(content), "\n---\n") {
			var into any
			if err := yaml.Unmarshal([]byte(document), &into); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return time.Since(started), overlays
}

// BenchmarkCheck judges fleets of a pair of clusters and of eight, alone and against a base with one exposure changed. It reports the time of
// an overlay, which should not grow with the fleet, and how many times it takes to read and parse all overlays once.
func BenchmarkCheck(b *testing.B) {
	for _, pairs := range []int{1, 8} {
		dir := large(b, pairs, 20)
		for _, base := range []string{"", "HEAD"} {
			b.Run(fmt.Sprintf("clusters=%d/base=%s", 2*pairs, base), func(b *testing.B) {
				alone, overlays := parsed(b, dir)
				for b.Loop() {
					judged, err := gate.Check(context.Background(), gate.Options{Dir: dir, Base: base, Today: "2026-11-25"})
					if err != nil || judged.Verdict != report.Pass {
						b.Fatal(judged, err)
					}
				}
				each := b.Elapsed() / time.Duration(b.N)
				b.ReportMetric(float64(each.Microseconds())/1000/float64(overlays), "ms/overlay")
				b.ReportMetric(float64(each)/float64(alone), "×parsing")
			})
		}
	}
}
