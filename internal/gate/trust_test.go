package gate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
	"github.com/gatespan/gatespan/internal/report"
)

const (
	relayFleet = "testdata/relay/fleet.cue"
	workflow   = ".github/workflows/gate.yml"
	hooks      = ".pre-commit-config.yaml"
	codeOwners = ".github/CODEOWNERS"
	caller     = ".github/workflows/all.yml" // runs the workflow that runs the gate
	script     = "scripts/gate.sh"           // which the gate's job runs first
)

// guarded is the example with what runs the gate, and who owns it, in its base.
func guarded(t *testing.T) *gatetest.Repo {
	r := gatetest.Relay(t)
	r.Write(workflow, `on: pull_request
jobs:
  gate:
    needs: build
    runs-on: ubuntu-24.04
    steps:
    - run: scripts/gate.sh
    - run: gatespan check --base origin/main
  build:
    runs-on: ubuntu-24.04
    steps:
    - run: make tool
  site:
    runs-on: ubuntu-24.04
    steps:
    - run: make site
`)
	r.Write(caller, "on: pull_request\njobs:\n  gate: {uses: ./.github/workflows/gate.yml}\n  site: {runs-on: ubuntu-24.04, steps: [{run: make site}]}\n")
	r.Write(script, "#!/bin/sh\n# installs gatespan\ninstall-it\n")
	r.Write(hooks, "repos:\n- repo: https://github.com/gatespan/gatespan\n  rev: abc\n  hooks: [{id: gatespan-check}]\n- repo: https://example.com/other\n  rev: v1\n  hooks: [{id: other}]\n")
	r.Write(codeOwners, "*  @everybody\n/testdata/relay/  @platform\n/.github/  @platform\n")
	r.Write("rules/team/blue/blue.rego", blueRule)
	r.Commit("what guards it")
	return r
}

const blueRule = `# METADATA
# title: No blue gateways
# description: Blue is reserved.
# scope: package
# custom:
#   severity: block
#   remediation: paint it
#   bad: "labels: {colour: blue}"
#   good: "labels: {colour: green}"
package gatespan.rules.team["blue"]

import data.gatespan.lib.finding

deny contains finding.at(entry.subject, entry.listener, "blue", "blue") if {
	some entry in input.posture.entries
	entry.labels.colour == "blue"
}
`

// webGateway serves plaintext.
const webGateway = `---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: web, namespace: edge}
spec:
  gatewayClassName: eg
  listeners: [{name: web, port: 80, protocol: HTTP}]
`

// edit changes the only place of a file that reads old; the finding may be anywhere.
func edit(file, old, new string) func(*gatetest.Repo) string {
	return func(r *gatetest.Repo) string {
		r.Replace(file, old, new)
		return ""
	}
}

// more adds a file to the fleet's shared ones.
func more(body string) func(*gatetest.Repo) string {
	return func(r *gatetest.Repo) string {
		r.Write("testdata/relay/more.cue", "package fleet\n\n"+body+"\n")
		return ""
	}
}

