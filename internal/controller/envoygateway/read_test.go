package envoygateway

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// testCluster is an EKS cluster at a version; its trust domain's bundle is in the fleet, not in Git.
func testCluster(version string) controller.Cluster {
	c := controller.Cluster{Name: "eks-prod", Cloud: "eks", NetworkPolicyEngine: "vpc-cni"}
	c.Controller.Name, c.Controller.Version = "envoy-gateway", version
	c.Controller.GatewayClassName, c.Controller.DataPlaneNamespace = "eg", "envoy-gateway-system"
	c.GatewayAPI.Version, c.GatewayAPI.Channel = "1.6", "standard"
	c.TrustDomains = []controller.TrustDomain{
		{Name: "corp", SPIFFE: "corp.example.com", ConfigMap: "corp-ca", SHA256: []string{strings.Repeat("9b", 32)}},
		{Name: "partner", ConfigMap: "partner-ca", SHA256: []string{strings.Repeat("17", 32)}},
	}
	return c
}

func text(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// edit is one change to a file: old for new, or more documents behind it. Both ends of a replacement must be there.
type edit struct{ old, new, more string }

func edited(t testing.TB, name string, edits []edit) string {
	t.Helper()
	out := text(t, name)
	for _, e := range edits {
		if e.old != "" {
			if !strings.Contains(out, e.old) {
				t.Fatalf("%s does not have %q", name, e.old)
			}
			out = strings.Replace(out, e.old, e.new, 1)
		}
		if e.more != "" {
			out += "\n---\n" + e.more
		}
	}
	return out
}

func without(t testing.TB, name, kind string) []edit {
	t.Helper()
	for _, document := range strings.Split(text(t, name), "\n---\n") {
		if strings.Contains(document, "\nkind: "+kind+"\n") {
			return []edit{{old: document}}
		}
	}
	t.Fatalf("%s has no %s", name, kind)
	return nil
}

// summary is what a case asserts, one "field=value" each; a field with @ is the object and field that decided.
func summary(p posture.Posture) []string {
	var out []string
	add := func(name, value string) { out = append(out, name+"="+value) }
	flag := func(v bool) string { return map[bool]string{true: "yes", false: "no"}[v] }
	at := func(r posture.Ref) string { return r.Kind + "/" + r.Name + " " + r.Field }
	for _, e := range p.Entries {
		prefix := e.Subject.Listener + "."
		if e.Gateway.Name == "orders-egress" {
			prefix = "egress."
		}
		add(prefix+"auth", e.ClientAuth.Value)
		add(prefix+"auth@", at(e.ClientAuth.By))
		add(prefix+"min", e.MinTLS.Value)
		add(prefix+"min@", at(e.MinTLS.By))
		add(prefix+"max", e.MaxTLS.Value)
		add(prefix+"tls", e.TLS.Value)
		add(prefix+"served", flag(e.Served.Value))
		add(prefix+"expired", flag(e.Expired.Value))
		add(prefix+"revocation", e.Revocation.Value)
		add(prefix+"resumption", flag(e.Resumption.Value))
		add(prefix+"http3", flag(e.HTTP3.Value))
		add(prefix+"xfcc", e.Forwarding.Value)
		add(prefix+"scheme", e.Scheme.Value)
		add(prefix+"ca", strings.Join(posture.AnchorKeys(e.ClientCA.Value), ","))
		if e.Identities.Value.Everybody {
			add(prefix+"ids", "everybody")
		} else {
			add(prefix+"ids", strings.Join(e.Identities.Value.Keys(), ","))
		}
		if e.SourceCIDRs.Value.Everybody {
			add(prefix+"sources", "everybody")
		} else {
			add(prefix+"sources", strings.Join(e.SourceCIDRs.Value.CIDRs, ",")+" trusted="+flag(e.SourceCIDRs.Value.Trusted))
		}
		for _, r := range e.Routes {
			for _, b := range r.Backends {
				add("hop", b.TLS.Value)
				add("hop.name", b.Name.Value)
				add("hop.min", b.MinTLS.Value)
				add("hop.min@", at(b.MinTLS.By))
				add("hop.ca", strings.Join(posture.AnchorKeys(b.CA.Value), ","))
			}
		}
	}
	for _, x := range p.Exits {
		add("exit", x.Host)
		add("exit.tls", x.TLS.Value)
		add("exit.min", x.MinTLS.Value)
		add("exit.certificate", x.Certificate.Value)
		add("exit.names", strings.Join(x.Names.Value, ","))
		add("exit.ca", strings.Join(posture.AnchorKeys(x.CA.Value), ","))
		add("exit.everybody", flag(x.Users.Value.Everybody))
	}
	for _, h := range p.Hatches {
		add("hatch", at(h.By))
	}
	for _, u := range p.Unknowns {
		add("unknown", u.Rule+" "+u.By.Kind+"/"+u.By.Name+" "+u.By.Field)
	}
	return out
}

const corpRoot = "sha256:9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b9b"
const partnerRoot = "sha256:1717171717171717171717171717171717171717171717171717171717171717"

// sectionPolicy is a policy that says nothing about TLS.
func sectionPolicy(name, namespace, target string) string {
	return "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: ClientTrafficPolicy\nmetadata: {name: " + name + ", namespace: " + namespace +
		"}\nspec:\n  targetRefs: [{group: gateway.networking.k8s.io, " + target + "}]\n  timeout: {http: {requestReceivedTimeout: 10s}}\n"
}

const frontend = "  gatewayClassName: eg\n  tls: {frontend: {default: {validation: {MODE caCertificateRefs: [{group: \"\", kind: ConfigMap, name: corp-ca}]}}PORT}}\n"

// unreadable is the CA as an operator writes it who took ConfigMaps for Secrets.
const unreadable = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: corp-ca, namespace: edge}\ndata: {ca.crt: LS0tLS1CRUdJTg==}\n"

