package gate_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
	"github.com/gatespan/gatespan/internal/report"
	"github.com/gatespan/gatespan/internal/revision"
)

var sinceBase = gate.Options{Base: "HEAD"}

// rules are the different rules of the findings, with their severity.
func rules(judged *report.Report) []string {
	var out []string
	for _, f := range judged.Findings {
		out = append(out, f.Severity+" "+f.Rule)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// directions are the changes as "direction field", without repetition.
func directions(judged *report.Report) []string {
	var out []string
	for _, c := range judged.Changes {
		out = append(out, strings.TrimSuffix(c.Direction+" "+c.Field, " "))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func want(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// TestUnsafeSinceTheBase is what a pull request takes away.
func TestUnsafeSinceTheBase(t *testing.T) {
	check(t, gatetest.Relay, []unsafe{
		{"the protective object is gone", without(edgeFile, "kind: ClientTrafficPolicy", ""), "change/weaker", relayEntry, "Gateway edge/edge", true},
		{"a second policy out-ranks", func(r *gatetest.Repo) string {
			r.Replace(edgeFile, document(r, edgeFile, "kind: ClientTrafficPolicy"), document(r, edgeFile, "kind: ClientTrafficPolicy")+
				"---\napiVersion: gateway.envoyproxy.io/v1alpha1\nkind: ClientTrafficPolicy\nmetadata: {name: a, namespace: edge}\nspec:\n  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge, sectionName: relay}]\n  tls: {minVersion: \"1.2\"} # weak\n")
			return r.Line(edgeFile, "# weak")
		}, "change/weaker", relayEntry, "ClientTrafficPolicy edge/a", true},
		{"the gateway is gone", func(r *gatetest.Repo) string { r.Remove("overlays/eks-prod/gateways"); return "" }, "drift/not-served", relayEntry, "Gateway edge/edge", true},
		{"all overlays of a cluster are gone", func(r *gatetest.Repo) string { r.Remove("overlays/eks-prod"); return "" }, "drift/not-served", relayEntry, "Gateway edge/edge", true},
		{"a way around", add(relayFile, relayService+"  type: LoadBalancer\n", "  type: LoadBalancer"), "bypass/service-exposed", "Service relay/relay", "Service relay/relay", true},
		{"the grant names nothing", anywhere(replace(relayFile, "  - group: \"\"\n    kind: Service\n    name: relay\n---", "  -\n    group: \"\"\n    kind: Service # any\n---", "    kind: Service # any")), "grants/target-not-named", "", "ReferenceGrant relay/relay", true},
	})
}

func TestARenameIntroducesNothing(t *testing.T) {
	r := gatetest.Relay(t)
	r.Append(relayFile, "---\n"+relayService+"  type: LoadBalancer\n")
	r.Commit("an old fault")
	r.Rename(relayFile, "overlays/eks-prod/exposures/relay/objects.yaml")
	r.Replace("overlays/eks-prod/exposures/relay/kustomization.yaml", "- relay.yaml", "- objects.yaml")
	for _, f := range r.Check(sinceBase).Findings {
		if f.Introduced && !strings.HasPrefix(f.Rule, "drift/") {
			t.Errorf("%s at %s:%d is said to be new", f.Rule, f.File, f.Line)
		}
	}
}

func TestOnlyNew(t *testing.T) {
	r := gatetest.Relay(t)
	r.Append(relayFile, "---\n"+relayService+"  type: LoadBalancer\n")
	r.Commit("an old fault")
	r.Passes(r.Check(gate.Options{Base: "HEAD", OnlyNew: true}))
	r.Replace(edgeFile, "mode: RequireAndVerify", "mode: VerifyIfGiven")
	judged := r.Check(gate.Options{Base: "HEAD", OnlyNew: true})
	r.Blocks(judged, "mtls/client-certificate-not-required", relayEntry, clientPolicy, "")
	r.Quiet(judged, "bypass/service-exposed")
	r.Blocks(r.Check(sinceBase), "bypass/service-exposed", "Service relay/relay", "", "")
	if err := r.CheckError(gate.Options{OnlyNew: true}); !strings.Contains(err.Error(), "--only-new needs --base") {
		t.Error(err)
	}
}

// TestWithinTheFleet: what the fleet says, and gatespan generated, is reported, and blocks when asked to.
func TestWithinTheFleet(t *testing.T) {
	const exposure = "testdata/relay/exposures/relay.cue"
	for _, c := range []struct {
		name    string
		change  func(*gatetest.Repo)
		changes []string
	}{
		{"one more identity", func(r *gatetest.Repo) {
			r.Replace(exposure, "\t\tconsumers: orders: {", "\t\tconsumers: audit: {\n\t\t\tcluster: \"aks-prod\"\n\t\t\tnamespace: \"audit\"\n\t\t\tpodSelector: matchLabels: app: \"audit\"\n\t\t\tserviceAccount: \"audit\"\n\t\t\tidentity: uri: \"spiffe://corp.example.com/ns/audit/sa/audit\"\n\t\t\tserviceName: \"relay\"\n\t\t\tcertificate: secret: \"audit-client\"\n\t\t}\n\t\tconsumers: orders: {")
		}, []string{"new", "wider identities"}},
		{"the exposure is removed", func(r *gatetest.Repo) {
			r.Write("overlays/eks-prod/web/kustomization.yaml", "resources: [web.yaml]\n") // so that something is left to judge
			r.Write("overlays/eks-prod/web/web.yaml", relayService)
			r.Remove(exposure)
		}, []string{"gone", "other network", "stronger grant"}},
		{"one more path", func(r *gatetest.Repo) {
			r.Replace(exposure, `http: [{matches: [{path: value: "/v1"}]}]`, `http: [{matches: [{path: value: "/v1"}, {path: value: "/v2"}]}]`)
		}, []string{"other paths", "wider paths"}},
		{"one more address range", func(r *gatetest.Repo) {
			r.Replace("testdata/relay/fleet.cue", `["20.50.0.0/28"]`, `["20.50.0.0/28", "20.60.0.0/28"]`)
		}, []string{"wider sourceCIDRs"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := gatetest.Relay(t)
			c.change(r)
			r.Generate()
			judged := r.Check(sinceBase)
			r.Passes(judged)
			want(t, "changes", directions(judged), c.changes...)
			if judged.Summary.Change == 0 {
				t.Errorf("nothing is reported: %q", rules(judged))
			}
			if strict := r.Check(gate.Options{Base: "HEAD", FailOn: finding.Change}); strict.Verdict != report.Blocked {
				t.Errorf("--fail-on change: verdict %s", strict.Verdict)
			}
		})
	}
}

func TestARootOfTheFleet(t *testing.T) {
	const fleet = "testdata/relay/fleet.cue"
	anotherBundle := "\n\t\t\t\t" + strings.ReplaceAll(strings.TrimSuffix(anotherRoot, "\n"), "\n", "\n\t\t\t\t")
	t.Run("one more, declared for rotation", func(t *testing.T) {
		r := gatetest.Relay(t)
		r.Replace(fleet, `285274948bc"]`, `285274948bc", "`+anotherRootSum+`"]`)
		r.Replace(fleet, "\n\t\t\t\t-----END CERTIFICATE-----", "\n\t\t\t\t-----END CERTIFICATE-----"+anotherBundle)
		r.Generate()
		r.Blocks(r.Check(sinceBase), "gate/trust-domain-changed", "TrustDomain corp", "", "")
		judged := r.Check(gate.Options{Base: "HEAD", Trust: "head"})
		r.Passes(judged)
		if !slices.Contains(directions(judged), "wider clientCA") {
			t.Errorf("changes: %q", directions(judged))
		}
	})
	t.Run("another one", func(t *testing.T) {
		r := gatetest.Relay(t)
		content := r.Read(fleet)
		from, to := strings.Index(content, "\n\t\t\t\t-----BEGIN"), strings.Index(content, "\n\t\t\t\t\"\"\"\n")
		content = content[:from] + anotherBundle + content[to:]
		r.Write(fleet, strings.Replace(content, "598787b3da7318c9e3e29c7421810a49dda1cdf4ffb96d3d6f13e285274948bc", anotherRootSum, 1))
		r.Generate()
		r.Blocks(r.Check(sinceBase), "change/ca-exchanged", relayEntry, "ConfigMap edge/edge-client-ca", r.Line(edgeFile, "  ca.crt: |"))
	})
}

func TestALabelIsNoSafety(t *testing.T) {
	r := gatetest.Relay(t)
	r.Replace(edgeFile, "kind: Gateway\nmetadata:\n  name: edge\n  namespace: edge\n  labels:\n", "kind: Gateway\nmetadata:\n  name: edge\n  namespace: edge\n  labels:\n    team: web\n")
	want(t, "by hand", rules(r.Check(sinceBase)), "block drift/modified")
}

func TestTheBaseHasNoFleet(t *testing.T) {
	r := gatetest.Relay(t)
	r.Git("rm", "-rq", "--cached", "testdata/relay", "overlays")
	r.Git("commit", "-qm", "before gatespan")
	r.Passes(r.Check(sinceBase))
}

func TestStaged(t *testing.T) {
	r := gatetest.Relay(t)
	r.Replace(edgeFile, "mode: RequireAndVerify", "mode: VerifyIfGiven")
	r.Passes(r.Check(gate.Options{Base: "HEAD", Staged: true}))
	r.Git("add", "-A")
	r.Replace(edgeFile, "mode: VerifyIfGiven", "mode: RequireAndVerify")
	r.Passes(r.Check(sinceBase))
	r.Blocks(r.Check(gate.Options{Base: "HEAD", Staged: true}), "mtls/client-certificate-not-required", relayEntry, clientPolicy, "")
}

// TestABaseThatCannotBeRead: the run is not done, and the error says what to do.
func TestABaseThatCannotBeRead(t *testing.T) {
	hint := func(t *testing.T, err error, what string) {
		t.Helper()
		var problem *revision.Problem
		if !errors.As(err, &problem) || !strings.Contains(problem.Hint, what) {
			t.Errorf("%v: no hint about %q", err, what)
		}
	}
	t.Run("no such revision", func(t *testing.T) {
		hint(t, gatetest.Relay(t).CheckError(gate.Options{Base: "nothing"}), "git fetch origin")
	})
	t.Run("no Git", func(t *testing.T) {
		r := gatetest.Relay(t)
		r.Remove(".git")
		hint(t, r.CheckError(sinceBase), "--base")
	})
	t.Run("a shallow clone", func(t *testing.T) {
		r := gatetest.Relay(t)
		r.Commit("a second one")
		clone := filepath.Join(t.TempDir(), "clone")
		r.Git("branch", "old", "HEAD~1")
		r.Git("clone", "-q", "--depth=1", "file://"+r.Dir, clone)
		if _, err := os.Stat(filepath.Join(clone, ".git", "shallow")); err != nil {
			t.Fatal(err)
		}
		for _, base := range []string{"origin/old", "HEAD~1"} {
			_, err := gate.Check(context.Background(), gate.Options{Dir: clone, Fleet: filepath.Join(clone, "testdata/relay"), Base: base})
			if err == nil {
				t.Fatal("the check was done")
			}
			hint(t, err, "git fetch")
		}
	})
}