// TestTheGateItself is what a change does to its own judge.
func TestTheGateItself(t *testing.T) {
	const cluster = "Cluster eks-prod"
	checkWith(t, gate.Options{Policies: "rules"}, guarded, []unsafe{
		{"U247 another place for the proxies", edit(relayFleet, `dataPlaneNamespace: "envoy-gateway-system"`, `dataPlaneNamespace: "edge"`), "gate/cluster-changed", cluster, cluster, true},
		{"U242 another path", replace(relayFleet, `cloud: "eks"`, "cloud: \"eks\"\n\t\t\tpath: \"elsewhere\"", `path: "elsewhere"`), "gate/cluster-changed", cluster, cluster, true},
		{"NetworkPolicies count that did not", replace(relayFleet, `networkPolicyEngine: "vpc-cni"`, `networkPolicyEngine: "calico"`, `"calico"`), "gate/cluster-changed", cluster, cluster, true},
		{"what is said to exist", more(`clusters: "eks-prod": provided: [{kind: "ConfigMap", namespace: "edge", name: "other-ca", madeBy: "hand"}]`), "gate/cluster-changed", cluster, cluster, true},
		{"a public gateway", more(`clusters: "eks-prod": publicGateways: [{namespace: "edge", name: "web", reason: "browsers"}]`), "gate/public-gateway-added", cluster, cluster, true},
		{"a path is left out", more(`clusters: "eks-prod": exclude: [{path: "overlays/eks-prod/gateways/edge", reason: "later"}]`), "gate/exclude-added", cluster, cluster, true},
		{"a trust domain has another bundle", edit(relayFleet, `-----END CERTIFICATE-----`, "-----END CERTIFICATE-----\n"), "gate/trust-domain-changed", "TrustDomain corp", "TrustDomain corp", true},
		{"U243 a rule is weakened", edit("rules/team/blue/blue.rego", `colour == "blue"`, `colour == "green"`), "gate/rules-changed", "Policy rules/team/blue/blue.rego", "", true},
		{"U243 a rule is removed", func(r *gatetest.Repo) string { r.Remove("rules/team"); return "rules/team/blue/blue.rego" }, "gate/rules-changed", "Policy rules/team/blue/blue.rego", "", true},
		{"U245 the check may fail", replace(workflow, "--base origin/main", "--base origin/main || true", "|| true"), "gate/pipeline-changed", "Pipeline " + workflow, "", true},
		{"U245 the job that it needs", edit(workflow, "make tool", "echo exit 0 > bin/tool"), "gate/pipeline-changed", "Pipeline " + workflow, "", true},
		{"U245 the workflow does not start", edit(workflow, "on: pull_request", "on: workflow_dispatch"), "gate/pipeline-changed", "Pipeline " + workflow, "", true},
		{"U245 the workflow is gone", func(r *gatetest.Repo) string { r.Remove(workflow); return workflow }, "gate/pipeline-changed", "Pipeline " + workflow, "", true},
		{"U245 who calls the workflow", edit(caller, "  gate: {uses: ./.github/workflows/gate.yml}\n", ""), "gate/pipeline-changed", "Pipeline " + caller, "", true},
		{"U245 what the job runs first", edit(script, "install-it", "echo exit 0 > bin/gatespan"), "gate/pipeline-changed", "Pipeline " + script, "", true},
		{"somebody else in a role", more(`clusters: "eks-prod": roles: clusterOperators: [{kind: "Group", name: "everybody"}]`), "gate/roles-changed", cluster, cluster, true},
		{"other owners of some of the fleet", func(r *gatetest.Repo) string { r.Append(codeOwners, "**/*.cue  @relay\n"); return "" }, "gate/owners-changed", "CodeOwners CODEOWNERS", "", true},
		{"the fleet is behind a link", func(r *gatetest.Repo) string {
			r.Rename("testdata/relay", "docs/relay")
			r.Link("../docs/relay", "testdata/relay")
			return ""
		}, "gate/owners-changed", "CodeOwners CODEOWNERS", "", true},
		{"other owners of the fleet", edit(codeOwners, "/testdata/relay/  @platform", "/testdata/relay/  @relay"), "gate/owners-changed", "CodeOwners CODEOWNERS", "", true},
		{"nobody owns anything", func(r *gatetest.Repo) string { r.Remove(codeOwners); return "" }, "gate/owners-changed", "CodeOwners CODEOWNERS", "", true},
	})
}

// TestTheGateIsUntouched: what is beside the gate is nobody's business here.
func TestTheGateIsUntouched(t *testing.T) {
	for name, change := range map[string]func(*gatetest.Repo){
		"another job":              func(r *gatetest.Repo) { r.Replace(workflow, "make site", "make site2") },
		"a comment":                func(r *gatetest.Repo) { r.Replace(workflow, "jobs:", "# jobs\njobs:") },
		"another job beside":       func(r *gatetest.Repo) { r.Replace(caller, "make site", "make site2") },
		"fewer people in a role":   func(r *gatetest.Repo) { r.Remove("testdata/relay/more.cue") },
		"another hook":             func(r *gatetest.Repo) { r.Replace(hooks, "rev: v1", "rev: v2") },
		"owners of something else": func(r *gatetest.Repo) { r.Append(codeOwners, "/docs/ @writers\n") },
		"less is left out":         func(r *gatetest.Repo) { r.Remove("testdata/relay/more.cue") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := guarded(t)
			if name == "fewer people in a role" {
				more(`clusters: "eks-prod": roles: clusterOperators: [{kind: "Group", name: "platform"}]`)(r)
				r.Generate()
				r.Commit("roles")
				r.Remove("testdata/relay/more.cue")
				r.Generate()
				change = func(*gatetest.Repo) {}
			}
			if name == "less is left out" {
				more(`clusters: "eks-prod": exclude: [{path: "overlays/eks-prod/web", reason: "later"}]`)(r)
				r.Commit("left out")
			}
			change(r)
			judged := r.Check(gate.Options{Base: "HEAD", Policies: "rules"})
			r.Passes(judged)
			if len(judged.Findings) > 0 {
				t.Errorf("findings %q", rules(judged))
			}
		})
	}
}

