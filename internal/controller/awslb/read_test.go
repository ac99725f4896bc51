package awslb

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

const store = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:truststore/corp/01"

func edge(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/edge.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func cluster() controller.Cluster {
	c := controller.Cluster{
		Name: "eks", Cloud: "eks",
		TrustDomains: []controller.TrustDomain{{Name: "corp", SHA256: []string{"AA:BB"}}},
		TrustStores:  []controller.TrustStore{{ARN: store, TrustDomain: "corp"}},
	}
	c.Controller.Name, c.Controller.Version = "aws-lb", "3.5.0"
	c.GatewayAPI.Version = "1.6"
	return c
}

func posed(t *testing.T, text string) posture.Posture {
	t.Helper()
	return New().Read(cluster(), objecttest.Set(t, text))
}

// TestRead: what the example comes to, and what decided it.
func TestRead(t *testing.T) {
	p := posed(t, edge(t))
	if len(p.Entries) != 1 || len(p.Unknowns) != 0 || len(p.Exits) != 0 {
		t.Fatalf("%+v", p)
	}
	e := p.Entries[0]
	b := e.Routes[0].Backends[0]
	for what, ok := range map[string]bool{
		"served":    e.Served.Value,
		"TLS":       e.TLS.Value == posture.TLSTerminate,
		"floor":     e.MinTLS.Value == "1.3" && e.MinTLS.By.Field == "spec.listenerConfigurations[0].sslPolicy",
		"clients":   e.ClientAuth.Value == posture.ClientRequired && e.ClientAuth.By.Field == "spec.listenerConfigurations[0].mutualAuthentication.mode",
		"roots":     len(e.ClientCA.Value) == 1 && slices.Equal(e.ClientCA.Value[0].SHA256, []string{"aabb"}) && e.ClientCA.Value[0].Source == "fleet",
		"anybody":   e.Identities.Value.Everybody,
		"expired":   !e.Expired.Value,
		"sources":   !e.SourceCIDRs.Value.Everybody && e.SourceCIDRs.Value.Trusted && slices.Equal(e.SourceCIDRs.Value.CIDRs, []string{"203.0.113.0/28"}),
		"scheme":    e.Scheme.Value == posture.SchemeInternetFacing,
		"token":     e.JWT.Value.Value == posture.JWTRequired && slices.Equal(e.JWT.Value.Audiences, []string{"relay"}),
		"encrypted": b.TLS.Value == "tls" && b.TLS.Enforcer == posture.ByNetwork,
		"unchecked": len(b.CA.Value) == 0 && b.Name.Value == "",
		"assumed": slices.ContainsFunc(p.Assumptions, func(a posture.Assumption) bool {
			return strings.Contains(a.Text, "holds the roots of trust domain corp")
		}),
	} {
		if !ok {
			t.Errorf("%s: %+v", what, e)
		}
	}
}

// TestVariants: each change of the example, and what it comes to: the floor, client certificates, sources, the hop and the token, what
// decided about clients, and what is unknown.
func TestVariants(t *testing.T) {
	type edit struct{ old, new string }
	const (
		classRef = "spec: {controllerName: gateway.k8s.aws/alb}"
		base     = "apiVersion: gateway.k8s.aws/v1\nkind: LoadBalancerConfiguration\nmetadata: {name: base, namespace: infra}\nspec:\n"
		off      = "  listenerConfigurations: [{protocolPort: 'HTTPS:443', mutualAuthentication: {mode: off}}]\n"
		mutual   = "    mutualAuthentication:\n      mode: verify\n      trustStore: " + store + "\n      ignoreClientCertificateExpiry: false\n"
		groups   = "apiVersion: gateway.k8s.aws/v1\nkind: TargetGroupConfiguration\nmetadata: {name: other, namespace: edge}\nspec:\n"
	)
	ofClass := edit{classRef, "spec: {controllerName: gateway.k8s.aws/alb, parametersRef: {group: gateway.k8s.aws, kind: LoadBalancerConfiguration, name: base, namespace: infra}}"}
	for name, c := range map[string]struct {
		edits   []edit
		more    string
		want    string // floor, clients, sources, hop, token
		by      string // what decided about clients
		unknown string
	}{
		"as it is":                  {want: "1.3 required some tls required"},
		"the port is another":       {edits: []edit{{"protocolPort: HTTPS:443", "protocolPort: HTTPS:8443"}}, want: "1.0 none some tls required", by: "LoadBalancerConfiguration edge spec.listenerConfigurations[0].protocolPort"},
		"the protocol is another":   {edits: []edit{{"protocolPort: HTTPS:443", "protocolPort: TLS:443"}}, want: "1.0 none some tls required", by: "LoadBalancerConfiguration edge spec.listenerConfigurations[0].protocolPort"},
		"no policy":                 {edits: []edit{{"    sslPolicy: ELBSecurityPolicy-TLS13-1-3-2021-06\n", ""}}, want: "1.0 required some tls required"},
		"a weaker policy":           {edits: []edit{{"TLS13-1-3-2021-06", "TLS13-1-2-2021-06"}}, want: "1.2 required some tls required"},
		"a policy of no name":       {edits: []edit{{"TLS13-1-3-2021-06", "TLS13-1-4-2031-06"}}, want: "1.0 required some tls required", unknown: "spec.listenerConfigurations[0].sslPolicy"},
		"mode passthrough":          {edits: []edit{{mutual, "    mutualAuthentication: {mode: passthrough}\n"}}, want: "1.3 none some tls required", by: "LoadBalancerConfiguration edge spec.listenerConfigurations[0].mutualAuthentication.mode"},
		"mode off":                  {edits: []edit{{mutual, "    mutualAuthentication: {mode: off}\n"}}, want: "1.3 none some tls required"},
		"a mode of no name":         {edits: []edit{{"mode: verify", "mode: Verify"}}, want: "1.3 none some tls required", unknown: "spec.listenerConfigurations[0].mutualAuthentication.mode"},
		"no mutualAuthentication":   {edits: []edit{{mutual, ""}}, want: "1.3 none some tls required"},
		"verify without a store":    {edits: []edit{{"      trustStore: " + store + "\n", ""}}, want: "1.3 none some tls required", unknown: "spec.listenerConfigurations[0].mutualAuthentication"},
		"a store by name":           {edits: []edit{{"trustStore: " + store, "trustStore: corp"}}, want: "1.3 required some tls required"},
		"another store":             {edits: []edit{{"truststore/corp/01", "truststore/eve/02"}}, want: "1.3 unknown-ca some tls required"},
		"expired certificates":      {edits: []edit{{"Expiry: false", "Expiry: true"}}, want: "1.3 expired some tls required"},
		"no source ranges":          {edits: []edit{{"  sourceRanges: [203.0.113.0/28]\n", ""}}, want: "1.3 required all tls required"},
		"every source":              {edits: []edit{{"[203.0.113.0/28]", "[203.0.113.0/28, 0.0.0.0/0]"}}, want: "1.3 required all tls required"},
		"security groups":           {edits: []edit{{"  scheme:", "  securityGroups: [sg-0]\n  scheme:"}}, want: "1.3 required all tls required"},
		"prefix lists":              {edits: []edit{{"  scheme:", "  securityGroupPrefixes: [pl-0]\n  scheme:"}}, want: "1.3 required all tls required"},
		"an unseen configuration":   {edits: []edit{{"kind: LoadBalancerConfiguration, name: edge", "kind: LoadBalancerConfiguration, name: other"}}, want: "1.0 none all tls required", by: "Gateway edge spec.infrastructure.parametersRef"},
		"no configuration":          {edits: []edit{{"  infrastructure: {parametersRef: {group: gateway.k8s.aws, kind: LoadBalancerConfiguration, name: edge}}\n", ""}}, want: "1.0 none all tls required"},
		"the class out-ranks":       {edits: []edit{ofClass}, more: base + off, want: "1.0 none some tls required", by: "LoadBalancerConfiguration base spec.listenerConfigurations[0].mutualAuthentication.mode"},
		"the class gives way":       {edits: []edit{ofClass}, more: base + "  mergingMode: prefer-gateway\n" + off, want: "1.3 required some tls required"},
		"the class opens sources":   {edits: []edit{ofClass}, more: base + "  sourceRanges: [0.0.0.0/0]\n", want: "1.3 required all tls required"},
		"the class is for another":  {edits: []edit{ofClass}, more: base + strings.Replace(off, "443", "8443", 1), want: "1.3 required some tls required"},
		"an unseen class":           {edits: []edit{ofClass}, want: "1.0 none all tls required", by: "GatewayClass public spec.parametersRef"},
		"an NLB takes no HTTPS":     {edits: []edit{{"gateway.k8s.aws/alb", "gateway.k8s.aws/nlb"}}, want: "not served"},
		"plaintext to the pods":     {edits: []edit{{", protocol: HTTPS}\n", "}\n"}}, want: "1.3 required some none required"},
		"HTTP to the pods":          {edits: []edit{{"protocol: HTTPS}\n", "protocol: HTTP}\n"}}, want: "1.3 required some none required"},
		"HTTP for this route":       {edits: []edit{{"protocol: HTTPS}\n", "protocol: HTTPS}\n  routeConfigurations: [{routeIdentifier: {kind: HTTPRoute, namespace: edge, name: relay}, targetGroupProps: {protocol: HTTP}}]\n"}}, want: "1.3 required some none required"},
		"HTTP for another route":    {edits: []edit{{"protocol: HTTPS}\n", "protocol: HTTPS}\n  routeConfigurations: [{routeIdentifier: {kind: HTTPRoute, namespace: edge, name: other}, targetGroupProps: {protocol: HTTP}}]\n"}}, want: "1.3 required some tls required"},
		"a rival for the Service":   {more: groups + "  targetReference: {name: relay}\n  defaultConfiguration: {protocol: HTTP}\n", want: "1.3 required some none required"},
		"HTTPS for another Service": {edits: []edit{{"targetReference: {kind: Service, name: relay}", "targetReference: {kind: Service, name: other}"}}, want: "1.3 required some none required"},
		"no token":                  {edits: []edit{{"kind: ListenerRuleConfiguration, name: relay", "kind: ListenerRuleConfiguration, name: other"}}, want: "1.3 required some tls none"},
		"a rule without a token":    {edits: []edit{{"    backendRefs: [{name: relay, port: 8443}]\n", "    backendRefs: [{name: relay, port: 8443}]\n  - backendRefs: [{name: relay, port: 8443}]\n"}}, want: "1.3 required some tls none"},
		"a field too many":          {edits: []edit{{"  scheme:", "  minimumTLS: \"1.3\"\n  scheme:"}}, want: "1.3 required some tls required", unknown: "spec.minimumTLS"},
		"spec.tls.frontend": {edits: []edit{{mutual, ""}, {"  listeners:\n", "  tls: {frontend: {default: {validation: {caCertificateRefs: [{group: \"\", kind: ConfigMap, name: corp-ca}]}}}}\n  listeners:\n"}},
			want: "1.3 none some tls required"},
		"planned only": {edits: []edit{{"kind: Gateway\nmetadata: {name: edge, namespace: edge}", "kind: Gateway\nmetadata: {name: edge, namespace: edge, annotations: {gateway.k8s.aws/dry-run: \"true\"}}"}},
			want: "1.3 required some tls required", unknown: "metadata.annotations[\"gateway.k8s.aws/dry-run\"]"},
	} {
		t.Run(name, func(t *testing.T) {
			text := edge(t)
			for _, e := range c.edits {
				if strings.Count(text, e.old) != 1 {
					t.Fatalf("%q is there %d times", e.old, strings.Count(text, e.old))
				}
				text = strings.Replace(text, e.old, e.new, 1)
			}
			p := posed(t, text+"---\n"+c.more)
			e := p.Entries[0]
			if got := summary(e); got != c.want {
				t.Errorf("want %q, got %q", c.want, got)
			}
			if got := strings.TrimSpace(e.ClientAuth.By.Kind + " " + e.ClientAuth.By.Name + " " + e.ClientAuth.By.Field); c.by != "" && got != c.by {
				t.Errorf("want %q to decide, got %q", c.by, got)
			}
			var unknown []string
			for _, u := range p.Unknowns {
				unknown = append(unknown, u.By.Field)
			}
			if got := strings.Join(unknown, ", "); got != c.unknown {
				t.Errorf("want %q to be unknown, got %q", c.unknown, got)
			}
		})
	}
}

// summary is an entry in five words.
func summary(e posture.Entry) string {
	if !e.Served.Value {
		return "not served"
	}
	clients := e.ClientAuth.Value
	switch {
	case e.Expired.Value:
		clients = "expired"
	case clients == posture.ClientRequired && len(e.ClientCA.Value[0].SHA256) == 0:
		clients = "unknown-ca"
	}
	sources := "some"
	if e.SourceCIDRs.Value.Everybody {
		sources = "all"
	}
	return strings.Join([]string{e.MinTLS.Value, clients, sources, e.Routes[0].Backends[0].TLS.Value, e.JWT.Value.Value}, " ")
}

// TestNetworkLoadBalancer: TLS that ends at an NLB verifies nobody, TLS that is passed through is the pods', and of routes that share a port
// one gets everything.
func TestNetworkLoadBalancer(t *testing.T) {
	const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: edge}
spec:
  gatewayClassName: aws-nlb
  listeners:
  - {name: a, port: 443, protocol: TLS, hostname: a.example.com, tls: {mode: Passthrough}}
  - {name: b, port: 443, protocol: TLS, hostname: b.example.com, tls: {mode: Passthrough}}
  - {name: ends, port: 8443, protocol: TLS, tls: {options: {a/b: c}}}
`
	route := func(name string) string {
		return "---\napiVersion: gateway.networking.k8s.io/v1\nkind: TLSRoute\nmetadata: {name: " + name + ", namespace: edge}\nspec: {parentRefs: [{name: edge, sectionName: " + name + "}], hostnames: [" + name + ".example.com], rules: [{backendRefs: [{name: " + name + ", port: 8443}]}]}\n"
	}
	p := posed(t, gateway+route("a"))
	if len(p.Unknowns) != 0 || p.Entries[0].TLS.Value != posture.TLSPassthrough || !p.Entries[0].Served.Value {
		t.Errorf("%+v", p)
	}
	if ends := p.Entries[2]; ends.ClientAuth.Value != posture.ClientNone || ends.MinTLS.Value != "1.0" || !strings.Contains(ends.ClientAuth.Why, "verifies no clients") {
		t.Errorf("%+v", ends)
	}
	if p = posed(t, gateway+route("a")+route("b")); len(p.Unknowns) != 1 || p.Unknowns[0].By.Field != "spec.listeners[1].port" {
		t.Errorf("%+v", p.Unknowns)
	}
}

// TestWithoutGateways: the controller's kinds mean nothing where it has no Gateway.
func TestWithoutGateways(t *testing.T) {
	p := posed(t, strings.Replace(edge(t), "gatewayClassName: public", "gatewayClassName: istio", 1))
	if len(p.Entries)+len(p.Unknowns) != 0 {
		t.Errorf("%+v", p)
	}
}