func frontendEdit(mode, port string) edit {
	return edit{old: "  gatewayClassName: eg\n", new: strings.NewReplacer("MODE", mode, "PORT", port).Replace(frontend)}
}

const listenerSet = `apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: {name: shop, namespace: tenant}
spec:
  parentRef: {name: edge, namespace: edge}
  listeners:
  - {name: shop, port: 443, protocol: HTTPS, hostname: shop.example.com, tls: {certificateRefs: [{name: shop-tls}]}}
`

var admitListenerSets = edit{old: "  gatewayClassName: eg\n", new: "  gatewayClassName: eg\n  allowedListeners: {namespaces: {from: All}}\n"}

func plaintextOn(port string) edit {
	return edit{old: "  listeners:\n", new: "  listeners:\n  - {name: plain, port: " + port + ", protocol: HTTP}\n"}
}

func runCases(t *testing.T, file string, cases []testCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			version := c.version
			if version == "" {
				version = "1.9.1"
			}
			cluster := testCluster(version)
			if c.cluster != nil {
				c.cluster(&cluster)
			}
			got := summary(New().Read(cluster, objecttest.Set(t, edited(t, file, c.edits))))
			for _, want := range c.want {
				absent := strings.HasPrefix(want, "!")
				if slices.Contains(got, strings.TrimPrefix(want, "!")) == absent {
					t.Errorf("want %s in\n%s", want, strings.Join(got, "\n"))
				}
			}
			for _, line := range got {
				if strings.HasPrefix(line, "unknown=") && !slices.Contains(c.want, line) {
					t.Errorf("not expected: %s", line)
				}
			}
		})
	}
}

type testCase struct {
	name    string
	version string
	cluster func(*controller.Cluster)
	edits   []edit
	want    []string
}