// TestTrustTheHead is how the gate's owners let their own change through.
func TestTrustTheHead(t *testing.T) {
	r := guarded(t)
	more(`clusters: "eks-prod": publicGateways: [{namespace: "web", name: "web", reason: "browsers"}]`)(r)
	r.Replace(workflow, "--base origin/main", "--base origin/main --verbose")
	r.Passes(r.Check(gate.Options{Base: "HEAD", Trust: "head"}))
}

// waiverFor is the waiver of the first finding of a rule.
func waiverFor(t *testing.T, judged *report.Report, rule, expires string) string {
	t.Helper()
	i := slices.IndexFunc(judged.Findings, func(f finding.Finding) bool { return f.Rule == rule })
	if i < 0 {
		t.Fatalf("no %s in %q", rule, rules(judged))
	}
	f := judged.Findings[i]
	cluster, namespace := "", ""
	if f.Cluster != "" {
		cluster = fmt.Sprintf("cluster: %q, ", f.Cluster)
	}
	if f.Object.Namespace != "" {
		namespace = fmt.Sprintf("namespace: %q, ", f.Object.Namespace)
	}
	return fmt.Sprintf("package fleet\n\nwaivers: [{rule: %q, %sobject: {kind: %q, %sname: %q}, fingerprint: %q, owner: \"platform\", reason: \"agreed until the migration\", expires: %q}]\n",
		f.Rule, cluster, f.Object.Kind, namespace, f.Object.Name, f.Fingerprint, expires)
}

const waiversFile = "testdata/relay/waivers.cue"

// TestWaivers is the life of one.
func TestWaivers(t *testing.T) {
	r := guarded(t)
	r.Append(relayFile, "---\n"+relayService+"  type: LoadBalancer\n")
	r.Commit("an old fault")
	const around = "bypass/service-exposed"
	r.Write(waiversFile, waiverFor(t, r.Check(gate.Options{}), around, "2026-12-31"))

	// With the head's word it counts; as part of a change it does not.
	r.Quiet(r.Check(gate.Options{}), around)
	r.Quiet(r.Check(gate.Options{Base: "HEAD", Trust: "head"}), around)
	judged := r.Check(sinceBase)
	r.Blocks(judged, around, "Service relay/relay", "", "")
	r.Blocks(judged, "gate/waiver-added", "Waiver "+around+" of Service relay", "", waiversFile+":3")

	// From the next change on it does, until its last day.
	r.Commit("the waiver")
	r.Quiet(r.Check(sinceBase), around)
	r.Quiet(r.Check(gate.Options{Base: "HEAD", Today: "2026-12-31"}), around)
	judged = r.Check(gate.Options{Base: "HEAD", Today: "2027-01-01"})
	r.Blocks(judged, around, "Service relay/relay", "", "")
	r.Blocks(judged, "gate/waiver-expired", "", "", waiversFile+":3")

	// Of another value of the same field it says nothing.
	r.Replace(relayFile, "type: LoadBalancer", "type: NodePort")
	judged = r.Check(sinceBase)
	r.Blocks(judged, around, "Service relay/relay", "", "")
	want(t, "unused", warned(judged), "gate/waiver-unused")

	// Removed, it does not count although the base has it.
	r.Replace(relayFile, "type: NodePort", "type: LoadBalancer")
	r.Remove(waiversFile)
	r.Blocks(r.Check(sinceBase), around, "Service relay/relay", "", "")
}

