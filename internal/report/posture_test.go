package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/plan"
	"github.com/gatespan/gatespan/internal/policy"
	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/trace"
)

func held[T any](v T, e posture.Enforcer) posture.Setting[T] {
	return posture.Setting[T]{Value: v, Enforcer: e}
}

func clustersExample() []trace.Cluster {
	corp := []posture.Anchor{{TrustDomain: "corp", Ref: posture.Ref{Kind: "ConfigMap", Name: "corp-ca"}}}
	edge := posture.Subject{Kind: "Gateway", Namespace: "edge", Name: "edge"}
	listener := func(name string) posture.Subject {
		return posture.Subject{Kind: "Gateway", Namespace: "edge", Name: "edge", Listener: name}
	}
	eks := trace.Cluster{Name: "eks-prod", Posture: posture.Posture{
		Entries: []posture.Entry{
			{
				Subject: listener("relay"), Gateway: edge, Port: 443, Hostnames: []string{"relay.example.com"},
				Served: held(true, posture.ByGateway), Scheme: held(posture.SchemeInternetFacing, posture.ByNetwork),
				TLS: held(posture.TLSTerminate, posture.ByGateway), MinTLS: held("1.3", posture.ByGateway),
				ClientAuth: held(posture.ClientRequired, posture.ByGateway), ClientCA: held(corp, posture.ByGateway),
				SourceCIDRs: held(posture.SourceCIDRs{CIDRs: []string{"20.50.0.0/28"}, Trusted: true}, posture.ByNetwork),
				Identities:  held(posture.Identities{Accepted: []posture.Identity{{Type: "uri", Match: "exact", Value: "spiffe://corp.example.com/ns/orders/sa/orders"}}}, posture.ByGateway),
				Routes: []posture.Route{{Backends: []posture.Backend{{
					Ref: posture.Ref{Kind: "Service", Namespace: "relay", Name: "relay"}, Port: 8443, Granted: true, Exists: true, ExitIndex: -1,
					TLS: held("tls", posture.ByGateway), CA: held(corp, posture.ByGateway),
				}}}},
			},
			{
				Subject: listener("web"), Gateway: edge, Port: 80, Served: held(true, posture.ByGateway), Scheme: held(posture.SchemeUnknown, posture.ByNobody),
				TLS: held(posture.TLSNone, posture.ByNobody), ClientAuth: held(posture.ClientNone, posture.ByNobody),
				SourceCIDRs: held(posture.SourceCIDRs{CIDRs: []string{"192.0.2.0/24"}}, posture.ByGateway),
				Routes:      []posture.Route{{RedirectOnly: true}},
			},
		},
		Grants: []posture.Grant{{
			By: posture.Ref{Kind: "ReferenceGrant", Namespace: "relay", Name: "relay"}, FromKind: "HTTPRoute", FromNamespace: "edge", ToKind: "Service", ToName: "relay",
			UsedBy: []string{"HTTPRoute edge/relay"},
		}},
		Unknowns: []posture.Unknown{{Rule: "kind"}},
	}}
	eks.Facts.Cloud, eks.Facts.Controller.Name, eks.Facts.Controller.Version = "eks", "envoy-gateway", "1.9.1"
	egress := posture.Subject{Kind: "Gateway", Namespace: "orders", Name: "orders-egress"}
	aks := trace.Cluster{Name: "aks-prod", Posture: posture.Posture{Exits: []posture.Exit{{
		Subject: posture.Subject{Kind: "Gateway", Namespace: "orders", Name: "orders-egress", Listener: "relay"}, Gateway: egress,
		Host: "relay.example.com", Port: 443, TLS: held("tls", posture.ByGateway), MinTLS: held("1.3", posture.ByPeer),
		Certificate: held("Secret orders/orders-client-tls", posture.ByGateway), CA: held(corp, posture.ByGateway), Names: held([]string{"relay.example.com"}, posture.ByGateway),
		Users: held(posture.Users{Principals: []string{"cluster.local/ns/orders/sa/orders"}}, posture.ByMesh),
	}}}}
	return []trace.Cluster{aks, eks, {Name: "empty"}}
}

func TestPosture(t *testing.T) {
	golden(t, "posture.txt", printed(t, func(b *bytes.Buffer) error { return PostureText(b, clustersExample(), Style{}) }))
	golden(t, "posture.mmd", printed(t, func(b *bytes.Buffer) error { return PostureMermaid(b, clustersExample()) }))
	raw := printed(t, func(b *bytes.Buffer) error { return PostureJSON(b, clustersExample()) })
	if bytes.Contains(raw, []byte("null")) {
		t.Errorf("null in %s", raw)
	}
	golden(t, "posture.json", raw)
}

