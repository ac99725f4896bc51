package traefik

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// edge is a Gateway as people write it, with the TLSOption of its installation elsewhere.
const edge = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: edge}
spec:
  gatewayClassName: traefik
  listeners:
  - {name: relay, port: 8443, protocol: HTTPS, hostname: relay.example.com, tls: {certificateRefs: [{name: relay-tls}]}}
---
apiVersion: traefik.io/v1alpha1
kind: TLSOption
metadata: {name: default, namespace: traefik}
spec:
  minVersion: VersionTLS13
  sniStrict: true
  clientAuth: {secretNames: [clients-ca], clientAuthType: RequireAndVerifyClientCert}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: relay, namespace: edge}
spec:
  parentRefs: [{name: edge, sectionName: relay}]
  rules:
  - filters: [{type: RequestHeaderModifier, requestHeaderModifier: {remove: [x-forwarded-client-cert]}}]
    backendRefs: [{name: relay, port: 8443}]
---
apiVersion: v1
kind: Service
metadata: {name: relay, namespace: edge}
spec: {selector: {app: relay}, ports: [{name: https, port: 8443}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: relay, namespace: edge}
spec: {targetRefs: [{group: "", kind: Service, name: relay}], validation: {hostname: relay.edge.svc, caCertificateRefs: [{group: "", kind: ConfigMap, name: pods-ca}]}}
---
apiVersion: v1
kind: Service
metadata: {name: traefik, namespace: traefik, annotations: {service.beta.kubernetes.io/azure-load-balancer-internal: "true"}}
spec: {type: LoadBalancer, selector: {app.kubernetes.io/name: traefik}, loadBalancerSourceRanges: [20.1.0.0/28]}
`

func cluster() controller.Cluster {
	c := controller.Cluster{Name: "aks", Cloud: "aks"}
	c.Controller.Name, c.Controller.Distribution, c.Controller.Version = "traefik", "upstream", "3.7.13"
	c.Controller.DataPlaneNamespace, c.Controller.DataPlanePods = "traefik", map[string]string{"app.kubernetes.io/name": "traefik"}
	c.GatewayAPI.Version = "1.6"
	return c
}

func entry(t *testing.T, text string) (posture.Entry, posture.Posture) {
	t.Helper()
	p := New().Read(cluster(), objecttest.Set(t, text))
	if len(p.Entries) != 1 {
		t.Fatalf("%+v", p.Entries)
	}
	return p.Entries[0], p
}

func TestRead(t *testing.T) {
	e, p := entry(t, edge)
	b := e.Routes[0].Backends[0]
	for what, ok := range map[string]bool{
		"nothing unknown": len(p.Unknowns)+len(p.Hatches)+len(p.Ways) == 0,
		"floor":           e.MinTLS.Value == "1.3" && e.MinTLS.By.Field == "spec.minVersion",
		"highest":         e.MaxTLS.Value == "1.3",
		"clients":         e.ClientAuth.Value == posture.ClientRequired && e.ClientAuth.By.Field == "spec.clientAuth.clientAuthType",
		"roots":           len(e.ClientCA.Value) == 1 && e.ClientCA.Value[0].Ref.Kind == "Secret" && e.ClientCA.Value[0].Ref.Namespace == "traefik",
		"headers":         e.Forwarding.Value == "sanitize" && len(e.Routes[0].Headers) == 0,
		"hop":             b.TLS.Value == "tls" && b.Name.Value == "relay.edge.svc" && b.MinTLS.Value == "1.2" && len(b.CA.Value) == 1,
		"private":         e.Scheme.Value == posture.SchemeInternal,
		"sources":         slices.Equal(e.SourceCIDRs.Value.CIDRs, []string{"20.1.0.0/28"}),
	} {
		if !ok {
			t.Errorf("%s: %+v", what, p)
		}
	}
}

const (
	second   = "---\napiVersion: traefik.io/v1alpha1\nkind: TLSOption\nmetadata: {name: default, namespace: shop}\nspec: {minVersion: VersionTLS13, clientAuth: {secretNames: [clients-ca], clientAuthType: RequireAndVerifyClientCert}}\n"
	strictly = ", clientAuthType: RequireAndVerifyClientCert"
	clients  = "  clientAuth: {secretNames: [clients-ca]" + strictly + "}\n"
	floor13  = "  minVersion: VersionTLS13\n"
)

// TestListenerVariants: each way to weaken what a listener asks, and what names it.
func TestListenerVariants(t *testing.T) {
	for name, c := range map[string]struct {
		old, new              string
		min, clients, decided string
	}{
		"the word of another tool": {"VersionTLS13", "TLSv1.3", "1.2", posture.ClientRequired, "spec.minVersion"},
		"a typing mistake":         {"VersionTLS13", "VersionTLS1.3", "1.2", posture.ClientRequired, "spec.minVersion"},
		"a lower floor":            {"VersionTLS13", "VersionTLS12", "1.2", posture.ClientRequired, "spec.minVersion"},
		"an old floor":             {"VersionTLS13", "VersionTLS10", "1.0", posture.ClientRequired, "spec.minVersion"},
		"no floor":                 {floor13, "", "1.2", posture.ClientRequired, "spec"},
		"no clientAuth":            {clients, "", "1.3", posture.ClientNone, "spec"},
		"if given":                 {"RequireAndVerifyClientCert", "VerifyClientCertIfGiven", "1.3", posture.ClientOptional, "spec.clientAuth.clientAuthType"},
		"any certificate":          {"RequireAndVerifyClientCert", "RequireAnyClientCert", "1.3", posture.ClientNone, "spec.clientAuth.clientAuthType"},
		"requested":                {"RequireAndVerifyClientCert", "RequestClientCert", "1.3", posture.ClientNone, "spec.clientAuth.clientAuthType"},
		"none":                     {"RequireAndVerifyClientCert", "NoClientCert", "1.3", posture.ClientNone, "spec.clientAuth.clientAuthType"},
		"no type, but a CA":        {strictly, "", "1.3", posture.ClientRequired, "spec.clientAuth.secretNames"},
		"neither":                  {"{secretNames: [clients-ca]" + strictly + "}", "{}", "1.3", posture.ClientNone, "spec.clientAuth"},
		"another name":             {"{name: default, namespace: traefik}", "{name: strict, namespace: traefik}", "1.2", posture.ClientNone, "spec.listeners[0].tls"},
		"two":                      {edge, edge + second, "1.2", posture.ClientNone, "metadata.name"},
		"spec.tls.frontend": {edge, strings.Replace(strings.Replace(edge, "name: default", "name: strict", 1), "  listeners:\n",
			"  tls: {frontend: {default: {validation: {caCertificateRefs: [{group: \"\", kind: ConfigMap, name: ca}]}}}}\n  listeners:\n", 1), "1.2", posture.ClientNone, "spec.tls.frontend"},
	} {
		text := strings.Replace(edge, c.old, c.new, 1)
		if text == edge {
			t.Fatalf("%s changes nothing", name)
		}
		e, _ := entry(t, text)
		decided := e.ClientAuth.By.Field
		if strings.Contains(c.old, "VersionTLS13") && c.old != edge {
			decided = e.MinTLS.By.Field
		}
		if e.MinTLS.Value != c.min || e.ClientAuth.Value != c.clients || decided != c.decided {
			t.Errorf("%s: %s by %v, %s by %v", name, e.MinTLS.Value, e.MinTLS.By, e.ClientAuth.Value, e.ClientAuth.By)
		}
		if c.clients == posture.ClientRequired && e.ClientAuth.Enforcer != posture.ByGateway || c.clients == posture.ClientNone && e.ClientAuth.Enforcer != posture.ByNobody {
			t.Errorf("%s: %s", name, e.ClientAuth.Enforcer)
		}
	}
}

// TestMissingCA: with a type handshakes fail, without one clients are not asked any more, and the reference says which.
func TestMissingCA(t *testing.T) {
	for text, want := range map[string]string{edge: closed, strings.Replace(edge, strictly, "", 1): ignored} {
		_, p := entry(t, text)
		if i := slices.IndexFunc(p.References, func(r posture.Reference) bool { return r.From.Kind == kindTLSOption }); i < 0 || p.References[i].OnMissing != want {
			t.Errorf("want %s: %+v", want, p.References)
		}
	}
	e, _ := entry(t, strings.Replace(edge, "secretNames: [clients-ca], ", "", 1))
	if e.Served.Value {
		t.Errorf("a TLSOption that cannot be built is served: %+v", e.ClientAuth)
	}
	// The empty ca.crt of a Secret in Git proves nothing.
	e, _ = entry(t, strings.Replace(edge, strictly, "", 1)+"---\napiVersion: v1\nkind: Secret\nmetadata: {name: clients-ca, namespace: traefik}\nstringData: {other: x}\n")
	if e.ClientAuth.Value != posture.ClientNone {
		t.Errorf("%+v", e.ClientAuth)
	}
}

const (
	route  = "\n  - filters: [{type: RequestHeaderModifier, requestHeaderModifier: {remove: [x-forwarded-client-cert]}}]\n"
	header = "apiVersion: traefik.io/v1alpha1\n"
)

func middleware(spec string) string {
	return strings.Replace(edge, "filters: [", "filters: [{type: ExtensionRef, extensionRef: {group: traefik.io, kind: Middleware, name: m}}, ", 1) +
		"---\n" + header + "kind: Middleware\nmetadata: {name: m, namespace: edge}\nspec: " + spec + "\n"
}

// TestSuspicions: what is an unknown, a hatch or a way around, and where it is.
func TestSuspicions(t *testing.T) {
	router := func(kind, spec string) string {
		return edge + "---\n" + header + "kind: " + kind + "\nmetadata: {name: x, namespace: edge}\nspec: " + spec + "\n"
	}
	for name, c := range map[string]struct {
		text                   string
		unknown, hatches, ways []string // fields
	}{
		"a TraefikService": {strings.Replace(edge, "{name: relay, port: 8443}]\n---", "{group: traefik.io, kind: TraefikService, name: other-x@kubernetescrd}]\n---", 1),
			[]string{"spec.rules[0].backendRefs[0]"}, nil, nil},
		"an IngressRoute in plaintext": {router("IngressRoute", "{entryPoints: [web], routes: [{match: 'Host(`relay.example.com`)', kind: Rule, services: [{name: relay, port: 8443}]}]}"),
			nil, nil, []string{"spec.routes[0].services[0]"}},
		"an IngressRoute for the host": {router("IngressRoute", "{routes: [{match: 'Host(`relay.example.com`)', kind: Rule}], tls: {options: {name: lax}}}"),
			nil, []string{"spec.routes[0].match"}, nil},
		"for another host": {router("IngressRoute", "{routes: [{match: 'Host(`shop.example.com`)', kind: Rule, services: [{name: shop, port: 80}]}], tls: {options: {name: lax}}}"),
			nil, nil, []string{"spec.routes[0].services[0]"}},
		"for a part of another host": {router("IngressRoute", "{routes: [{match: 'Host(`shop.example.com`) && !PathPrefix(`/x`) && PathRegexp(`y`)', kind: Rule}], tls: {}}"), nil, nil, nil},
		"for all but a host":         {router("IngressRoute", "{routes: [{match: '!Host(`shop.example.com`)', kind: Rule}], tls: {}}"), nil, []string{"spec.routes[0].match"}, nil},
		"an Ingress with options": {edge + "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: x, namespace: edge, annotations: {traefik.ingress.kubernetes.io/router.tls.options: edge-lax@kubernetescrd}}\nspec: {rules: [{host: shop.example.com}, {host: relay.example.com}]}\n",
			nil, []string{`metadata.annotations["traefik.ingress.kubernetes.io/router.tls.options"]`}, nil},
		"below a wildcard": {strings.Replace(router("IngressRoute", "{routes: [{match: 'Host(`a.example.com`) && Path(`/x`)', kind: Rule}], tls: {options: {name: lax}}}"), "hostname: relay.example.com", "hostname: '*.example.com'", 1),
			nil, []string{"spec.routes[0].match"}, nil},
		"every server name": {router("IngressRouteTCP", "{routes: [{match: 'HostSNI(`*`)', services: [{name: other, port: 443}]}], tls: {passthrough: true}}"),
			nil, []string{"spec.routes[0].match"}, []string{"spec.routes[0].services[0]"}},
		"UDP": {router("IngressRouteUDP", "{routes: [{services: [{name: relay, namespace: edge, port: 53}]}]}"), nil, nil, []string{"spec.routes[0].services[0]"}},
		"another provider's": {router("IngressRoute", "{routes: [{match: 'Host(`a.example.com`)', services: [{kind: TraefikService, name: relay-wrr@kubernetesgateway}]}]}"),
			[]string{"spec.routes[0].services[0].name"}, nil, nil},
		"the dashboard": {router("IngressRoute", "{entryPoints: [traefik], routes: [{match: 'PathPrefix(`/dashboard`)', services: [{kind: TraefikService, name: api@internal}]}]}"), nil, nil, nil},
		"weighted, mirrored": {router("TraefikService", "{weighted: {services: [{name: relay, port: 8443}]}, mirroring: {name: a, mirrors: [{name: b, percent: 1}]}, failover: {service: {name: c}, fallback: {name: d}}}"),
			nil, nil, []string{"spec.failover.fallback", "spec.failover.service", "spec.mirroring", "spec.mirroring.mirrors[0]", "spec.weighted.services[0]"}},
		"a plugin":                {middleware("{plugin: {x: {}}}"), nil, []string{"spec.plugin"}, nil},
		"a chain":                 {middleware("{chain: {middlewares: [{name: y}]}}"), nil, []string{"spec.chain"}, nil},
		"another judge":           {middleware("{forwardAuth: {address: 'http://auth'}}"), nil, []string{"spec.forwardAuth"}, nil},
		"a forged caller":         {middleware("{headers: {customRequestHeaders: {X-Forwarded-Client-Cert: me, X-Other: x}}}"), nil, []string{"spec.headers.customRequestHeaders.X-Forwarded-Client-Cert"}, nil},
		"a header taken away":     {middleware("{headers: {customRequestHeaders: {X-Forwarded-Client-Cert: ''}}}"), nil, nil, nil},
		"a user as caller":        {middleware("{basicAuth: {secret: s, headerField: X-SSL-Client-DN}}"), nil, []string{"spec.basicAuth.headerField"}, nil},
		"harmless":                {middleware("{rateLimit: {average: 10}, passTLSClientCert: {pem: true}}"), nil, nil, nil},
		"a Middleware elsewhere":  {strings.Replace(middleware("{compress: {}}"), "metadata: {name: m, namespace: edge}", "metadata: {name: m, namespace: other}", 1), nil, []string{"spec.rules[0].filters[0].extensionRef"}, nil},
		"a field that nobody has": {strings.Replace(edge, floor13, floor13+"  minTLS: x\n", 1), []string{"spec.minTLS"}, nil, nil},
		"a type that nobody has":  {strings.Replace(edge, "RequireAndVerifyClientCert", "Require", 1), []string{"spec.clientAuth.clientAuthType"}, nil, nil},
		"the older key": {edge + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: clients-ca, namespace: traefik}\nstringData: {tls.ca: x}\n",
			[]string{`stringData["tls.ca"]`, "data"}, nil, nil}, // and there is no ca.crt,
	} {
		if c.text == edge {
			t.Fatalf("%s changes nothing", name)
		}
		_, p := entry(t, c.text)
		var unknown, hatches, ways []string
		for _, u := range p.Unknowns {
			unknown = append(unknown, u.By.Field)
		}
		for _, h := range p.Hatches {
			hatches = append(hatches, h.By.Field)
		}
		for _, w := range p.Ways {
			ways = append(ways, w.By.Field)
		}
		slices.Sort(ways)
		for what, both := range map[string][2][]string{"unknown": {unknown, c.unknown}, "hatches": {hatches, c.hatches}, "ways": {ways, c.ways}} {
			if !slices.Equal(both[0], both[1]) {
				t.Errorf("%s: %s %v, want %v", name, what, both[0], both[1])
			}
		}
	}
}

// TestWaysWithoutGateway: an IngressRoute needs none.
func TestWaysWithoutGateway(t *testing.T) {
	p := New().Read(controller.Cluster{}, objecttest.Set(t, header+"kind: IngressRoute\nmetadata: {name: x, namespace: a}\nspec: {routes: [{match: x, services: [{name: s, namespace: b, port: 1}]}]}\n"))
	if len(p.Ways) != 1 || p.Ways[0].Service != (posture.Subject{Kind: "Service", Namespace: "b", Name: "s"}) || len(p.Entries) != 0 {
		t.Errorf("%+v", p)
	}
}

// TestHops: what makes the way to the pods weaker.
func TestHops(t *testing.T) {
	const policy = "---\napiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy\nmetadata: {name: other, namespace: edge}\nspec: {targetRefs: [{group: \"\", kind: Service, name: relay, sectionName: https}], validation: {hostname: NAME, wellKnownCACertificates: System}}\n"
	for name, c := range map[string]struct {
		text, tls, host string
		system          bool
	}{
		"none":          {strings.Replace(edge, "kind: Service, name: relay}]", "kind: Service, name: other}]", 1), posture.TLSNone, "", false},
		"the system's":  {edge + strings.Replace(policy, "NAME", "relay.edge.svc", 1), "tls", "relay.edge.svc", true},
		"another name":  {edge + strings.Replace(policy, "NAME", "any.example.com", 1), "tls", "", true},
		"SANs ignored":  {strings.Replace(edge, "validation: {", "validation: {subjectAltNames: [{type: Hostname, hostname: x.example.com}], ", 1), "tls", "relay.edge.svc", false},
		"for GRPCRoute": {strings.Replace(edge, "kind: HTTPRoute", "kind: GRPCRoute", 1), posture.TLSNone, "", false},
	} {
		e, _ := entry(t, c.text)
		b := e.Routes[0].Backends[0]
		if b.TLS.Value != c.tls || b.Name.Value != c.host || slices.ContainsFunc(b.CA.Value, func(a posture.Anchor) bool { return a.System }) != c.system {
			t.Errorf("%s: %+v", name, b)
		}
	}
	if e, _ := entry(t, strings.Replace(edge, route, "\n  - matches: []\n", 1)); e.Forwarding.Value != "forward" {
		t.Errorf("a client's header: %+v", e.Forwarding)
	}
}