func warned(judged *report.Report) []string {
	var out []string
	for _, f := range judged.Findings {
		if f.Severity == finding.Warn {
			out = append(out, f.Rule)
		}
	}
	return out
}

// TestAWaiverOfTheBaseLetsAGateChangeThrough: exactly the change that it names, and then the change is judged by.
func TestAWaiverOfTheBaseLetsAGateChangeThrough(t *testing.T) {
	public := more(`clusters: "eks-prod": publicGateways: [{namespace: "edge", name: "web", reason: "browsers"}]`)
	r := guarded(t)
	public(r)
	waiver := waiverFor(t, r.Check(sinceBase), "gate/public-gateway-added", "2026-12-31")
	r.Remove("testdata/relay/more.cue")
	r.Write(waiversFile, waiver)
	r.Commit("agreed")
	public(r)
	r.Append(edgeFile, webGateway)
	judged := r.Check(sinceBase)
	r.Quiet(judged, "mtls/plaintext-listener")
	r.Quiet(judged, "gate/public-gateway-added")
	if !slices.ContainsFunc(judged.OutOfScope, func(o report.OutOfScope) bool { return strings.Contains(o.Reason, "public gateway") }) {
		t.Error("the gateway is not judged as a public one")
	}
	more(`clusters: "eks-prod": publicGateways: [{namespace: "edge", name: "other", reason: "browsers"}]`)(r)
	r.Blocks(r.Check(sinceBase), "gate/public-gateway-added", "Cluster eks-prod", "", "")
}

// TestTheBaseIsWhatCounts: the head is judged as the base says, whatever the head says of itself.
func TestTheBaseIsWhatCounts(t *testing.T) {
	t.Run("a public gateway", func(t *testing.T) {
		r := guarded(t)
		more(`clusters: "eks-prod": publicGateways: [{namespace: "edge", name: "web", reason: "browsers"}]`)(r)
		r.Append(edgeFile, webGateway)
		r.Blocks(r.Check(sinceBase), "mtls/plaintext-listener", "Gateway edge/web listener web", "", edgeFile)
	})
	t.Run("a path that is left out", func(t *testing.T) {
		r := guarded(t)
		more(`clusters: "eks-prod": exclude: [{path: "overlays/eks-prod/gateways/edge", reason: "later"}]`)(r)
		r.Replace(edgeFile, "mode: RequireAndVerify", "mode: VerifyIfGiven")
		r.Blocks(r.Check(sinceBase), "mtls/client-certificate-not-required", relayEntry, clientPolicy, "")
	})
	t.Run("the fleet is gone", func(t *testing.T) {
		r := gatetest.New(t, map[string]string{
			"fleet/fleet.yaml":              "clusters:\n  a: {cloud: eks, controller: {name: envoy-gateway, version: 1.9.1}, path: overlays/a}\n",
			"overlays/a/kustomization.yaml": "resources: [a.yaml]\n", "overlays/a/a.yaml": relayService,
		})
		r.Remove("fleet")
		r.Blocks(r.Check(sinceBase), "gate/cluster-removed", "Cluster a", "", "fleet/fleet.yaml:2")
	})
	t.Run("U247 another controller", func(t *testing.T) {
		r := gatetest.New(t, map[string]string{
			"fleet/fleet.yaml":  "clusters:\n  a: {cloud: eks, controller: {name: envoy-gateway, version: 1.9.1, gatewayClassName: eg}, path: overlays/a}\n",
			"overlays/a/a.yaml": relayService + webGateway,
		})
		r.Replace("fleet/fleet.yaml", "name: envoy-gateway", "name: vpc-lattice")
		judged := r.Check(sinceBase)
		r.Blocks(judged, "gate/cluster-changed", "Cluster a", "", "fleet/fleet.yaml:2")
		r.Blocks(judged, "mtls/plaintext-listener", "Gateway edge/web listener web", "", "")
	})
	t.Run("a cluster left the fleet", func(t *testing.T) {
		r := gatetest.New(t, map[string]string{
			"fleet/fleet.yaml":  "clusters:\n  a: {cloud: eks, controller: {name: envoy-gateway, version: 1.9.1}, path: overlays/a}\n",
			"fleet/b.yaml":      "clusters:\n  b: {cloud: eks, controller: {name: envoy-gateway, version: 1.9.1}, path: overlays/b}\n",
			"overlays/a/a.yaml": relayService, "overlays/b/b.yaml": relayService,
		})
		r.Remove("fleet/b.yaml")
		r.Write("overlays/b/b.yaml", webGateway)
		judged := r.Check(sinceBase)
		r.Blocks(judged, "gate/cluster-removed", "Cluster b", "", "")
		r.Blocks(judged, "mtls/plaintext-listener", "Gateway edge/web listener web", "", "overlays/b/b.yaml")
	})
	t.Run("a path that the user asks for hides nothing", func(t *testing.T) {
		r := guarded(t)
		more(`clusters: "eks-prod": publicGateways: [{namespace: "edge", name: "web", reason: "browsers"}]`)(r)
		r.Blocks(r.Check(gate.Options{Base: "HEAD", Paths: []string{"overlays/aks-prod"}}), "gate/public-gateway-added", "Cluster eks-prod", "", "")
	})
}

