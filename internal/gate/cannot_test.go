package gate_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

// cannot is one way to ask a controller, in manifests written by hand, for what its profile says that it cannot do. The manifests look
// right; the check must block.
type cannot struct {
	name          string
	controller    string
	distributions []string // all of the controller's, if none is named
	asks          []controller.AbilityID
	start         func(*testing.T) *gatetest.Repo
	change        func(*gatetest.Repo)
	rule          string // one that must block; none where the fleet asks for it, which no overlay could
}

// opensNothing are the abilities whose absence weakens no exposure: what is ignored there opens nothing, and the check demands it of nobody.
var opensNothing = map[controller.AbilityID]string{
	controller.EntryTimeouts:       "a request that lasts longer is still one of a caller that was let in",
	controller.EntryRetries:        "a request that is not repeated reaches nobody else",
	controller.EntryWeights:        "requests go to some of the Services that the route names, and the hop to each is judged",
	controller.EntryListenerSets:   "a listener that the controller does not serve lets nobody in, and one that it serves is judged",
	controller.EntryInternal:       "who may call is judged of every listener alike, whoever can reach it",
	controller.EntryInternetFacing: "a listener that fewer can reach than was meant lets in fewer",
	controller.EntryReplicas:       "how many proxies there are is no part of who may call",
	controller.EntryAnnotations:    "an annotation that nobody reads changes nothing, and those that weaken are judged where they are read",
	controller.EntryAccessLogs:     "what is not logged is still refused",
	controller.EntryMetrics:        "what is not counted is still refused",
	controller.EntryAlerts:         "what nobody is told of is still refused",
}

var (
	// served is what a listener needs that ends TLS; a controller without the floor or without client certificates serves none safely.
	served = []controller.AbilityID{controller.EntryTerminate, controller.EntryFloor, controller.EntryHTTPRoute}
	exits  = []controller.AbilityID{
		controller.ExitGateway, controller.ExitClientCertificate, controller.ExitPinnedCA, controller.ExitName, controller.ExitFloor,
		controller.ExitClosed, controller.ExitGRPC, controller.ExitTCP,
	}
	identities = []controller.AbilityID{controller.EntryIdentityURI, controller.EntryIdentityDNS}
)

func ask(ids ...controller.AbilityID) []controller.AbilityID { return ids }

// writtenByHand is a base of the corpus, without the waivers for what its controller cannot do.
func writtenByHand(name string) func(*testing.T) *gatetest.Repo {
	return func(t *testing.T) *gatetest.Repo {
		t.Helper()
		dir := filepath.Join("..", "..", "testdata", "corpus", "bases", name)
		found := map[string]string{}
		err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || entry.Name() == "waivers.yaml" {
				return err
			}
			content, err := os.ReadFile(path)
			relative, _ := filepath.Rel(dir, path) // path is below dir
			found[filepath.ToSlash(relative)] = string(content)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return gatetest.New(t, found)
	}
}

// by adds documents to a file; instead, gone and both are changes likewise.
func by(file string, documents ...string) func(*gatetest.Repo) {
	return func(r *gatetest.Repo) {
		for _, d := range documents {
			r.Append(file, "---\n"+d)
		}
	}
}

func instead(file, old, new string) func(*gatetest.Repo) {
	return func(r *gatetest.Repo) { r.Replace(file, old, new) }
}

func both(changes ...func(*gatetest.Repo)) func(*gatetest.Repo) {
	return func(r *gatetest.Repo) {
		for _, c := range changes {
			c(r)
		}
	}
}

func asItIs(*gatetest.Repo) {}

// route is a route to a Service of its namespace, by another one's port.
func route(kind, version, namespace, gateway, listener, service string) string {
	return fmt.Sprintf(`apiVersion: gateway.networking.k8s.io/%s
kind: %s
metadata: {name: asked, namespace: %s}
spec:
  parentRefs: [{name: %s, sectionName: %s}]
  rules: [{backendRefs: [{name: %s, port: 8443}]}]
`, version, kind, namespace, gateway, listener, service)
}