func TestPaths(t *testing.T) {
	paths := []trace.Path{{
		Consumer: "orders", Exposure: "relay", From: "aks-prod", To: "eks-prod", Complete: true, Assumptions: []string{"eks-prod: Secret edge/edge-relay-tls exists"},
		Hops: []trace.Hop{{Title: "pods", Cluster: "aks-prod", Facts: []trace.Fact{
			{Text: "pods app=orders of namespace orders", Position: finding.Position{File: "fleet/fleet.cue", Line: 3, Column: 7}},
			{Text: "client certificate: required", Enforcer: posture.ByGateway, Position: finding.Position{File: "overlays/a.yaml", Line: 3}},
			{Text: "TLS floor: none", Enforcer: posture.ByNobody},
		}}},
	}, {
		Consumer: "orders", Exposure: "relay", From: "aks-prod", To: "eks-dr",
		Hops: []trace.Hop{{Title: "entry", Cluster: "eks-dr", Missing: "Gateway edge/edge has no listener relay", Hint: "run gatespan generate"}},
	}}
	golden(t, "path.txt", printed(t, func(b *bytes.Buffer) error { return PathsText(b, paths, Style{}) }))
}

func TestChanges(t *testing.T) {
	all := example1().Changes
	for _, direction := range []string{"stronger", "new", "surprising"} {
		c := all[0]
		c.Direction, c.Why, c.Exposure = direction, "", ""
		all = append([]Change{c}, all...)
	}
	golden(t, "changes.txt", printed(t, func(b *bytes.Buffer) error { return ChangesText(b, all, Style{}) }))
	if got := string(printed(t, func(b *bytes.Buffer) error { return ChangesText(b, nil, Style{}) })); got != "the posture is the same\n" {
		t.Errorf("no change: %q", got)
	}
	if got := string(printed(t, func(b *bytes.Buffer) error { return ChangesJSON(b, nil) })); !strings.Contains(got, `"changes": []`) {
		t.Errorf("no change: %s", got)
	}
}

func profilesExample() []controller.Profile {
	return []controller.Profile{
		{
			Name: "one", Title: "One", Versions: []controller.VersionRange{{Distribution: "upstream", From: "1.8", To: "1.9"}},
			Abilities: []controller.Ability{
				{ID: controller.EntryTerminate, Support: true, How: "a listener"},
				{ID: controller.EntryFloor, Support: true, Since: "1.5", How: "a policy"},
			},
		},
		{
			Name: "two", Title: "Two", Versions: []controller.VersionRange{{Distribution: "upstream", From: "1"}, {Distribution: "addon", From: "2", To: "2"}},
			Abilities: []controller.Ability{
				{ID: controller.EntryTerminate, Support: true, Distributions: []string{"upstream"}, How: "a listener"},
				{ID: controller.EntryFloor, How: "it accepts TLS 1.2 | <always>", Instead: "another cluster"},
			},
		},
	}
}

func TestControllers(t *testing.T) {
	golden(t, "controllers.txt", printed(t, func(b *bytes.Buffer) error { return ControllersText(b, profilesExample(), Style{}) }))
	golden(t, "controllers.md", printed(t, func(b *bytes.Buffer) error { return ControllersMarkdown(b, profilesExample()) }))
	golden(t, "controllers.json", printed(t, func(b *bytes.Buffer) error { return ControllersJSON(b, profilesExample()) }))
}

func TestCandidates(t *testing.T) {
	lacks := []plan.Lack{
		{ID: controller.EntryTerminate, How: "it accepts TLS 1.2 | <always>", Instead: "another cluster"},
		{ID: controller.EntryFloor, How: "it accepts TLS 1.2 | <always>", Instead: "another cluster"},
		{ID: controller.EntryClientCertificate, How: "it asks nobody for a certificate", Instead: "another cluster"},
		{ID: controller.EntryJWT, How: "it checks no tokens"},
	}
	all := Candidates([]plan.Candidate{
		{Name: "one", Distribution: "upstream", Version: "1.9"},
		{Name: "one", Distribution: "addon", Version: "2", Asks: []fleet.Error{{Message: "it verifies clients with a trust store of the cloud, and gateway edge names none", Hint: "add trustStore"}}},
		{Name: "two", Distribution: "upstream", Version: "1", Lacks: lacks, Asks: []fleet.Error{{Message: "never shown"}}},
		{Name: "two", Distribution: "addon", Version: "1", Lacks: lacks},
		{Name: "three", Distribution: "upstream", Version: "1", Lacks: lacks},
		{Name: "four", Distribution: "upstream", Version: "1", Lacks: lacks, Nowhere: []fleet.Error{{Message: "it runs on AKS only", Hint: "one that runs anywhere"}}},
	})
	golden(t, "candidates.txt", printed(t, func(b *bytes.Buffer) error { return CandidatesText(b, "relay", all, Style{}) }))
	if !all[0].Can || !all[1].Can || len(all[1].Asks) != 1 || all[2].Can || len(all[2].Lacks) != 4 {
		t.Errorf("got %+v", all)
	}
}

