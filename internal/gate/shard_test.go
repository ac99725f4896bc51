package gate_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
	"github.com/gatespan/gatespan/internal/report"
)

// broken is a repository with findings in both clusters, in overlays and in none, of the gate itself too, and with changes since its base.
func broken(t *testing.T) *gatetest.Repo {
	r := gatetest.Relay(t)
	r.Replace("overlays/eks-prod/gateways/edge/edge.yaml", "mode: RequireAndVerify\n", "mode: VerifyIfGiven\n")
	r.Append("overlays/eks-prod/exposures/relay/relay.yaml", "---\napiVersion: v1\nkind: Service\nmetadata: {name: second, namespace: relay}\nspec: {type: LoadBalancer, selector: {app: relay}, ports: [{port: 443, targetPort: 8443}]}\n")
	r.Remove("overlays/aks-prod/consumers/orders/kustomization.yaml")
	r.Write("testdata/relay/more.cue", `package fleet

clusters: "eks-prod": publicGateways: [{namespace: "edge", name: "web", reason: "browsers"}]
waivers: [for cluster in ["aks-prod", "eks-prod"] {
	rule: "bypass/ingress", "cluster": cluster, object: {kind: "Ingress", namespace: "edge", name: "none"}
	fingerprint: "0000000000000000000000000000000000000000000000000000000000000000"
	owner:       "team-edge", reason: "nothing needs it", expires: "2027-01-01"
}]
`)
	return r
}

// encoded is a report as it is printed, and read again.
func encoded(t *testing.T, r *report.Report) (string, *report.Report) {
	t.Helper()
	var out bytes.Buffer
	for _, format := range report.Formats() {
		if format.Name == "json" {
			if err := format.Write(&out, r, report.Options{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	read, err := report.Read(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), read
}

// TestShards: however a run is cut, its parts say together exactly what the whole says.
func TestShards(t *testing.T) {
	r := broken(t)
	for name, o := range map[string]gate.Options{"head": {}, "base": {Base: "HEAD"}, "only new": {Base: "HEAD", OnlyNew: true}} {
		t.Run(name, func(t *testing.T) {
			judged := r.Check(o)
			whole, _ := encoded(t, judged)
			if judged.Verdict != report.Blocked || len(judged.Findings) < 4 {
				t.Fatalf("%s with %d findings", judged.Verdict, len(judged.Findings))
			}
			if !slices.ContainsFunc(judged.Findings, func(f finding.Finding) bool { return strings.HasPrefix(f.Rule, "gate/") }) {
				t.Fatal("nothing is said of the gate")
			}
			for _, n := range []int{1, 2, 3, 7} {
				var shards []*report.Report
				some := 0
				for i := range n {
					o.Shard = &report.Shard{Index: i + 1, Of: n}
					part := r.Check(o)
					if len(part.Findings) > 0 {
						some++
					}
					_, read := encoded(t, part)
					shards = append(shards, read)
				}
				if n > 1 && some < 2 {
					t.Errorf("one shard of %d has all findings", n)
				}
				merged, err := report.Merge(shards)
				if err != nil {
					t.Fatal(err)
				}
				got, _ := encoded(t, merged)
				if diff := cmp.Diff(whole, got); diff != "" {
					t.Errorf("%d shards: %s", n, diff)
				}
			}
		})
	}
}

// TestMergeRefuses: a verdict of less than the whole run, or of two runs, is none.
func TestMergeRefuses(t *testing.T) {
	r := gatetest.Relay(t)
	shard := func(i, n int) *report.Report {
		_, read := encoded(t, r.Check(gate.Options{Shard: &report.Shard{Index: i, Of: n}}))
		return read
	}
	one, two := shard(1, 2), shard(2, 2)
	_, whole := encoded(t, r.Check(gate.Options{}))
	other := shard(2, 2)
	other.Summary.Objects++
	for want, given := range map[string][]*report.Report{
		"no report":                 nil,
		"shard 2/2 is missing":      {one},
		"shard 1/2 is there twice":  {one, one},
		"not of a shard":            {one, whole},
		"of 2 shards, another of 3": {one, shard(2, 3)},
		"not of the same run":       {one, other},
	} {
		if _, err := report.Merge(given); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if merged, err := report.Merge([]*report.Report{two, one}); err != nil || merged.Verdict != report.Pass {
		t.Errorf("in another order: %v", err)
	}
}

func TestParseShard(t *testing.T) {
	for _, wrong := range []string{"", "1", "0/2", "3/2", "1/0", "-1/2", "a/b", "1/2/3", "1/100000000000000000000"} {
		if got, err := gate.ParseShard(wrong); err == nil {
			t.Errorf("%q is %v", wrong, got)
		}
	}
	if got, err := gate.ParseShard("2/3"); err != nil || got != (report.Shard{Index: 2, Of: 3}) {
		t.Error(fmt.Sprint(got), err)
	}
}