// leaving calls a Service outside the cluster by way of a gateway, with TLS verified by the standard policy.
func leaving(kind, version, namespace, gateway, listener string) []string {
	return []string{route(kind, version, namespace, gateway, listener, "partner"), fmt.Sprintf(`apiVersion: v1
kind: Service
metadata: {name: partner, namespace: %[1]s}
spec: {type: ExternalName, externalName: partner.example.com, ports: [{port: 8443}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: partner, namespace: %[1]s}
spec:
  targetRefs: [{group: "", kind: Service, name: partner}]
  validation: {hostname: partner.example.com, wellKnownCACertificates: System}
`, namespace)}
}

// tokens is the policy with which Envoy Gateway would want tokens.
const tokens = `apiVersion: gateway.envoyproxy.io/v1alpha1
kind: SecurityPolicy
metadata: {name: asked, namespace: %s}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: %s}]
  jwt: {providers: [{name: corp, issuer: https://id.example.com, remoteJWKS: {uri: https://id.example.com/keys}}]}
`

// callers is the policy with which Istio would let in one identity.
const callers = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: asked, namespace: %s}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: %s}]
  rules: [{from: [{source: {principals: [corp.example.com/ns/web/sa/web]}}]}]
`

// cannots are the ways to ask. Of the abilities of one controller that lack for one reason, one way asks for all.
func cannots() []cannot {
	const (
		fleet   = "fleet/fleet.yaml"
		front   = "k8s/basin/front.yaml"
		cove    = "shared/front.yaml"
		mesa    = "apps/mesa.yaml"
		pier    = "k8s/pier/network.yaml"
		strait  = "k8s/strait/calls.yaml"
		ways    = "lib/gateway/gateway.yaml"
		fleets  = "testdata/fleets/"
		quotes  = fleets + "haproxy/overlays/aks-market/gateways/edge/edge.yaml"
		prices  = fleets + "traefik/overlays/aks-market/exposures/prices/prices.yaml"
		addon   = fleets + "aks-addon/overlays/aks-prod/gateways/edge/edge.yaml"
		parcels = fleets + "aks-addon/overlays/aks-prod/exposures/parcels/parcels.yaml"
		books   = fleets + "nginx/overlays/aks-prod/consumers/books/books.yaml"
		market  = fleets + "traefik/overlays/aks-market/gateways/edge/edge.yaml"
		ledger  = fleets + "nginx/overlays/eks-prod/exposures/ledger/ledger.yaml"
		ends    = "    protocol: HTTPS\n    hostname: orders.example.com\n    tls: {certificateRefs: [{name: orders-tls}]}\n"
		https   = "  - {name: ending, port: 444, protocol: HTTPS, hostname: ending.example.com, tls: {certificateRefs: [{name: ending-tls}]}}\n"
		tls     = "  - {name: ending, port: 444, protocol: TLS, hostname: ending.example.com, tls: {mode: Terminate, certificateRefs: [{name: ending-tls}]}}\n"
		token   = "\t\thostname: \"%[1]s.example.com\"\n\t\tjwt: {issuer: \"https://id.example.com\", audiences: [\"%[1]s\"], jwksURI: \"https://id.example.com/keys\"}\n"
		spiffe  = `{uri: "spiffe://corp.example.com/ns/%[1]s/sa/%[1]s", enforcedBy: "trustDomain"}`
		byURI   = `{uri: "spiffe://corp.example.com/ns/%[1]s/sa/%[1]s", enforcedBy: "gateway"}`
		byDNS   = `{dns: "%[1]s.example.com", enforcedBy: "gateway"}`
		passing = "mtls/passthrough-not-declared"
		floor   = "tls/version-below-floor"
		clients = "mtls/client-certificate-not-required"
		alias   = "bypass/external-name-backend"
	)
	listener := func(file, listener string) func(*gatetest.Repo) {
		return instead(file, "  listeners:\n", "  listeners:\n"+listener)
	}
	frontend := func(file, class string) func(*gatetest.Repo) {
		return instead(file, class+"\n", class+"\n  tls: {frontend: {default: {validation: {caCertificateRefs: [{group: \"\", kind: ConfigMap, name: clients}]}}}}\n")
	}
	routing := both(instead(fleet, `name: istio, version`, `name: istio, distribution: aks-approuting, version`), instead(ways, "gatewayClassName: istio", "gatewayClassName: approuting-istio"))
	older := instead(fleet, `name: haproxy, version: "1.0"`, `name: haproxy, distribution: ingress-controller, version: "3.2"`)
	identity := func(file, name, wanted string) func(*gatetest.Repo) {
		return instead(file, fmt.Sprintf("identity: "+spiffe, name), fmt.Sprintf("identity: "+wanted, name))
	}
	jwt := func(file, name string) func(*gatetest.Repo) {
		return instead(file, "\t\thostname: \""+name+".example.com\"\n", fmt.Sprintf(token, name))
	}
	asking := func(wanted string) func(*gatetest.Repo) {
		const before = "value: \"/v1\"}]}]\n\t\t\tconsumers: {"
		return instead(fleets+"nginx/exposures/ledger.cue", before, before+`"asking": {cluster: "aks-prod", namespace: "asking", podSelector: matchLabels: app: "asking", via: "direct", identity: `+fmt.Sprintf(wanted, "asking")+"}, ")
	}
	out := []cannot{
		{"nobody verifies the pods", "envoy-gateway", nil, ask(controller.EntryBackendEncrypted), gatetest.Relay, func(r *gatetest.Repo) {
			r.Drop(relay, "kind: BackendTLSPolicy")
			r.Append(relay, "---\napiVersion: gateway.envoyproxy.io/v1alpha1\nkind: Backend\nmetadata: {name: relay, namespace: edge}\nspec: {endpoints: [{fqdn: {hostname: relay.relay.svc.cluster.local, port: 8443}}], tls: {insecureSkipVerify: true}}\n")
			r.Replace(relay, "    - group: \"\"\n      kind: Service\n      name: relay\n      namespace: relay\n      port: 8443\n", "    - {group: gateway.envoyproxy.io, kind: Backend, name: relay}\n")
		}, "grants/service-by-name"},

		{"a principal that is a DNS name", "istio", in("upstream", "aks-addon"), ask(controller.EntryIdentityDNS), startOf("aks-to-eks"), instead(stockEdge, "corp.example.com/ns/orders/sa/orders", "orders.example.com"), "identity/undeclared-identity"},
		{"nobody verifies the pods", "istio", in("upstream", "aks-addon"), ask(controller.EntryBackendEncrypted), startOf("aks-to-eks"), func(r *gatetest.Repo) {
			r.Drop(stockExposure, "kind: BackendTLSPolicy")
			r.Append(stockExposure, "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: stock, namespace: stock}\nspec: {host: stock.stock.svc.cluster.local, trafficPolicy: {tls: {mode: SIMPLE, insecureSkipVerify: true}}}\n")
		}, "backend/ca-not-pinned"},
		{"a floor that the listener at the other end lacks", "istio", in("upstream", "aks-addon"), ask(controller.ExitFloor), gatetest.Relay, instead(edgeFile, "    maxVersion: \"1.3\"\n    minVersion: \"1.3\"\n", "    maxVersion: \"1.3\"\n    minVersion: \"1.2\"\n"), "egress/version-below-floor"},
		{"an egress gateway of the add-on", "istio", in("aks-addon"), drop(exits, controller.ExitFloor, controller.ExitGRPC), relayByHand, instead("testdata/relay/fleet.yaml", `name: istio, version: "1.31"`, `name: istio, distribution: aks-addon, version: asm-1-30`), "unknown/value"},
		{"a byte stream", "istio", in("aks-addon"), ask(controller.EntryTCP), startOf("aks-addon"), both(listener(addon, tls), by(parcels, route("TLSRoute", "v1", "edge", "edge", "ending", "parcels, namespace: parcels")),
			instead(parcels, "    kind: HTTPRoute\n    namespace: edge\n", "    kind: HTTPRoute\n    namespace: edge\n  - {group: gateway.networking.k8s.io, kind: TLSRoute, namespace: edge}\n")), clients},
		{"what Istio would serve", "istio", in("aks-approuting"), append(ask(served...), controller.EntryClientCertificate, controller.EntryIdentityURI, controller.EntryIdentityDNS, controller.EntrySourceCIDRs, controller.EntryJWT, controller.EntryBackendTLS, controller.EntryBackendEncrypted, controller.EntryTCP), writtenByHand("strait"), routing, floor},
		{"Istio's own kinds", "istio", in("aks-approuting"), ask(controller.EntryIdentityURI, controller.EntryIdentityDNS, controller.EntrySourceCIDRs, controller.EntryJWT, controller.EntryBackendEncrypted), writtenByHand("strait"), routing, "unknown/kind"},
		{"TLS that passes through", "istio", in("aks-approuting"), ask(controller.EntryPassthrough), writtenByHand("strait"), both(routing, instead(ways, "protocol: HTTPS", "protocol: TLS"), instead(ways, "tls: {certificateRefs: [{name: orders-tls}]}", "tls: {mode: Passthrough}")), passing},
		{"a GRPCRoute", "istio", in("aks-approuting"), ask(controller.EntryGRPCRoute), writtenByHand("strait"), both(routing, instead("lib/orders/orders.json", `"kind": "HTTPRoute"`, `"kind": "GRPCRoute"`)), floor},
		{"calls that leave the cluster", "istio", in("aks-approuting"), exits, writtenByHand("strait"), both(routing, instead(ways, "namespaces: {from: Selector, selector: {matchLabels: {kubernetes.io/metadata.name: orders}}}", "namespaces: {from: Same}"), by(strait, leaving("HTTPRoute", "v1", "ingress", "front", "orders")...)), alias},

		{"a listener that ends TLS", "agc", nil, append(ask(served...), controller.EntryClientCertificate, controller.EntryBackendTLS, controller.EntryBackendEncrypted, controller.EntrySourceCIDRs), writtenByHand("basin"), asItIs, floor},
		{"names of clients", "agc", nil, identities, writtenByHand("basin"), instead("k8s/basin/parts/clients.yaml", `caCertificateRef: {name: clients, group: "", kind: Secret}`, `caCertificateRef: {name: clients, group: "", kind: Secret}, subjectAltNames: [web.example.com]`), floor},
		{"an AuthPolicy", "agc", nil, ask(controller.EntryJWT), writtenByHand("basin"), by(front, "apiVersion: alb.networking.azure.io/v1\nkind: AuthPolicy\nmetadata: {name: asked, namespace: ingress}\nspec: {targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: front}}\n"), floor},
		{"a GRPCRoute", "agc", nil, ask(controller.EntryGRPCRoute), writtenByHand("basin"), instead(front, "kind: HTTPRoute", "kind: GRPCRoute"), floor},
		{"TLS that passes through", "agc", nil, ask(controller.EntryPassthrough), writtenByHand("basin"), both(instead(front, ends, "    protocol: TLS\n    hostname: orders.example.com\n    tls: {mode: Passthrough}\n"), instead(front, "kind: HTTPRoute", "kind: TLSRoute")), "unknown/value"},
		{"a TCP listener", "agc", nil, ask(controller.EntryTCP), writtenByHand("basin"), both(instead(front, ends, "    protocol: TCP\n"), instead(front, "/v1\nkind: HTTPRoute", "/v1alpha2\nkind: TCPRoute")), "unknown/value"},
		{"calls that leave the cluster", "agc", nil, exits, writtenByHand("basin"), by(front, leaving("HTTPRoute", "v1", "ingress", "front", "orders")...), alias},

		{"a URI that the load balancer compares", "aws-lb", nil, ask(controller.EntryIdentityURI), startOf("aws-lb"), both(instead(fleets+"aws-lb/exposures/relay.cue", "consumers: orders:", "consumers: asking:"), identity(fleets+"aws-lb/exposures/relay.cue", "orders", byURI)), ""},
		{"a DNS name that the load balancer compares", "aws-lb", nil, ask(controller.EntryIdentityDNS), startOf("aws-lb"), both(instead(fleets+"aws-lb/exposures/relay.cue", "consumers: orders:", "consumers: asking:"), identity(fleets+"aws-lb/exposures/relay.cue", "orders", byDNS)), ""},
		{"pods that the load balancer verifies", "aws-lb", nil, ask(controller.EntryBackendTLS), startOf("aws-lb"), func(r *gatetest.Repo) {
			at := fleets + "aws-lb/overlays/eks-prod/exposures/relay/relay.yaml"
			r.Replace(at, "      name: relay\n      namespace: relay\n", "      name: other\n      namespace: relay\n")
			r.Append(at, "---\napiVersion: gateway.k8s.aws/v1\nkind: TargetGroupConfiguration\nmetadata: {name: other, namespace: relay}\nspec: {targetReference: {name: other}, defaultConfiguration: {protocol: HTTPS}}\n---\n"+
				"apiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy\nmetadata: {name: other, namespace: relay}\nspec: {targetRefs: [{group: \"\", kind: Service, name: other}], validation: {hostname: relay.example.com, wellKnownCACertificates: System}}\n")
		}, "backend/ca-not-pinned"},
		{"a byte stream", "aws-lb", nil, ask(controller.EntryTCP), writtenByHand("pier"), by(pier, "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: raw, namespace: orders}\nspec: {gatewayClassName: aws-nlb, listeners: [{name: raw, port: 443, protocol: TLS, hostname: raw.example.com, tls: {mode: Terminate, certificateRefs: [{name: raw-tls}]}}]}\n",
			route("TCPRoute", "v1alpha2", "orders", "raw", "raw", "orders")), clients},
		{"calls that leave the cluster", "aws-lb", nil, exits, writtenByHand("pier"), by(pier, leaving("HTTPRoute", "v1", "ingress", "front", "orders")...), alias},

		{"a URI that nginx compares", "nginx", nil, ask(controller.EntryIdentityURI), startOf("nginx"), asking(byURI), ""},
		{"a DNS name that nginx compares", "nginx", nil, ask(controller.EntryIdentityDNS), startOf("nginx"), asking(byDNS), ""},
		{"a snippet that compares", "nginx", nil, identities, writtenByHand("harbour"), both(by(byHand, "apiVersion: gateway.nginx.org/v1alpha1\nkind: SnippetsFilter\nmetadata: {name: who, namespace: edge}\nspec: {snippets: [{context: http.server.location, value: 'if ($ssl_client_s_dn != \"CN=web\") { return 403; }'}]}\n"),
			instead(byHand, "  - filters: [", "  - filters: [{type: ExtensionRef, extensionRef: {group: gateway.nginx.org, kind: SnippetsFilter, name: who}}, ")), "bypass/escape-hatch"},
		{"tokens", "nginx", nil, ask(controller.EntryJWT), startOf("nginx"), instead(fleets+"nginx/exposures/ledger.cue", "\t\t\thostname: \"ledger.example.com\"\n", "\t"+strings.ReplaceAll(fmt.Sprintf(token, "ledger"), "\n\t", "\n\t\t")), ""},
		{"a Service that says that it speaks HTTPS", "nginx", nil, ask(controller.EntryBackendEncrypted), startOf("nginx"), both(gone(ledger, "kind: BackendTLSPolicy"), by(ledger, "apiVersion: v1\nkind: Service\nmetadata: {name: ledger, namespace: ledger}\nspec: {selector: {app: ledger}, ports: [{port: 8443, appProtocol: https}]}\n")), "backend/plaintext-hop"},
		{"a byte stream", "nginx", nil, ask(controller.EntryTCP), writtenByHand("harbour"), both(instead(fleet, "2.6.7", "2.7.0"), listener(byHand, tls), by(byHand, route("TLSRoute", "v1", "edge", "edge", "ending", "ending"))), clients},
		{"a floor that the listener at the other end lacks", "nginx", nil, ask(controller.ExitFloor), startOf("nginx"), instead(fleets+"nginx/overlays/eks-prod/gateways/edge/edge.yaml", "        name: edge-ledger-tls\n      mode: Terminate\n      options:\n        nginx.org/ssl-protocols: TLSv1.3\n", "        name: edge-ledger-tls\n      mode: Terminate\n      options:\n        nginx.org/ssl-protocols: TLSv1.2 TLSv1.3\n"), "egress/version-below-floor"},
		{"gRPC that leaves", "nginx", nil, ask(controller.ExitGRPC), startOf("nginx"), func(r *gatetest.Repo) {
			r.Drop(books, "kind: HTTPRoute\nmetadata:\n  name: books-ledger\n")
			const kinds, closed = "        kind: HTTPRoute\n", "      namespaces:\n        from: Same\n    hostname: ledger"
			r.Replace(books, kinds+closed, strings.Replace(kinds, "HTTP", "GRPC", 1)+closed)
			r.Append(books, "---\n"+strings.Replace(route("GRPCRoute", "v1", "books", "books-egress", "ledger", "books-ledger"), "port: 8443", "port: 443", 1))
		}, "egress/no-client-certificate"},
		{"a byte stream that leaves", "nginx", nil, ask(controller.ExitTCP), writtenByHand("harbour"), both(instead(fleet, "2.6.7", "2.7.0"), listener(byHand, tls), by(byHand, leaving("TLSRoute", "v1", "edge", "edge", "ending")...)), alias},

		{"a URI that Traefik compares", "traefik", nil, ask(controller.EntryIdentityURI), startOf("traefik"), identity(fleets+"traefik/exposures/prices.cue", "desk", byURI), ""},
		{"a DNS name that Traefik compares", "traefik", nil, ask(controller.EntryIdentityDNS), startOf("traefik"), identity(fleets+"traefik/exposures/prices.cue", "desk", byDNS), ""},
		{"tokens", "traefik", nil, ask(controller.EntryJWT), startOf("traefik"), jwt(fleets+"traefik/exposures/prices.cue", "prices"), ""},
		{"a plugin that checks tokens", "traefik", nil, ask(controller.EntryJWT), writtenByHand("market"), both(by(byHand, "apiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {name: who, namespace: edge}\nspec: {plugin: {jwt: {issuer: https://id.example.com}}}\n"),
			instead(byHand, "  - filters: [", "  - filters: [{type: ExtensionRef, extensionRef: {group: traefik.io, kind: Middleware, name: who}}, ")), "bypass/escape-hatch"},
		{"a Service that says that it speaks HTTPS", "traefik", nil, ask(controller.EntryBackendEncrypted), startOf("traefik"), both(gone(prices, "kind: BackendTLSPolicy"), by(prices, "apiVersion: v1\nkind: Service\nmetadata: {name: prices, namespace: prices}\nspec: {selector: {app: prices}, ports: [{port: 8443, appProtocol: https}]}\n")), "backend/plaintext-hop"},
		{"a GRPCRoute", "traefik", nil, ask(controller.EntryGRPCRoute), startOf("traefik"), func(r *gatetest.Repo) {
			doc := document(r, prices, "kind: HTTPRoute\nmetadata:")
			r.Replace(prices, doc, strings.Replace(strings.Replace(doc, "kind: HTTPRoute", "kind: GRPCRoute", 1), "    matches:\n    - path:\n        type: PathPrefix\n        value: /\n", "", 1))
			r.Replace(prices, "    kind: HTTPRoute\n", "    kind: GRPCRoute\n")
			r.Replace(market, "        kind: HTTPRoute\n", "        kind: GRPCRoute\n")
		}, "backend/plaintext-hop"},
		{"a byte stream", "traefik", nil, ask(controller.EntryTCP), startOf("traefik"), both(
			listener(market, tls),
			by(prices, route("TLSRoute", "v1", "edge", "edge", "ending", "prices, namespace: prices")),
			instead(prices, "    kind: HTTPRoute\n    namespace: edge\n", "    kind: HTTPRoute\n    namespace: edge\n  - {group: gateway.networking.k8s.io, kind: TLSRoute, namespace: edge}\n")), "backend/plaintext-hop"},
		{"a byte stream that leaves", "traefik", nil, ask(controller.ExitTCP), writtenByHand("market"), both(listener(byHand, tls), by(byHand, leaving("TLSRoute", "v1", "edge", "edge", "ending")...)), alias},

		{"a listener that ends TLS", "vpc-lattice", nil, append(ask(served...), controller.EntryBackendTLS, controller.EntryBackendEncrypted), writtenByHand("mesa"), both(listener(mesa, https), instead(mesa, "protocol: TCP", "protocol: HTTPS"), by(mesa, route("HTTPRoute", "v1", "orders", "mesa", "ending", "orders"))), floor},
		{"clients of it", "vpc-lattice", nil, append(ask(identities...), controller.EntryClientCertificate, controller.EntryJWT), writtenByHand("mesa"), both(frontend(mesa, "amazon-vpc-lattice"), listener(mesa, https), by(mesa, route("HTTPRoute", "v1", "orders", "mesa", "ending", "orders"), fmt.Sprintf(tokens, "orders", "mesa"), fmt.Sprintf(callers, "orders", "mesa"))), clients},
		{"a GRPCRoute", "vpc-lattice", nil, ask(controller.EntryGRPCRoute), writtenByHand("mesa"), both(listener(mesa, https), by(mesa, route("GRPCRoute", "v1", "orders", "mesa", "ending", "orders"))), floor},
		{"a byte stream", "vpc-lattice", nil, ask(controller.EntryTCP), writtenByHand("mesa"), instead(mesa, "tls: {mode: Passthrough}", "tls: {mode: Terminate, certificateRefs: [{name: orders-tls}]}"), "unknown/value"},
		{"calls that leave the cluster", "vpc-lattice", nil, exits, writtenByHand("mesa"), both(listener(mesa, https), by(mesa, leaving("HTTPRoute", "v1", "orders", "mesa", "ending")...)), alias},

		{"a listener that ends TLS", "haproxy", in("upstream"), served, writtenByHand("cove"), both(listener(cove, https), by(cove, route("HTTPRoute", "v1", "ingress", "front", "ending", "orders"))), floor},
		{"clients of it", "haproxy", in("upstream"), append(ask(identities...), controller.EntryClientCertificate, controller.EntryJWT), writtenByHand("cove"), both(frontend(cove, "haproxy"), listener(cove, https), by(cove, route("HTTPRoute", "v1", "ingress", "front", "ending", "orders"), fmt.Sprintf(tokens, "ingress", "front"), fmt.Sprintf(callers, "ingress", "front"))), clients},
		{"pods that it verifies", "haproxy", in("upstream"), ask(controller.EntryBackendTLS, controller.EntryBackendEncrypted), startOf("haproxy"), func(r *gatetest.Repo) {
			r.Replace(quotes, "  listeners:\n", "  listeners:\n"+https)
			r.Append(quotes, "---\n"+route("HTTPRoute", "v1", "quotes", "edge, namespace: edge", "ending", "quotes")+
				"---\napiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy\nmetadata: {name: asked, namespace: quotes}\nspec: {targetRefs: [{group: \"\", kind: Service, name: quotes}], validation: {hostname: quotes.example.com, wellKnownCACertificates: System}}\n")
			r.Replace(quotes, https, strings.Replace(https, "tls: {", "allowedRoutes: {namespaces: {from: All}}, tls: {", 1))
		}, "backend/plaintext-hop"},
		{"a GRPCRoute", "haproxy", in("upstream"), ask(controller.EntryGRPCRoute), writtenByHand("cove"), both(listener(cove, https), by(cove, route("GRPCRoute", "v1", "ingress", "front", "ending", "orders"))), floor},
		{"a byte stream", "haproxy", in("upstream"), ask(controller.EntryTCP), startOf("haproxy"), instead(quotes, "      mode: Passthrough\n", "      mode: Terminate\n      certificateRefs: [{name: quotes-tls}]\n"), "drift/not-served"},
		{"calls that leave the cluster", "haproxy", in("upstream"), exits, writtenByHand("cove"), both(listener(cove, https), by(cove, leaving("HTTPRoute", "v1", "ingress", "front", "ending")...)), alias},
	}
	every := []controller.AbilityID{}
	for _, id := range controller.AbilityIDs() {
		if opensNothing[id] == "" && id != controller.ExitDirect {
			every = append(every, id)
		}
	}
	return append(out, cannot{"whatever it is", "haproxy", in("ingress-controller"), every, writtenByHand("cove"), both(older, listener(cove, https), by(cove, leaving("HTTPRoute", "v1", "ingress", "front", "ending")...)), "unknown/controller"})
}

func in(d ...string) []string { return d }

func drop(ids []controller.AbilityID, more ...controller.AbilityID) []controller.AbilityID {
	return slices.DeleteFunc(slices.Clone(ids), func(id controller.AbilityID) bool { return slices.Contains(more, id) })
}

func gone(file, text string) func(*gatetest.Repo) {
	return func(r *gatetest.Repo) { r.Drop(file, text) }
}

// startOf is an example fleet, with the overlays that were generated for it.
func startOf(fleet string) func(*testing.T) *gatetest.Repo {
	return func(t *testing.T) *gatetest.Repo {
		r, _ := example(t, fleet)
		return r
	}
}

// relayByHand are the overlays of the example as if people had written them.
func relayByHand(t *testing.T) *gatetest.Repo {
	t.Helper()
	clusters, err := os.ReadFile(filepath.Join("..", "..", "testdata", "corpus", "clusters", "relay.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	r := gatetest.Relay(t)
	r.Remove("testdata/relay")
	r.Write("testdata/relay/fleet.yaml", string(clusters))
	return r
}

// TestEveryCannotIsFound: what a controller cannot do in the newest version of a distribution is asked for in manifests, and blocks; or the
// fleet asks for it, and the check is not done and says why; or it opens nothing. The table is held to the profiles.
func TestEveryCannotIsFound(t *testing.T) {
	lacks := map[string]controller.Ability{} // by controller, distribution and ability
	distributions := map[string][]string{}
	for _, known := range catalog.All() {
		p := known.Profile()
		latest := map[string]string{}
		for _, v := range p.Versions {
			if latest[v.Distribution] == "" || controller.CompareVersions(v.To, latest[v.Distribution]) > 0 {
				latest[v.Distribution] = v.To
			}
		}
		distributions[p.Name] = slices.Sorted(maps.Keys(latest))
		for distribution, version := range latest {
			for _, id := range controller.AbilityIDs() {
				if line, ok := p.Ability(id, distribution, version); !ok && opensNothing[id] == "" {
					lacks[p.Name+" "+distribution+" "+string(id)] = line
				}
			}
		}
	}
	asked := map[string]bool{}
	for _, c := range cannots() {
		if c.distributions == nil {
			c.distributions = distributions[c.controller]
		}
		var line controller.Ability
		for _, distribution := range c.distributions {
			for _, id := range c.asks {
				key := c.controller + " " + distribution + " " + string(id)
				if _, ok := lacks[key]; !ok {
					t.Errorf("%s: the profile says that it can, or that it opens nothing: %s", c.name, key)
				}
				asked[key], line = true, lacks[key]
			}
		}
		t.Run(c.controller+"/"+c.name, func(t *testing.T) {
			t.Parallel()
			r := c.start(t)
			c.change(r)
			options := gate.Options{}
			if _, err := os.Stat(filepath.Join(r.Dir, "testdata", "fleets")); err == nil {
				options.Fleet = "testdata/fleets/" + exampleOf(t, r)
				options.Overlays = options.Fleet + "/overlays"
			}
			if c.rule != "" {
				r.Blocks(r.Check(options), c.rule, "", "", "")
				return
			}
			if err := r.CheckError(options); !strings.Contains(err.Error(), line.How) || !strings.Contains(err.Error(), line.Source) {
				t.Errorf("want the check to say %q (%s); got %v", line.How, line.Source, err)
			}
		})
	}
	for key := range lacks {
		if !asked[key] {
			t.Errorf("nothing asks for what the profile says cannot be done: %s", key)
		}
	}
}

// TestEgressOfTheAddOnByHand: where people deploy the proxies of an egress gateway of the add-on, it is what the add-on supports.
func TestEgressOfTheAddOnByHand(t *testing.T) {
	r := relayByHand(t)
	r.Replace("testdata/relay/fleet.yaml", `name: istio, version: "1.31"`, `name: istio, distribution: aks-addon, version: asm-1-30`)
	r.Replace(orders, "  gatewayClassName: istio\n", "  gatewayClassName: istio\n  addresses: [{type: Hostname, value: egress.orders.svc.cluster.local}]\n")
	r.Quiet(r.Check(gate.Options{}), "unknown/value")
}

// exampleOf is the example fleet that a repository holds.
func exampleOf(t *testing.T, r *gatetest.Repo) string {
	t.Helper()
	found, err := os.ReadDir(filepath.Join(r.Dir, "testdata", "fleets"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	return found[0].Name()
}