func TestRules(t *testing.T) {
	rules := []policy.Rule{{
		ID: "mtls/client-certificate-not-required", Title: "A listener accepts clients without a certificate", Severity: "block",
		Description: "The first paragraph\nover two lines.\n\nThe second.", Remediation: "set mode to RequireAndVerify",
		Bad: "spec:\n  mode: VerifyIfGiven\n", Good: "spec:\n  mode: RequireAndVerify\n", Links: []policy.Link{{Ref: "https://example.com", Description: "the field"}},
	}, {ID: "ours/label", Title: "An owner is missing", Severity: "warn", User: true}}
	golden(t, "rules.txt", printed(t, func(b *bytes.Buffer) error { return RulesText(b, rules, Style{}) }))
	golden(t, "rules.json", printed(t, func(b *bytes.Buffer) error { return RulesJSON(b, rules) }))
	golden(t, "rule.txt", printed(t, func(b *bytes.Buffer) error { return RuleText(b, rules[0], Style{}) }))
}

func TestGenerated(t *testing.T) {
	files := []FileDiff{
		{Path: "overlays/a/new.yaml", After: []byte("kind: Gateway\n")},
		{Path: "overlays/a/old.yaml", Before: []byte("kind: Gateway\nname: a\n"), After: []byte("kind: Gateway\nname: b\x1b[2J\n")},
		{Path: "overlays/a/secret.yaml", Before: []byte("kind: Secret\ndata: {password: aHVudGVyMg==}\n")},
	}
	golden(t, "diff.txt", printed(t, func(b *bytes.Buffer) error { return DiffText(b, files, Style{}) }))
	golden(t, "generated.txt", printed(t, func(b *bytes.Buffer) error {
		return GeneratedText(b, Generated{Created: []string{"overlays/a/gateways/edge"}, Removed: []string{"overlays/b/gateways/edge"}, Unchanged: 3}, Style{})
	}))
}

func TestTableFitsThePage(t *testing.T) {
	tab := &table{indent: "  ", head: []string{"A", "B", "C"}}
	tab.row(cell{strings.Repeat("spiffe://corp.example.com/", 6), none}, cell{strings.Repeat("é", 90), none}, cell{"c", none})
	for columns, want := range map[int]int{0: Width, 300: Width, 80: 80, 20: NarrowestPage} {
		p := &page{style: Style{Columns: columns}}
		tab.write(p)
		for _, line := range strings.Split(string(p.out), "\n") {
			if n := len([]rune(line)); n > want {
				t.Errorf("%d columns instead of %d: %s", n, want, line)
			}
		}
	}
}

// TestPostureIsGrouped holds the table to one order and one line for each gateway, whatever order it was read in.
func TestPostureIsGrouped(t *testing.T) {
	text := func(reverse bool) string {
		clusters := clustersExample()
		entries := clusters[1].Posture.Entries
		other := entries[0]
		other.Gateway.Name, other.Subject.Name = "another", "another"
		entries = []posture.Entry{entries[1], other, entries[0]}
		if reverse {
			slices.Reverse(entries)
		}
		clusters[1].Posture.Entries = entries
		return string(printed(t, func(b *bytes.Buffer) error { return PostureText(b, clusters, Style{}) }))
	}
	if text(false) != text(true) {
		t.Errorf("the order of reading shows:\n%s\n%s", text(false), text(true))
	}
	if got := text(false); strings.Count(got, "edge/edge\n") != 1 || strings.Index(got, "edge/another") > strings.Index(got, "edge/edge\n") {
		t.Errorf("not grouped and sorted:\n%s", got)
	}
}

func FuzzMermaid(f *testing.F) {
	for _, seed := range []string{`"]; click n1 "javascript:alert(1)"`, "a\n  n1 --> n2", "<script>", "%%{init: {}}%%", "`md`", "#quot;"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clusters := clustersExample()
		clusters[0].Name, clusters[1].Posture.Entries[0].Gateway.Name = text, text
		clusters[0].Posture.Exits[0].Certificate.Value = text
		out := string(printed(t, func(b *bytes.Buffer) error { return PostureMermaid(b, clusters) }))
		plain := string(printed(t, func(b *bytes.Buffer) error { return PostureMermaid(b, clustersExample()) }))
		for _, sign := range []string{"\n", `"`, "[", "<", "`", "%", "|"} {
			if got, want := strings.Count(out, sign), strings.Count(plain, sign); got != want {
				t.Errorf("%q: %d times %q, not %d", text, got, sign, want)
			}
		}
	})
}