func TestReadClientPolicy(t *testing.T) {
	const section = "kind: Gateway, name: edge, sectionName: relay"
	validation := "    clientValidation:\n      mode: RequireAndVerify\n"
	runCases(t, "relay.yaml", []testCase{
		{name: "as it should be", want: []string{
			"relay.auth=required", "relay.auth@=ClientTrafficPolicy/edge spec.tls.clientValidation.mode", "relay.min=1.3", "relay.max=1.3",
			"relay.min@=ClientTrafficPolicy/edge spec.tls.minVersion", "relay.served=yes", "relay.ca=" + corpRoot,
			"relay.ids=uri exact spiffe://corp.example.com/ns/orders/sa/orders", "relay.xfcc=sanitize", "relay.scheme=internet-facing",
			"relay.sources=20.50.0.0/28 trusted=yes", "hop=tls", "hop.name=relay.relay.svc", "hop.min=1.3", "hop.ca=" + corpRoot,
		}},
		{name: "U001 the policy is gone", edits: without(t, "relay.yaml", "ClientTrafficPolicy"), want: []string{"relay.auth=none", "relay.min=1.2", "relay.ids=everybody", "relay.min@=Gateway/edge spec.listeners[0].tls"}},
		{name: "U003 no clientValidation", edits: []edit{{old: "    clientValidation:\n      mode: RequireAndVerify\n      caCertificateRefs:\n      - {group: \"\", kind: ConfigMap, name: corp-ca}\n      subjectAltNames:\n        uris:\n        - {type: Exact, value: \"spiffe://corp.example.com/ns/orders/sa/orders\"}\n"}}, want: []string{"relay.auth=none", "relay.auth@=ClientTrafficPolicy/edge spec.tls", "relay.min=1.3"}},
		{name: "U004 optional", edits: []edit{{old: "      mode: RequireAndVerify\n", new: "      optional: true\n"}}, want: []string{"relay.auth=optional", "relay.auth@=ClientTrafficPolicy/edge spec.tls.clientValidation.optional"}},
		{name: "mode wins over optional", edits: []edit{{old: "      mode: RequireAndVerify\n", new: "      mode: RequireAndVerify\n      optional: true\n"}}, want: []string{"relay.auth=required"}},
		{name: "U005 VerifyIfGiven", edits: []edit{{old: "mode: RequireAndVerify", new: "mode: VerifyIfGiven"}}, want: []string{"relay.auth=optional"}},
		{name: "U006 Request", edits: []edit{{old: "mode: RequireAndVerify", new: "mode: Request"}}, want: []string{"relay.auth=none"}},
		{name: "U007 U008 RequireAny", edits: []edit{{old: "mode: RequireAndVerify", new: "mode: RequireAny"}}, want: []string{"relay.auth=none", "relay.ca=" + corpRoot}},
		{name: "a mode that nobody knows", edits: []edit{{old: "mode: RequireAndVerify", new: "mode: Verify"}}, want: []string{"relay.auth=none", "unknown=value ClientTrafficPolicy/edge spec.tls.clientValidation.mode"}},
		{name: "U009 expired certificates", edits: []edit{{old: validation, new: validation + "      allowExpiredCertificate: true\n"}}, want: []string{"relay.expired=yes"}},
		{name: "expired certificates before 1.9", version: "1.8.3", edits: []edit{{old: validation, new: validation + "      allowExpiredCertificate: true\n"}}, want: []string{"relay.expired=no"}},
		{name: "U010 no names", edits: []edit{{old: "      subjectAltNames:\n        uris:\n        - {type: Exact, value: \"spiffe://corp.example.com/ns/orders/sa/orders\"}\n", new: "      subjectAltNames: {}\n"}}, want: []string{"relay.ids=everybody"}},
		{name: "U011 any name", edits: []edit{{old: "{type: Exact, value: \"spiffe://corp.example.com/ns/orders/sa/orders\"}", new: "{type: RegularExpression, value: \".*\"}"}}, want: []string{"relay.ids=uri regex .*"}},
		{name: "U012 another name", edits: []edit{{old: "        uris:\n", new: "        dnsNames: [{type: Exact, value: partner.example.net}]\n        uris:\n"}}, want: []string{"relay.ids=dns exact partner.example.net,uri exact spiffe://corp.example.com/ns/orders/sa/orders"}},
		{name: "U013 a suffix", edits: []edit{{old: "        uris:\n", new: "        dnsNames: [{type: Suffix, value: com}]\n        uris:\n"}}, want: []string{"relay.ids=dns suffix com,uri exact spiffe://corp.example.com/ns/orders/sa/orders"}},
		{name: "U014 only the leaf is checked against the CRL", edits: []edit{{old: validation, new: validation + "      crl: {refs: [{name: corp-crl}], onlyVerifyLeafCertificate: true}\n"}}, want: []string{"relay.revocation=leaf"}},
		{name: "the whole chain is checked against the CRL", edits: []edit{{old: validation, new: validation + "      crl: {refs: [{name: corp-crl}]}\n"}}, want: []string{"relay.revocation=chain"}},
		{name: "U015 session resumption", edits: []edit{{old: "    minVersion: \"1.3\"\n    client", new: "    minVersion: \"1.3\"\n    session: {resumption: {stateless: {}}}\n    client"}}, want: []string{"relay.resumption=yes"}},
		{name: "U016 another CA", edits: []edit{{old: "      - {group: \"\", kind: ConfigMap, name: corp-ca}\n", new: "      - {group: \"\", kind: ConfigMap, name: corp-ca}\n      - {group: \"\", kind: ConfigMap, name: partner-ca}\n"}}, want: []string{"relay.ca=" + partnerRoot + "," + corpRoot}},
		{name: "a CA without a kind is a Secret", edits: []edit{{old: "      - {group: \"\", kind: ConfigMap, name: corp-ca}\n", new: "      - {name: corp-ca}\n"}}, want: []string{"relay.auth=required", "!relay.ca=" + corpRoot}},
		{name: "a CA that nothing makes", edits: []edit{{old: "      - {group: \"\", kind: ConfigMap, name: corp-ca}\n", new: "      - {group: \"\", kind: ConfigMap, name: gone}\n"}}, want: []string{"relay.served=yes", "relay.auth=required", "relay.ca=ConfigMap edge/gone"}},
		{name: "a CA in a ClusterTrustBundle", edits: []edit{{old: "      - {group: \"\", kind: ConfigMap, name: corp-ca}\n", new: "      - {group: certificates.k8s.io, kind: ClusterTrustBundle, name: corp-ca}\n"}}, want: []string{"relay.served=yes", "relay.auth=required", "relay.min=1.3", "relay.ca=ClusterTrustBundle edge/corp-ca", "unknown=value ClientTrafficPolicy/edge spec.tls.clientValidation.caCertificateRefs[0]"}},
		{name: "a CA that is no PEM", edits: []edit{{more: unreadable}}, want: []string{"relay.served=yes", "relay.auth=required", "relay.ca=ConfigMap edge/corp-ca", "unknown=value ConfigMap/corp-ca data[\"ca.crt\"]"}},
		{name: "no CA", edits: []edit{{old: "      caCertificateRefs:\n      - {group: \"\", kind: ConfigMap, name: corp-ca}\n"}}, want: []string{"relay.auth=none", "relay.auth@=ClientTrafficPolicy/edge spec.tls.clientValidation"}},
		{name: "no CA and optional", edits: []edit{{old: "      caCertificateRefs:\n      - {group: \"\", kind: ConfigMap, name: corp-ca}\n"}, {old: "mode: RequireAndVerify", new: "mode: VerifyIfGiven"}}, want: []string{"relay.auth=none"}},
		{name: "U017 another Gateway", edits: []edit{{old: "kind: Gateway, name: edge}", new: "kind: Gateway, name: edge-gw}"}}, want: []string{"relay.auth=none", "relay.min=1.2", "relay.auth@=ClientTrafficPolicy/edge spec.targetRefs[0].name"}},
		{name: "U018 another namespace", edits: []edit{{old: "kind: ClientTrafficPolicy\nmetadata: {name: edge, namespace: edge}", new: "kind: ClientTrafficPolicy\nmetadata: {name: edge, namespace: tenant}"}}, want: []string{"relay.auth=none", "relay.min=1.2", "relay.auth@=ClientTrafficPolicy/edge metadata.namespace"}},
		{name: "U019 one of two listeners", edits: []edit{{old: "kind: Gateway, name: edge}", new: section + "}"}, {old: "  listeners:\n", new: "  listeners:\n  - {name: other, port: 443, protocol: HTTPS, hostname: other.example.com, tls: {certificateRefs: [{name: other-tls}]}}\n"}}, want: []string{"relay.auth=required", "other.auth=none", "other.min=1.2", "other.auth@=ClientTrafficPolicy/edge spec.targetRefs[0].sectionName"}},
		{name: "U020 another section", edits: []edit{{old: "kind: Gateway, name: edge}", new: "kind: Gateway, name: edge, sectionName: rely}"}}, want: []string{"relay.auth=none", "relay.auth@=ClientTrafficPolicy/edge spec.targetRefs[0].sectionName"}},
		{name: "U021 a section policy replaces", edits: []edit{{more: sectionPolicy("timeouts", "edge", section)}}, want: []string{"relay.auth=none", "relay.min=1.2", "relay.auth@=ClientTrafficPolicy/timeouts spec"}},
		{name: "U022 a ListenerSet's policy replaces", edits: []edit{admitListenerSets, {more: listenerSet}, {more: sectionPolicy("http2", "tenant", "kind: ListenerSet, name: shop")}}, want: []string{"relay.auth=required", "shop.auth=none", "shop.min=1.2", "shop.auth@=ClientTrafficPolicy/http2 spec"}},
		{name: "U023 two for one Gateway", edits: []edit{{more: sectionPolicy("another", "edge", "kind: Gateway, name: edge")}}, want: []string{"relay.auth=none", "relay.min=1.2", "relay.ids=everybody"}},
		{name: "U024 U025 labels that the Gateway does not have", edits: []edit{{old: "  targetRefs:\n  - {group: gateway.networking.k8s.io, kind: Gateway, name: edge}\n", new: "  targetSelectors: [{kind: Gateway, matchLabels: {mtls: \"yes\"}}]\n"}}, want: []string{"relay.auth=none", "relay.auth@=ClientTrafficPolicy/edge spec.targetSelectors[0]"}},
		{name: "labels that the Gateway has", edits: []edit{{old: "  targetRefs:\n  - {group: gateway.networking.k8s.io, kind: Gateway, name: edge}\n", new: "  targetSelectors: [{kind: Gateway, matchLabels: {mtls: \"true\"}}]\n"}}, want: []string{"relay.auth=required", "relay.min=1.3"}},
		{name: "U026 no grant for a selector", edits: crossNamespace(""), want: []string{"relay.auth=none", "relay.min=1.2"}},
		{name: "a grant for a selector", edits: crossNamespace("apiVersion: gateway.networking.k8s.io/v1\nkind: ReferenceGrant\nmetadata: {name: policies, namespace: edge}\nspec: {from: [{group: gateway.envoyproxy.io, kind: ClientTrafficPolicy, namespace: tenant}], to: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]}\n"), want: []string{"relay.min=1.3"}},
		{name: "U027 1.2", edits: []edit{{old: "    minVersion: \"1.3\"\n    client", new: "    minVersion: \"1.2\"\n    client"}}, want: []string{"relay.min=1.2"}},
		{name: "U028 no version", edits: []edit{{old: "    minVersion: \"1.3\"\n    client", new: "    client"}}, want: []string{"relay.min=1.2", "relay.min@=ClientTrafficPolicy/edge spec.tls"}},
		{name: "U029 Auto", edits: []edit{{old: "    minVersion: \"1.3\"\n    client", new: "    minVersion: Auto\n    client"}}, want: []string{"relay.min=1.2", "relay.min@=ClientTrafficPolicy/edge spec.tls.minVersion"}},
		{name: "U030 maxVersion for minVersion", edits: []edit{{old: "    minVersion: \"1.3\"\n    client", new: "    maxVersion: \"1.2\"\n    client"}}, want: []string{"relay.min=1.2", "relay.max=1.2"}},
		{name: "U031 a number", edits: []edit{{old: "    minVersion: \"1.3\"\n    client", new: "    minVersion: 1.3\n    client"}}, want: []string{"relay.auth=none", "relay.min=1.2", "unknown=value ClientTrafficPolicy/edge "}},
		{name: "U032 no tls, with a frontend", edits: append([]edit{frontendEdit("", "")}, edit{old: tlsBlock(t)}), want: []string{"relay.auth=required", "relay.min=1.2", "relay.ids=everybody", "relay.auth@=Gateway/edge spec.tls.frontend.default.validation"}},
		{name: "U033 no policy, with a frontend", edits: append(without(t, "relay.yaml", "ClientTrafficPolicy"), frontendEdit("", "")), want: []string{"relay.auth=required", "relay.min=1.2", "relay.ca=" + corpRoot}},
		{name: "a frontend before 1.8", version: "1.7.4", edits: append(without(t, "relay.yaml", "ClientTrafficPolicy"), frontendEdit("", "")), want: []string{"relay.auth=none"}},
		{name: "a frontend at an unknown version", cluster: func(c *controller.Cluster) { c.Controller.Version = "" }, edits: append(without(t, "relay.yaml", "ClientTrafficPolicy"), frontendEdit("", "")), want: []string{"unknown=version Gateway/edge spec.tls.frontend.default.validation"}},
		{name: "a frontend and a policy at an unknown version", cluster: func(c *controller.Cluster) { c.Controller.Version = "" }, edits: []edit{frontendEdit("", "")}, want: []string{"relay.auth=required"}},
		{name: "U034 AllowInsecureFallback", edits: append(without(t, "relay.yaml", "ClientTrafficPolicy"), frontendEdit("mode: AllowInsecureFallback,", "")), want: []string{"relay.auth=none", "relay.auth@=Gateway/edge spec.tls.frontend.default.validation.mode"}},
		{name: "U035 a port without validation", edits: append(without(t, "relay.yaml", "ClientTrafficPolicy"), frontendEdit("", ", perPort: [{port: 443, tls: {}}]")), want: []string{"relay.auth=none", "relay.auth@=Gateway/edge spec.tls.frontend.perPort[0].tls"}},
		{name: "U036 a port that falls back", edits: append(without(t, "relay.yaml", "ClientTrafficPolicy"), frontendEdit("", ", perPort: [{port: 443, tls: {validation: {mode: AllowInsecureFallback, caCertificateRefs: [{group: \"\", kind: ConfigMap, name: corp-ca}]}}}]")), want: []string{"relay.auth=none"}},
		{name: "a policy covers a frontend that falls back", edits: []edit{frontendEdit("mode: AllowInsecureFallback,", "")}, want: []string{"relay.auth=required"}},
		{name: "a policy weakens a strict frontend", edits: []edit{frontendEdit("", ""), {old: "mode: RequireAndVerify", new: "mode: Request"}}, want: []string{"relay.auth=none"}},
		{name: "a frontend's CA is gone", edits: append(without(t, "relay.yaml", "ClientTrafficPolicy"), frontendEdit("", ""), edit{old: "kind: ConfigMap, name: corp-ca}]}}", new: "kind: ConfigMap, name: gone}]}}"}), want: []string{"relay.served=no"}},
		{name: "a frontend's CA is in a ClusterTrustBundle", edits: append(without(t, "relay.yaml", "ClientTrafficPolicy"), frontendEdit("", ""), edit{old: "kind: ConfigMap, name: corp-ca}]}}", new: "kind: ClusterTrustBundle, name: corp-ca}]}}"}), want: []string{"relay.served=yes", "relay.auth=required", "relay.min=1.2", "unknown=value Gateway/edge spec.tls.frontend.default.validation.caCertificateRefs[0]"}},
		{name: "a frontend's CA is no PEM", edits: append(without(t, "relay.yaml", "ClientTrafficPolicy"), frontendEdit("", ""), edit{more: unreadable}), want: []string{"relay.served=yes", "relay.auth=required", "unknown=value ConfigMap/corp-ca data[\"ca.crt\"]"}},
		{name: "a frontend's CA is a Service", edits: append(without(t, "relay.yaml", "ClientTrafficPolicy"), frontendEdit("", ""), edit{old: "kind: ConfigMap, name: corp-ca}]}}", new: "kind: Service, name: corp-ca}]}}"}), want: []string{"relay.served=no", "unknown=value Gateway/edge spec.tls.frontend.default.validation.caCertificateRefs[0]"}},
		{name: "U037 protocol TLS", edits: append(without(t, "relay.yaml", "ClientTrafficPolicy"), frontendEdit("", ""), edit{old: "protocol: HTTPS", new: "protocol: TLS"}), want: []string{"relay.auth=none", "relay.tls=terminate", "relay.auth@=Gateway/edge spec.listeners[0].protocol"}},
		{name: "a policy covers protocol TLS", edits: []edit{{old: "protocol: HTTPS", new: "protocol: TLS"}}, want: []string{"relay.auth=required", "relay.min=1.3"}},
		{name: "U038 plaintext", edits: []edit{{old: "protocol: HTTPS", new: "protocol: HTTP"}, {old: "    tls: {mode: Terminate, certificateRefs: [{name: relay-tls}]}\n"}}, want: []string{"relay.tls=none", "relay.auth=none", "relay.min="}},
		{name: "U039 a plaintext listener beside", edits: []edit{{old: "  listeners:\n", new: "  listeners:\n  - {name: http, port: 80, protocol: HTTP}\n"}}, want: []string{"relay.auth=required", "http.auth=none", "http.tls=none"}},
		{name: "U041 passthrough", edits: []edit{{old: "protocol: HTTPS", new: "protocol: TLS"}, {old: "mode: Terminate, certificateRefs: [{name: relay-tls}]", new: "mode: Passthrough"}}, want: []string{"relay.tls=passthrough", "relay.auth=none", "relay.min="}},
		{name: "U043 HTTP/3 beside a frontend", edits: append([]edit{frontendEdit("", "")}, edit{old: tlsBlock(t), new: "  tls: {minVersion: \"1.3\"}\n  http3: {}\n"}), want: []string{"relay.http3=yes", "relay.auth=none"}},
		{name: "HTTP/3 beside clientValidation is off", edits: []edit{{old: "  tls:\n    minVersion", new: "  http3: {}\n  tls:\n    minVersion"}}, want: []string{"relay.http3=no", "relay.auth=required"}},
		{name: "the Gateway's plaintext wins the port over a ListenerSet", edits: []edit{admitListenerSets, plaintextOn("8080"), {more: strings.Replace(listenerSet, "port: 443", "port: 8080", 1)}}, want: []string{"plain.served=yes", "shop.served=no", "relay.served=yes"}},
		{name: "the Gateway's plaintext closes its own HTTPS on the port", edits: []edit{plaintextOn("443")}, want: []string{"plain.served=yes", "relay.served=no"}},
		{name: "plaintext on another port", edits: []edit{plaintextOn("80")}, want: []string{"plain.served=yes", "relay.served=yes"}},
		{name: "a ListenerSet's plaintext where the Gateway's certificate may be missing", edits: []edit{admitListenerSets, {more: strings.Replace(listenerSet, "protocol: HTTPS, hostname: shop.example.com, tls: {certificateRefs: [{name: shop-tls}]}", "protocol: HTTP", 1)}}, want: []string{"shop.served=yes", "relay.served=yes"}},
		{name: "the Gateway's plaintext with a selector that is not valid", edits: []edit{{old: "  listeners:\n", new: "  listeners:\n  - {name: plain, port: 443, protocol: HTTP, allowedRoutes: {namespaces: {from: Selector}}}\n"}}, want: []string{"relay.served=yes"}},
		{name: "plaintext on the port at a version with other rules", version: "1.8.3", edits: []edit{plaintextOn("443")}, want: []string{"relay.served=yes"}},
		{name: "U046 another Gateway", edits: []edit{{more: "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: second, namespace: edge}\nspec: {gatewayClassName: eg, listeners: [{name: second, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: relay-tls}]}}]}\n"}}, want: []string{"relay.auth=required", "second.auth=none", "second.min=1.2"}},
		{name: "U049 another class", edits: []edit{{old: "  gatewayClassName: eg\n", new: "  gatewayClassName: istio\n"}}, want: []string{"!relay.auth=required"}},
		{name: "U250 a tenant's mode", edits: []edit{frontendEdit("", ""), {old: "  gatewayClassName: eg\n", new: "  gatewayClassName: eg\n  allowedListeners: {namespaces: {from: All}}\n"}, {more: listenerSet}, {more: strings.Replace(sectionPolicy("tenant", "tenant", "kind: ListenerSet, name: shop"), "  timeout: {http: {requestReceivedTimeout: 10s}}\n", "  tls: {minVersion: \"1.3\", clientValidation: {mode: Request}}\n", 1)}}, want: []string{"relay.auth=required", "shop.auth=none", "shop.auth@=ClientTrafficPolicy/tenant spec.tls.clientValidation.mode"}},
		{name: "U251 a tenant's version", edits: []edit{admitListenerSets, {more: listenerSet}, {more: strings.Replace(sectionPolicy("tenant", "tenant", "kind: ListenerSet, name: shop"), "  timeout: {http: {requestReceivedTimeout: 10s}}\n", "  tls: {minVersion: \"1.0\"}\n", 1)}}, want: []string{"shop.min=1.0"}},
		{name: "a Gateway's policy covers ListenerSets", edits: []edit{admitListenerSets, {more: listenerSet}}, want: []string{"shop.auth=required", "shop.min=1.3", "shop.ca=" + corpRoot}},
		{name: "a stray section does not make a ListenerSet safer", edits: []edit{admitListenerSets, {more: listenerSet}, {more: sectionPolicy("stray", "edge", "kind: Gateway, name: edge, sectionName: shop")}}, want: []string{"shop.auth=none", "shop.min=1.2", "relay.auth=required"}},
		{name: "S010 maxVersion", edits: []edit{{old: "    minVersion: \"1.3\"\n    client", new: "    minVersion: \"1.3\"\n    maxVersion: \"1.3\"\n    client"}}, want: []string{"relay.min=1.3", "relay.max=1.3"}},
		{name: "S013 no mode", edits: []edit{{old: "      mode: RequireAndVerify\n"}}, want: []string{"relay.auth=required", "relay.served=yes"}},
		{name: "S014 a policy per listener", edits: []edit{{old: "kind: Gateway, name: edge}", new: section + "}"}}, want: []string{"relay.auth=required", "relay.min=1.3"}},
		{name: "S017 the frontend validates", edits: []edit{frontendEdit("mode: AllowValidOnly,", ""), {old: tlsBlock(t), new: "  tls: {minVersion: \"1.3\"}\n"}}, want: []string{"relay.auth=required", "relay.min=1.3"}},
		{name: "S018 optional false", edits: []edit{{old: validation, new: validation + "      optional: false\n"}}, want: []string{"relay.auth=required"}},
		{name: "S019 a ListenerSet with its own policy", edits: []edit{admitListenerSets, {more: listenerSet}, {more: strings.Replace(sectionPolicy("tenant", "tenant", "kind: ListenerSet, name: shop"), "  timeout: {http: {requestReceivedTimeout: 10s}}\n", "  tls: {minVersion: \"1.3\", clientValidation: {caCertificateRefs: [{kind: ConfigMap, name: corp-ca}]}}\n", 1)}}, want: []string{"shop.auth=required", "shop.min=1.3", "shop.ca=" + corpRoot}},
		{name: "S020 the deprecated targetRef", edits: []edit{{old: "  targetRefs:\n  - {group: gateway.networking.k8s.io, kind: Gateway, name: edge}\n", new: "  targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: edge}\n"}}, want: []string{"relay.auth=required", "relay.min=1.3"}},
		{name: "identity headers of clients", edits: []edit{{old: "  tls:\n    minVersion", new: "  headers: {xForwardedClientCert: {mode: AlwaysForwardOnly}}\n  tls:\n    minVersion"}}, want: []string{"relay.xfcc=forward"}},
		{name: "identity headers of authenticated clients", edits: []edit{{old: "  tls:\n    minVersion", new: "  headers: {xForwardedClientCert: {mode: AppendForward}}\n  tls:\n    minVersion"}}, want: []string{"relay.xfcc=append"}},
		{name: "a field that nobody knows", edits: []edit{{old: "      mode: RequireAndVerify\n", new: "      mode: RequireAndVerify\n      trustEverybody: true\n"}}, want: []string{"unknown=field ClientTrafficPolicy/edge spec.tls.clientValidation.trustEverybody"}},
	})
}

// tlsBlock is the tls of the policy, as it is written.
func tlsBlock(t testing.TB) string {
	_, rest, _ := strings.Cut(text(t, "relay.yaml"), "kind: Gateway, name: edge}\n")
	block, _, _ := strings.Cut(rest, "---\n")
	return block
}

func crossNamespace(grant string) []edit {
	return []edit{
		{old: "kind: ClientTrafficPolicy\nmetadata: {name: edge, namespace: edge}", new: "kind: ClientTrafficPolicy\nmetadata: {name: edge, namespace: tenant}"},
		{old: "  targetRefs:\n  - {group: gateway.networking.k8s.io, kind: Gateway, name: edge}\n", new: "  targetSelectors: [{kind: Gateway, matchLabels: {mtls: \"true\"}, namespaces: {from: All}}]\n"},
		{more: grant},
	}
}