// TestReportedAtTheGate is what is ordinary, and told.
func TestReportedAtTheGate(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*gatetest.Repo) string
		rule   string
	}{
		{"a new cluster", more(`clusters: "eks-two": {cloud: "eks", controller: {name: "envoy-gateway", version: "1.9.1"}}`), "change gate/cluster-added"},
		{"a new trust domain", more(`trustDomains: other: bundle: {configMap: "other-ca", sha256: ["` + anotherRootSum + `"]}`), "change gate/trust-domain-added"},
		{"a new rule", func(r *gatetest.Repo) string {
			r.Write("rules/team/red/red.rego", strings.ReplaceAll(strings.ReplaceAll(blueRule, "blue", "red"), "Blue", "Red"))
			return ""
		}, "change gate/rules-changed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := guarded(t)
			c.change(r)
			judged := r.Check(gate.Options{Base: "HEAD", Policies: "rules"})
			r.Passes(judged)
			want(t, "rules", rules(judged), c.rule)
		})
	}
}

// TestAVersionIsJudgedUnderBoth: an upgrade is ordinary, and what either version would not enforce blocks.
func TestAVersionIsJudgedUnderBoth(t *testing.T) {
	r := guarded(t)
	r.Replace(relayFleet, `version:            "1.9.1"`, `version: "1.9.0"`)
	r.Generate()
	judged := r.Check(sinceBase)
	r.Passes(judged)
	want(t, "rules", rules(judged), "change gate/version-changed")
}

// TestABranchThatIsBehind changes nothing of the gate, and is judged by what the base has now.
func TestABranchThatIsBehind(t *testing.T) {
	r := guarded(t)
	r.Git("branch", "work")
	r.Replace(relayFleet, `networkPolicyEngine: "vpc-cni"`, `networkPolicyEngine: "calico"`)
	r.Replace(workflow, "make tool", "make tool2")
	r.Write("rules/team/blue/blue.rego", strings.ReplaceAll(blueRule, `entry.labels.colour == "blue"`, `entry.served.value`))
	r.Commit("the base moves on")
	r.Git("checkout", "-q", "work")
	judged := r.Check(gate.Options{Base: "main", Policies: "rules"})
	for _, f := range judged.Findings {
		if strings.HasPrefix(f.Rule, "gate/") {
			t.Errorf("%s: %s", f.Rule, f.Message)
		}
	}
	r.Blocks(judged, "team/blue", relayEntry, "", "")
}

// TestAnEntryPointMoves: the port of an installation's egress gateway is what its overlay is generated with, and no finding of the gate; the
// NetworkPolicy that lets pods to another port than before is reported.
func TestAnEntryPointMoves(t *testing.T) {
	r, o := example(t, "traefik")
	r.Replace(o.Fleet+"/fleet.cue", "egressPort: 9443", "egressPort: 9444")
	r.GenerateWith(o)
	o.Base = "HEAD"
	judged := r.Check(o)
	r.Passes(judged)
	want(t, "rules", rules(judged), "change change/wider")
	if till := r.Read(o.Overlays + "/aks-branch/consumers/till/till.yaml"); !strings.Contains(till, "targetPort: 9444") {
		t.Errorf("written with the base's port:\n%s", till)
	}
}
