package agc

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

func edge(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("testdata/edge.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func posed(t *testing.T, text string) posture.Posture {
	t.Helper()
	c := controller.Cluster{Name: "aks", Cloud: "aks"}
	c.Controller.Name, c.Controller.Version = "agc", "1.13"
	c.GatewayAPI.Version = "1.6"
	return New().Read(c, objecttest.Set(t, text))
}

// TestRead: what the example comes to. Even its best policy accepts TLS 1.2.
func TestRead(t *testing.T) {
	p := posed(t, edge(t))
	if len(p.Entries) != 1 || len(p.Unknowns) != 0 || len(p.Exits) != 0 {
		t.Fatalf("%+v", p)
	}
	e := p.Entries[0]
	b := e.Routes[0].Backends[0]
	for what, ok := range map[string]bool{
		"clients":  e.ClientAuth.Value == posture.ClientRequired && e.ClientAuth.By.Field == "spec.default.verify",
		"CA":       len(e.ClientCA.Value) == 1 && e.ClientCA.Value[0].Ref.Name == "clients" && e.ClientCA.Value[0].Ref.Kind == "Secret",
		"floor":    e.MinTLS.Value == "1.2" && e.MinTLS.By.Field == "spec.default.policyType.name",
		"anybody":  e.Identities.Value.Everybody,
		"no token": e.JWT.Value.Value == posture.JWTNone,
		"public":   e.Scheme.Value == posture.SchemeInternetFacing,
		"hop":      b.TLS.Value == "tls" && b.CA.Value[0].Ref.Name == "pods" && b.Name.Value == "relay.example.com" && b.MinTLS.Value == "1.2",
	} {
		if !ok {
			t.Errorf("%s: %+v", what, e)
		}
	}
}

// TestVariants: each change of the example, and what it comes to: client certificates, the hop, what decided, and what is unknown.
func TestVariants(t *testing.T) {
	const (
		policy  = "apiVersion: alb.networking.azure.io/v1\nkind: FrontendTLSPolicy\nmetadata: {name: %, namespace: edge}\nspec:\n  targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: edge}\n"
		section = "sectionNames: [https]"
	)
	type edit struct{ old, new string }
	for name, c := range map[string]struct {
		edits   []edit
		more    string
		auth    string
		by      string // the field that decided
		hop     string
		hopBy   string
		unknown string // fields of unknowns
	}{
		"U143 the policy verifies nobody": {edits: []edit{{"    verify: {caCertificateRef: {group: \"\", kind: Secret, name: clients, namespace: edge}}\n", ""}}, auth: "none", by: "FrontendTLSPolicy edge spec.default"},
		"U143 the policy is gone":         {edits: []edit{{"kind: FrontendTLSPolicy", "kind: RoutePolicy"}, {"    policyType: {type: predefined, name: 2023-06-S}\n    verify: {caCertificateRef: {group: \"\", kind: Secret, name: clients, namespace: edge}}\n", "    timeouts: {routeTimeout: 10s}\n"}}, auth: "none", by: "Gateway edge spec.listeners[0].tls"},
		"U144 another section":            {edits: []edit{{section, "sectionNames: []"}, {"  listeners:\n", "  listeners:\n  - {name: http, port: 80, protocol: HTTP}\n"}}, auth: "required", by: "FrontendTLSPolicy edge spec.default.verify"},
		"U144 the section is dropped":     {edits: []edit{{section, "sectionNames: [http]"}, {"  listeners:\n", "  listeners:\n  - {name: http, port: 80, protocol: HTTP}\n"}}, auth: "none", by: "FrontendTLSPolicy edge spec.targetRef.sectionNames"},
		"a section that is not there":     {edits: []edit{{section, "sectionNames: [https, typo]"}}, auth: "none", by: "FrontendTLSPolicy edge spec.targetRef.sectionNames[1]"},
		"S040 one section more":           {edits: []edit{{section, "sectionNames: [https, more]"}, {"  listeners:\n", "  listeners:\n  - {name: more, port: 443, protocol: HTTPS, hostname: more.example.com, tls: {certificateRefs: [{name: more-tls}]}}\n"}}, auth: "required", by: "FrontendTLSPolicy edge spec.default.verify"},
		"U145 another Gateway":            {edits: []edit{{"name: edge, namespace: edge, " + section, "name: other, namespace: edge"}}, auth: "none", by: "FrontendTLSPolicy edge spec.targetRef.name"},
		"U145 another namespace":          {edits: []edit{{"name: edge, namespace: edge, " + section, "name: edge, namespace: other"}}, auth: "none", by: "FrontendTLSPolicy edge spec.targetRef.namespace"},
		"another kind":                    {edits: []edit{{"kind: Gateway, name: edge, namespace: edge, " + section, "kind: HTTPRoute, name: edge"}}, auth: "none", by: "FrontendTLSPolicy edge spec.targetRef.kind"},
		"another group":                   {edits: []edit{{"{group: gateway.networking.k8s.io, kind: Gateway, name: edge, namespace: edge, " + section, "{group: \"\", kind: Gateway, name: edge"}}, auth: "none", by: "FrontendTLSPolicy edge spec.targetRef.group"},
		"of another namespace": {edits: []edit{{"metadata: {name: edge, namespace: edge}\nspec:\n  targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: edge, namespace: edge,", "metadata: {name: edge, namespace: other}\nspec:\n  targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: edge, namespace: edge,"}},
			auth: "none", by: "FrontendTLSPolicy edge spec.targetRef.namespace", unknown: "spec.targetRef.namespace"},
		"an override":         {edits: []edit{{"  default:\n    policyType", "  override: {}\n  default:\n    policyType"}}, auth: "none", by: "FrontendTLSPolicy edge spec.override"},
		"a policy of no name": {edits: []edit{{"2023-06-S", "2026-01-S"}}, auth: "none", by: "FrontendTLSPolicy edge spec.default.policyType", unknown: "spec.default.policyType"},
		"a custom policy":     {edits: []edit{{"type: predefined", "type: custom"}}, auth: "none", by: "FrontendTLSPolicy edge spec.default.policyType", unknown: "spec.default.policyType"},
		"a CA in a ConfigMap": {edits: []edit{{"kind: Secret, name: clients", "kind: ConfigMap, name: clients"}}, auth: "none", by: "FrontendTLSPolicy edge spec.default.verify.caCertificateRef", unknown: "spec.default.verify.caCertificateRef"},
		"a CA without grant":  {edits: []edit{{"name: clients, namespace: edge", "name: clients, namespace: pki"}}, auth: "none", by: "FrontendTLSPolicy edge spec.default.verify.caCertificateRef"},
		"a rival":             {more: strings.Replace(policy, "%", "second", 1) + "  default: {policyType: {type: predefined, name: 2023-06}}\n", auth: "none", by: "FrontendTLSPolicy second spec.default"},
		"a rival as strict":   {more: strings.Replace(policy, "%", "second", 1) + "  default: {verify: {caCertificateRef: {name: others}}}\n", auth: "required", by: "FrontendTLSPolicy edge spec.default.verify"},
		"names of clients":    {edits: []edit{{"name: clients, namespace: edge}}", "name: clients, namespace: edge}, subjectAltNames: [a.example.com]}"}}, auth: "required", by: "FrontendTLSPolicy edge spec.default.verify"},
		"a field too many":    {edits: []edit{{"    policyType:", "    minVersion: \"1.3\"\n    policyType:"}}, auth: "required", by: "FrontendTLSPolicy edge spec.default.verify", unknown: "spec.default.minVersion"},
		"U147 spec.tls.frontend": {edits: []edit{
			{"  listeners:\n", "  tls: {frontend: {default: {validation: {caCertificateRefs: [{group: \"\", kind: ConfigMap, name: corp-ca}]}}}}\n  listeners:\n"},
			{"kind: Gateway, name: edge, namespace: edge, " + section, "kind: HTTPRoute, name: relay"},
		}, auth: "none", by: "Gateway edge spec.tls.frontend"},
		"Passthrough": {edits: []edit{{"mode: Terminate, certificateRefs: [{name: relay-tls}]", "mode: Passthrough"}, {"protocol: HTTPS", "protocol: TLS"}}, auth: "none", by: "Gateway edge spec", unknown: "spec.listeners[0].protocol"},
		"a ListenerSet": {edits: []edit{{section, "sectionNames: []"}, {"  listeners:\n  - {name: https, port: 443,", "  allowedListeners: {namespaces: {from: Same}}\n  listeners:\n  - {name: https, port: 443,"}},
			more: "apiVersion: gateway.networking.k8s.io/v1\nkind: ListenerSet\nmetadata: {name: more, namespace: edge}\nspec:\n  parentRef: {name: edge}\n  listeners: [{name: set, port: 443, protocol: HTTPS, hostname: set.example.com, tls: {certificateRefs: [{name: set-tls}]}}]\n",
			auth: "required none", by: "FrontendTLSPolicy edge spec.default.verify, FrontendTLSPolicy edge spec.targetRef"},

		"U150 verify is gone":        {edits: []edit{{"    verify: {caCertificateRef: {name: pods, group: \"\", kind: Secret, namespace: edge}, subjectAltName: relay.example.com}\n", ""}}, hop: "tls 0 ", hopBy: "BackendTLSPolicy relay spec.default"},
		"U150 no name":               {edits: []edit{{", subjectAltName: relay.example.com", ""}}, hop: "tls 1 ", hopBy: "BackendTLSPolicy relay spec.default"},
		"another port":               {edits: []edit{{"ports: [{port: 8443}]", "ports: [{port: 443}]"}}, hop: "none 0 ", hopBy: "BackendTLSPolicy relay spec.default.ports"},
		"a section of the Service":   {edits: []edit{{"kind: Service, name: relay, namespace: edge}\n  default:\n    sni", "kind: Service, name: relay, sectionNames: [https, admin]}\n  default:\n    sni"}}, hop: "tls 1 relay.example.com", hopBy: "BackendTLSPolicy relay spec.default"},
		"a section of no such port":  {edits: []edit{{"kind: Service, name: relay, namespace: edge}\n  default:\n    sni", "kind: Service, name: relay, sectionNames: [https, typo]}\n  default:\n    sni"}}, hop: "none 0 ", hopBy: "BackendTLSPolicy relay spec.targetRef.sectionNames[1]"},
		"U151 Gateway API's own":     {edits: []edit{{"apiVersion: alb.networking.azure.io/v1\nkind: BackendTLSPolicy\nmetadata: {name: relay, namespace: edge}\nspec:\n  targetRef: {group: \"\", kind: Service, name: relay, namespace: edge}\n  default:\n    sni: relay.example.com\n    ports: [{port: 8443}]\n    clientCertificateRef: {name: gateway-client, group: \"\", kind: Secret}\n    verify: {caCertificateRef: {name: pods, group: \"\", kind: Secret, namespace: edge}, subjectAltName: relay.example.com}\n", "apiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy\nmetadata: {name: relay, namespace: edge}\nspec:\n  targetRefs: [{group: \"\", kind: Service, name: relay}]\n  validation: {hostname: relay.example.com, caCertificateRefs: [{group: \"\", kind: ConfigMap, name: corp-ca}]}\n"}}, hop: "none 0 ", hopBy: "BackendTLSPolicy relay spec.targetRefs[0]"},
		"an alias is answered 500":   {edits: []edit{{"spec: {selector: {app: relay}, ports:", "spec: {type: ExternalName, externalName: relay.example.com, ports:"}}, hop: "none 0 ", hopBy: "HTTPRoute relay spec.rules[0].backendRefs[0]"},
		"a probe of another meaning": {edits: []edit{{"useTLS: true", "startTLS: true"}}, unknown: "spec.default.startTLS"},
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
			var auth, at, unknown []string
			var b posture.Backend
			for _, e := range p.Entries {
				if e.Protocol == "HTTP" {
					continue
				}
				if e.Subject.Listener == "https" && len(e.Routes) > 0 {
					b = e.Routes[0].Backends[0]
				}
				if e.Subject.Listener == "more" {
					continue
				}
				auth, at = append(auth, e.ClientAuth.Value), append(at, named(e.ClientAuth.By))
			}
			for _, u := range p.Unknowns {
				unknown = append(unknown, u.By.Field)
			}
			slices.Sort(unknown)
			hop := b.TLS.Value + " " + string(rune('0'+len(b.CA.Value))) + " " + b.Name.Value
			for _, want := range [][2]string{{c.auth, strings.Join(auth, " ")}, {c.hop, hop}, {c.hopBy, named(b.TLS.By)}} {
				if want[0] != "" && want[0] != want[1] {
					t.Errorf("want %q, got %q", want[0], want[1])
				}
			}
			if got := strings.Join(at, ", "); c.by != "" && c.by != got {
				t.Errorf("want %q to decide, got %q", c.by, got)
			}
			if got := strings.Join(unknown, ", "); got != c.unknown {
				t.Errorf("want %q to be unknown, got %q", c.unknown, got)
			}
		})
	}
}

func named(r posture.Ref) string { return strings.TrimSpace(r.Kind + " " + r.Name + " " + r.Field) }

// TestWithoutGateways: the controller's kinds mean nothing where it has no Gateway, and Gateways of others are not its own.
func TestWithoutGateways(t *testing.T) {
	p := posed(t, strings.Replace(edge(t), "gatewayClassName: azure-alb-external", "gatewayClassName: istio", 1))
	if len(p.Entries)+len(p.Unknowns) != 0 {
		t.Errorf("%+v", p)
	}
}
