package traefik

import (
	"crypto/tls"
	"net"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/certtest"
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// caller is a consumer and its cluster.
func caller(t *testing.T) (controller.Cluster, controller.Consumer) {
	t.Helper()
	c := cluster()
	c.NetworkPolicyEngine = "cilium"
	pem, sum := certtest.Root(t, "corp")
	td := controller.TrustDomain{Name: "corp", ConfigMap: "corp-ca", SHA256: []string{sum}, PEM: pem}
	c.TrustDomains = []controller.TrustDomain{td}
	return c, controller.Consumer{
		Name: "orders", Namespace: "orders", Via: "gateway", EgressPort: 9443, Pods: map[string]string{"app": "orders"},
		Certificate:       controller.Certificate{Secret: "orders-client-tls", Namespace: "orders", Existing: true},
		ServerCertificate: controller.Certificate{Secret: "orders-egress-tls", Namespace: "orders", Existing: true},
		Destinations: []controller.Destination{
			{Exposure: "relay", ServiceName: "relay", Hostname: "relay.example.com", Port: 443, TrustDomain: td, MinTLS: "1.3", Protocol: "HTTP"},
			{Exposure: "stock", ServiceName: "stock", Hostname: "stock.example.com", Port: 8443, TrustDomain: td, MinTLS: "1.3", Protocol: "HTTP"},
		},
	}
}

// egress is what is written for a caller, as text.
func egress(t *testing.T, c controller.Cluster, consumer controller.Consumer) string {
	t.Helper()
	written, err := New().WriteConsumer(c, consumer)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, o := range written {
		raw, err := yaml.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		text += "---\n" + string(raw)
	}
	return text
}

// TestConsumerLaw: what is written is read as what was wanted, each destination for itself, also where trust-manager makes the bundles.
func TestConsumerLaw(t *testing.T) {
	c, consumer := caller(t)
	for _, distributed := range []bool{false, true} {
		for i := range consumer.Destinations {
			consumer.Destinations[i].TrustDomain.Distributed = distributed
		}
		p := New().Read(c, objecttest.Set(t, egress(t, c, consumer)))
		if len(p.Exits) != 2 || len(p.Entries) != 2 || len(p.Unknowns)+len(p.Hatches) != 0 {
			t.Fatalf("%+v", p)
		}
		for i, d := range consumer.Destinations {
			x, e := p.Exits[i], p.Entries[i]
			for what, ok := range map[string]bool{
				"destination": x.Host == d.Hostname && x.Port == d.Port && x.SNI == d.Hostname && x.Destination.Kind == "Service" && x.Destination.Name == "orders-"+d.Exposure,
				"floor":       x.MinTLS.Value == "1.3" && x.MinTLS.Enforcer == posture.ByGateway,
				"certificate": x.Certificate.Value == "Secret orders/orders-client-tls",
				"roots":       len(x.CA.Value) == 1 && x.CA.Value[0].TrustDomain == "corp" && x.CA.Value[0].Source == "git",
				"name":        slices.Equal(x.Names.Value, []string{d.Hostname}),
				"closed":      !x.Users.Value.Everybody && len(x.Users.Value.Pods) == 1 && x.Users.Enforcer == posture.ByNetwork,
				"led to":      e.Subject == x.Subject && len(e.Routes[0].Backends) == 1 && e.Routes[0].Backends[0].ExitIndex == i && e.Routes[0].Backends[0].External,
				"entryPoint":  e.Port == 9443,
				"in cluster":  e.Scheme.Value == posture.SchemeCluster && e.MinTLS.Value == "1.3" && e.Served.Value,
			} {
				if !ok {
					t.Errorf("%s: %s: %+v", d.Exposure, what, p)
				}
			}
		}
	}
}

// TestConsumerRefuses: what the plan has refused already is an error, never something weaker.
func TestConsumerRefuses(t *testing.T) {
	for name, change := range map[string]func(*controller.Cluster, *controller.Consumer){
		"no engine":      func(c *controller.Cluster, _ *controller.Consumer) { c.NetworkPolicyEngine = "none" },
		"no destination": func(_ *controller.Cluster, s *controller.Consumer) { s.Destinations = nil },
		"no labels":      func(c *controller.Cluster, _ *controller.Consumer) { c.Controller.DataPlanePods = nil },
		"no namespace":   func(c *controller.Cluster, _ *controller.Consumer) { c.Controller.DataPlaneNamespace = "" },
		"no roots":       func(_ *controller.Cluster, s *controller.Consumer) { s.Destinations[1].TrustDomain.PEM = "" },
		"TCP":            func(_ *controller.Cluster, s *controller.Consumer) { s.Destinations[1].Protocol = "TCP" },
	} {
		c, consumer := caller(t)
		change(&c, &consumer)
		if _, err := New().WriteConsumer(c, consumer); err == nil {
			t.Errorf("%s: written", name)
		}
	}
}

const (
	suites  = "  cipherSuites:\n  - TLS_AES_128_GCM_SHA256\n  - TLS_AES_256_GCM_SHA384\n  - TLS_CHACHA20_POLY1305_SHA256\n"
	present = "  certificatesSecrets:\n  - orders-client-tls\n"
	pin     = "  rootCAs:\n  - configMap: orders-corp-ca\n"
	server  = "  serverName: relay.example.com\n"
)

// one is what is written for the first destination alone.
func one(t *testing.T) (controller.Cluster, string) {
	c, consumer := caller(t)
	consumer.Destinations = consumer.Destinations[:1]
	return c, egress(t, c, consumer)
}

// TestTransports: what a ServersTransport that was edited comes to, and the field that is named.
func TestTransports(t *testing.T) {
	for name, row := range map[string]struct {
		old, new                   string
		min, certificate, name, by string
		system                     bool
	}{
		"an older suite beside":     {"  - TLS_AES_128_GCM_SHA256\n", "  - TLS_AES_128_GCM_SHA256\n  - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n", "1.2", "yes", "relay.example.com", "spec.cipherSuites[1]", false},
		"a suite that is no suite":  {"TLS_AES_256_GCM_SHA384", "TLS_AES_512", "1.2", "yes", "relay.example.com", "spec.cipherSuites[1]", false},
		"no suites":                 {suites, "", "1.2", "yes", "relay.example.com", "spec", false},
		"no suites, but a floor":    {suites, "  minVersion: VersionTLS13\n", "1.2", "", "relay.example.com", "spec.minVersion", true},
		"a floor without a ceiling": {suites, suites + "  minVersion: VersionTLS12\n", "1.2", "", "relay.example.com", "spec.minVersion", true},
		"both 1.3":                  {suites, suites + "  minVersion: VersionTLS13\n  maxVersion: VersionTLS13\n", "1.2", "", "relay.example.com", "spec.minVersion", true},
		"two typing mistakes":       {suites, suites + "  minVersion: TLS13\n  maxVersion: TLS13\n", "1.2", "", "relay.example.com", "spec.minVersion", true},
		"one typing mistake":        {suites, "  minVersion: TLS13\n", "1.2", "yes", "relay.example.com", "spec.minVersion", false},
		"1.2 to 1.3":                {suites, "  minVersion: VersionTLS12\n  maxVersion: VersionTLS13\n", "1.2", "yes", "relay.example.com", "spec.minVersion", false},
		"1.0 to 1.3":                {suites, "  minVersion: VersionTLS10\n  maxVersion: VersionTLS13\n", "1.0", "yes", "relay.example.com", "spec.minVersion", false},
		"1.2 to 1.3, with suites":   {suites, suites + "  minVersion: VersionTLS12\n  maxVersion: VersionTLS13\n", "1.3", "yes", "relay.example.com", "spec.cipherSuites", false},
		"no certificate":            {present, "", "1.3", "", "relay.example.com", "spec.cipherSuites", false},
		"no roots":                  {pin, "", "1.3", "yes", "relay.example.com", "spec.cipherSuites", true},
		"roots that nothing makes":  {pin, "  rootCAs:\n  - configMap: gone\n", "1.3", "yes", "relay.example.com", "spec.cipherSuites", true},
		"no server name":            {server, "", "1.3", "yes", "relay.example.com", "spec.cipherSuites", false}, // the alias is checked
		"another server name":       {server, "  serverName: any.example.com\n", "1.3", "yes", "any.example.com", "spec.cipherSuites", false},
		"no verification":           {server, server + "  insecureSkipVerify: true\n", "1.3", "yes", "", "spec.cipherSuites", false},
	} {
		c, text := one(t)
		changed := strings.Replace(text, row.old, row.new, 1)
		if changed == text {
			t.Fatalf("%s changes nothing", name)
		}
		p := New().Read(c, objecttest.Set(t, changed))
		if len(p.Exits) != 1 || len(p.Unknowns) != 0 {
			t.Fatalf("%s: %+v", name, p)
		}
		x := p.Exits[0]
		if x.MinTLS.Value != row.min || x.MinTLS.By.Field != row.by || (x.Certificate.Value != "") != (row.certificate != "") || strings.Join(x.Names.Value, " ") != row.name ||
			slices.ContainsFunc(x.CA.Value, func(a posture.Anchor) bool { return a.System }) != row.system || (len(x.CA.Value) == 0) != (row.name == "") {
			t.Errorf("%s: %s by %s, %q, %v, %+v", name, x.MinTLS.Value, x.MinTLS.By.Field, x.Certificate.Value, x.Names.Value, x.CA.Value)
		}
	}
}

// TestCalls: what leads out, how, and what is not followed.
func TestCalls(t *testing.T) {
	const member = "      port: 443\n      scheme: https\n      serversTransport: orders-relay\n"
	add := func(spec string) string {
		return "---\napiVersion: traefik.io/v1alpha1\n" + spec
	}
	for name, row := range map[string]struct {
		old, new string
		tls      string // "" where there is no exit
		unknown  string
		hatch    string
	}{
		"plaintext":                       {"scheme: https", "scheme: http", posture.TLSNone, "", ""},
		"the port says https":             {"      scheme: https\n", "", "tls", "", ""},
		"a port by its name":              {"port: 443\n      scheme", "port: https\n      scheme", "tls", "", ""},
		"a port that is none":             {"port: 443\n      scheme", "port: other\n      scheme", "", "spec.rules[0].backendRefs[0]", ""},
		"a scheme that is none":           {"scheme: https", "scheme: tls", posture.TLSNone, "spec.weighted.services[0].scheme", ""},
		"no transport":                    {"      serversTransport: orders-relay\n", "", "tls", "", ""},
		"a transport that is not there":   {"serversTransport: orders-relay", "serversTransport: gone", "tls", "", ""},
		"a transport of another provider": {"serversTransport: orders-relay", "serversTransport: orders-orders-relay@kubernetescrd", "tls", "spec.weighted.services[0].serversTransport", ""},
		"another namespace":               {member, member + "      namespace: other\n", "", "spec.rules[0].backendRefs[0]", ""},
		"middlewares":                     {member, member + "      middlewares: [{name: m}]\n", "", "spec.rules[0].backendRefs[0]", ""},
		"a Service of the cluster":        {"type: ExternalName\n---\napiVersion: traefik.io", "type: ClusterIP\n---\napiVersion: traefik.io", "", "spec.rules[0].backendRefs[0]", ""},
		"requests are copied":             {"spec:\n  weighted:", "spec:\n  mirroring: {name: x}\n  weighted:", "", "spec.rules[0].backendRefs[0]", ""},
		"named with its provider":         {"name: orders-relay\n    filters", "name: orders-orders-relay@kubernetescrd\n    filters", "", "spec.rules[0].backendRefs[0]", ""},
		"several certificates":            {present, present + "  - more-tls\n", "tls", "spec.certificatesSecrets[1]", ""},
		"SPIFFE":                          {server, server + "  spiffe: {}\n", "tls", "spec.spiffe", ""},
		"a URI of the server":             {server, server + "  peerCertURI: spiffe://x\n", "tls", "spec.peerCertURI", ""},
		"a root that is two":              {"  - configMap: orders-corp-ca\n", "  - configMap: orders-corp-ca\n    secret: more\n", "tls", "spec.rootCAs[0]", ""},
		"an IngressRoute to it": {"", add("kind: IngressRoute\nmetadata: {name: x, namespace: orders}\nspec: {routes: [{match: 'Host(`a.example.com`)', services: [{kind: TraefikService, name: orders-relay}]}]}\n"),
			"tls", "", "spec.routes[0].services[0].name"},
		"from anywhere": {"", add("kind: IngressRoute\nmetadata: {name: x, namespace: shop}\nspec: {routes: [{match: 'Host(`a.example.com`)', services: [{kind: TraefikService, name: orders-orders-relay@kubernetescrd}]}]}\n"),
			"tls", "", "spec.routes[0].services[0].name"},
		"with its certificate": {"", add("kind: IngressRoute\nmetadata: {name: x, namespace: orders}\nspec: {routes: [{match: 'Host(`a.example.com`)', services: [{name: s, port: 443, serversTransport: orders-relay}]}]}\n"),
			"tls", "", "spec.routes[0].services[0].serversTransport"},
		"another TraefikService with it": {"", add("kind: TraefikService\nmetadata: {name: x, namespace: shop}\nspec: {weighted: {services: [{name: s, port: 443, serversTransport: orders_orders-relay@kubernetescrd}]}}\n"),
			"tls", "", "spec.weighted.services[0].serversTransport"},
		"an Ingress with it": {"", "---\napiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop, annotations: {traefik.ingress.kubernetes.io/service.serverstransport: orders-orders-relay@kubernetescrd}}\nspec: {selector: {app: s}}\n",
			"tls", "", `metadata.annotations["traefik.ingress.kubernetes.io/service.serverstransport"]`},
		"a transport of its name":             {"", add("kind: ServersTransport\nmetadata: {name: relay, namespace: orders-orders}\nspec: {insecureSkipVerify: true}\n"), "tls", "", "metadata.name"},
		"a transport of its name, told apart": {"", add("kind: ServersTransport\nmetadata: {name: relay, namespace: orders-orders}\nspec: {insecureSkipVerify: true}\n---\n") + written["arguments"]("--providers.kubernetescrd.safeNaming\n"), "tls", "", ""},
		"a TraefikService of its name": {"", add("kind: TraefikService\nmetadata: {name: relay, namespace: orders-orders}\nspec: {weighted: {services: [{name: s, port: 80}]}}\n"),
			"tls", "", "metadata.name"},
		"a Service of its name": {"", add("kind: IngressRoute\nmetadata: {name: x, namespace: orders}\nspec: {routes: [{match: 'Host(`a.example.com`)', services: [{name: orders, port: relay}]}]}\n"),
			"tls", "", "spec.routes[0].services[0].name"},
		"the same name elsewhere": {"", add("kind: IngressRoute\nmetadata: {name: x, namespace: shop}\nspec: {routes: [{match: 'Host(`a.example.com`)', services: [{kind: TraefikService, name: orders-relay}]}]}\n"),
			"tls", "", ""},
	} {
		c, text := one(t)
		changed := text + row.new
		if row.old != "" {
			changed = strings.Replace(text, row.old, row.new, 1)
		}
		if changed == text {
			t.Fatalf("%s changes nothing in %s", name, text)
		}
		p := New().Read(c, objecttest.Set(t, changed))
		tls, unknown, hatch := "", "", ""
		if len(p.Exits) > 0 {
			tls = p.Exits[0].TLS.Value
		}
		for _, u := range p.Unknowns {
			unknown += u.By.Field
		}
		for _, h := range p.Hatches {
			hatch += h.By.Field
		}
		if tls != row.tls || unknown != row.unknown || hatch != row.hatch {
			t.Errorf("%s: TLS %q, unknown %q, hatch %q: %+v", name, tls, unknown, hatch, p.Exits)
		}
	}
}

// TestOpen: an exit that is not known to be closed is everybody's.
func TestOpen(t *testing.T) {
	for name, change := range map[string]func(*controller.Cluster, string) string{
		"no engine": func(c *controller.Cluster, text string) string { c.NetworkPolicyEngine = ""; return text },
		"no labels": func(c *controller.Cluster, text string) string { c.Controller.DataPlanePods = nil; return text },
		"another policy": func(_ *controller.Cluster, text string) string {
			return strings.Replace(text, "kind: NetworkPolicy", "kind: Other", 1)
		},
		"other pods": func(_ *controller.Cluster, text string) string {
			return strings.Replace(text, "  podSelector:\n    matchLabels:\n      app.kubernetes.io/name: traefik", "  podSelector:\n    matchLabels:\n      app.kubernetes.io/name: other", 1)
		},
		"everybody there": func(_ *controller.Cluster, text string) string {
			return strings.Replace(text, "  - from:\n", "  - ports: [{port: 9443}]\n  - from:\n", 1)
		},
	} {
		c, text := one(t)
		p := New().Read(c, objecttest.Set(t, change(&c, text)))
		if len(p.Exits) != 1 || !p.Exits[0].Users.Value.Everybody || p.Exits[0].Users.Why == "" {
			t.Errorf("%s: %+v", name, p.Exits)
		}
	}
}

// TestSuites: Go's client, which Traefik calls with, refuses a server of TLS 1.2 when its cipher suites are these, and meets one of TLS 1.3.
func TestSuites(t *testing.T) {
	var only []uint16
	for _, suite := range tls.CipherSuites() {
		if slices.Contains(tls13Suites[:], suite.Name) {
			only = append(only, suite.ID)
		}
	}
	if len(only) != len(tls13Suites) {
		t.Fatalf("%v are not all suites that Go knows", tls13Suites)
	}
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS() // for its certificate
	defer server.Close()
	for highest, reached := range map[uint16]bool{tls.VersionTLS12: false, tls.VersionTLS13: true} {
		for _, suites := range [][]uint16{only, nil} {
			here, there := net.Pipe()
			config := server.TLS.Clone()
			config.MaxVersion = highest
			go func() {
				answering := tls.Server(there, config)
				_ = answering.Handshake() // what the client makes of it is what counts
				_ = answering.Close()
			}()
			calling := tls.Client(here, &tls.Config{InsecureSkipVerify: true, CipherSuites: suites})
			err := calling.Handshake()
			if want := reached || suites == nil; (err == nil) != want {
				t.Errorf("a server of at most %s with suites %v: %v", tls.VersionName(highest), suites, err)
			}
			_ = here.Close()
		}
	}
}
