package gate_test

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

// TestTraefikOfTheExample edits what gatespan generated for the fleet traefik, whose provider is Traefik.
func TestTraefikOfTheExample(t *testing.T) {
	const (
		edge     = "testdata/fleets/traefik/overlays/aks-market/gateways/edge/edge.yaml"
		prices   = "testdata/fleets/traefik/overlays/aks-market/exposures/prices/prices.yaml"
		gateway  = "Gateway edge/edge"
		listener = gateway + " listener prices"
		required = "mtls/client-certificate-not-required"
		hatch    = "bypass/escape-hatch"
		api      = "apiVersion: traefik.io/v1alpha1\nkind: "
		backend  = "    - group: \"\"\n      kind: Service\n      name: prices\n      namespace: prices\n      port: 8443\n"
		service  = "    - {group: traefik.io, kind: TraefikService, name: NAME@kubernetescrd}\n"
		out      = api + "TraefikService\nmetadata: {name: out, namespace: edge}\nspec: {weighted: {services: [{name: out, port: 443, scheme: https, serversTransport: out}]}}\n---\n" +
			"apiVersion: v1\nkind: Service\nmetadata: {name: out, namespace: edge}\nspec: {type: ExternalName, externalName: far.example.com, ports: [{port: 443}]}\n---\n"
	)
	// leads sends the route to a TraefikService in the place of the Service, with a ServersTransport beside it.
	for _, row := range []unsafe{
		{"U123 another name", edited(edge, "kind: TLSOption\nmetadata:\n  name: default\n", "kind: TLSOption\nmetadata:\n  name: strict\n"), required, listener, gateway, false},
		{"U124 a second one", add(edge, api+"TLSOption\nmetadata:\n  namespace: shop\n  name: default # too\nspec: {minVersion: VersionTLS13}\n", "# too"), required, listener, "TLSOption shop/default", false},
		{"a TraefikService of its own namespace", func(r *gatetest.Repo) string {
			r.Replace(prices, backend, strings.Replace(service, "NAME@kubernetescrd", "out", 1))
			r.Append(edge, "---\n"+out+api+"ServersTransport\nmetadata: {name: out, namespace: edge}\nspec: {serverName: far.example.com, certificatesSecrets: [c]}\n")
			return ""
		}, "bypass/external-name-backend", listener, "Service edge/out", false},
		{"and its certificate", func(r *gatetest.Repo) string {
			r.Replace(prices, backend, strings.Replace(service, "NAME@kubernetescrd", "out", 1))
			r.Append(edge, "---\n"+out+api+"ServersTransport\nmetadata: {name: out, namespace: edge}\nspec: {serverName: far.example.com, certificatesSecrets: [c]}\n")
			return ""
		}, "egress/open-to-others", listener, gateway, false},
		{"a TraefikService", add(edge, api+"TraefikService\nmetadata: {name: x, namespace: shop}\nspec: {weighted: {services: [{name: prices, namespace: prices, port: 8443}]}}\n", "spec: {weighted"), "bypass/classic-route", "TraefikService shop/x", "TraefikService shop/x", false},
		{"a plugin", func(r *gatetest.Repo) string {
			r.Replace(prices, "    filters:\n", "    filters:\n    - {type: ExtensionRef, extensionRef: {group: traefik.io, kind: Middleware, name: m}}\n")
			r.Append(edge, "---\n"+api+"Middleware\nmetadata: {name: m, namespace: edge}\nspec: {plugin: {code: {}}}\n")
			return r.Line(edge, "plugin:")
		}, hatch, "Middleware edge/m", "Middleware edge/m", false},
	} {
		t.Run(row.name, func(t *testing.T) { blocksExample(t, "traefik", row) })
	}
}

// TestTraefikAsConsumer edits what gatespan generated for aks-branch of that fleet: the egress gateway of the till workload.
func TestTraefikAsConsumer(t *testing.T) {
	const (
		till      = "testdata/fleets/traefik/overlays/aks-branch/consumers/till/till.yaml"
		gateway   = "Gateway till/till-egress"
		listener  = gateway + " listener prices"
		transport = "ServersTransport till/till-prices"
		service   = "TraefikService till/till-prices"
		suites    = "  cipherSuites:\n  - TLS_AES_128_GCM_SHA256\n  - TLS_AES_256_GCM_SHA384\n  - TLS_CHACHA20_POLY1305_SHA256\n"
		name      = "  serverName: prices.example.com\n"
		roots     = "  rootCAs:\n  - configMap: till-corp-ca\n"
		api       = "apiVersion: traefik.io/v1alpha1\nkind: "
	)
	for _, row := range []unsafe{
		{"no client certificate", edited(till, "  certificatesSecrets:\n  - till-client-tls\n", ""), "egress/no-client-certificate", listener, transport, false},
		{"no verification", replace(till, name, name+"  insecureSkipVerify: true\n", "insecureSkipVerify"), "egress/ca-not-pinned", listener, transport, false},
		{"and no name", replace(till, name, name+"  insecureSkipVerify: true\n", "insecureSkipVerify"), "egress/name-not-checked", listener, transport, false},
		{"no roots", edited(till, roots, ""), "egress/ca-not-pinned", listener, transport, false},
		{"roots that nothing makes", replace(till, roots, "  rootCAs:\n  - configMap: gone-ca\n", "  rootCAs:"), "egress/ca-not-pinned", listener, transport, false},
		{"other roots", func(r *gatetest.Repo) string {
			r.Append(till, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: other-ca, namespace: till}\ndata:\n  ca.crt: |\n"+root(t, "other"))
			r.Replace(till, roots, "  rootCAs:\n  - configMap: other-ca\n")
			return ""
		}, "egress/ca-not-pinned", listener, "ConfigMap till/other-ca", false},
		{"another name", replace(till, name, "  serverName: any.example.com\n", "any.example.com"), "egress/name-not-checked", listener, transport, false},
		{"no name, of another host", func(r *gatetest.Repo) string {
			r.Replace(till, name, "")
			r.Replace(till, "  externalName: prices.example.com\n", "  externalName: other.example.com\n")
			return ""
		}, "egress/undeclared-destination", listener, "", false},
		{"a suite of TLS 1.2", replace(till, suites, suites+"  - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n", "TLS_ECDHE_RSA"), "drift/modified", "", "", false},
		{"the floor that people would write", edited(till, suites, "  minVersion: VersionTLS13\n  maxVersion: VersionTLS13\n"), "egress/no-client-certificate", listener, transport, false},
		{"and what it does to the roots", edited(till, suites, "  minVersion: VersionTLS13\n  maxVersion: VersionTLS13\n"), "egress/ca-not-pinned", listener, transport, false},
		{"plaintext", replace(till, "scheme: https", "scheme: http", "scheme: http"), "egress/plaintext", listener, service, false},
		{"no transport", edited(till, "      serversTransport: till-prices\n", ""), "egress/no-client-certificate", listener, service, false},
		{"the transport is gone", without(till, "kind: ServersTransport\n", "serversTransport:"), "egress/no-client-certificate", listener, service, false},
		{"another TraefikService", func(r *gatetest.Repo) string {
			r.Replace(till, "      kind: TraefikService\n      name: till-prices\n", "      kind: TraefikService\n      name: shop-prices@kubernetescrd\n")
			return ""
		}, "unknown/kind", "HTTPRoute till/till-prices", "HTTPRoute till/till-prices", false},
		{"no NetworkPolicy", without(till, "kind: NetworkPolicy", ""), "egress/open-to-others", listener, gateway, false},
		{"everybody", replace(till, "  - from:\n    - namespaceSelector:\n        matchLabels:\n          kubernetes.io/metadata.name: till\n      podSelector:\n        matchLabels:\n          app: till\n    ports:", "  - ports:", "  - ports:"), "egress/open-to-others", listener, "NetworkPolicy traefik/till-egress", false},
		{"other proxies", edited(till, "  podSelector:\n    matchLabels:\n      app.kubernetes.io/name: traefik\n", "  podSelector:\n    matchLabels:\n      app.kubernetes.io/name: other\n"), "egress/open-to-others", listener, gateway, false},
		{"a load balancer", edited(till, "  type: ClusterIP\n", "  type: LoadBalancer\n"), "egress/open-to-others", listener, "Service traefik/till-egress", false},
		{"an alias of a Service of the cluster", edited(till, "  externalName: prices.example.com\n", "  externalName: vault.vault.svc.cluster.local\n"), "bypass/external-name-backend", listener, "Service till/till-prices", false},
		{"an IngressRoute borrows it", add(till, api+"IngressRoute\nmetadata: {name: x, namespace: till}\nspec: {routes: [{match: Host(`x.example.com`), services: [{kind: TraefikService, name: till-prices}]}]} # here\n", "# here"), "bypass/escape-hatch", "IngressRoute till/x", "IngressRoute till/x", false},
		{"a transport of another namespace takes its name", add(till, api+"ServersTransport\nmetadata: {name: prices, namespace: till-till} # here\nspec: {insecureSkipVerify: true}\n", "# here"), "bypass/escape-hatch", "ServersTransport till-till/prices", "ServersTransport till-till/prices", false},
		{"plaintext from the pods", replace(till, "    protocol: HTTPS\n    tls:\n      certificateRefs:\n      - group: \"\"\n        kind: Secret\n        name: till-egress-tls\n      mode: Terminate\n", "    protocol: HTTP\n", "protocol: HTTP"), "egress/plaintext-listener", listener, gateway, false},
	} {
		t.Run(row.name, func(t *testing.T) { blocksExample(t, "traefik", row) })
	}
}

// TestTraefikInstallation: where the installation of the egress gateway is in Git, what it must have is held against it.
func TestTraefikInstallation(t *testing.T) {
	const (
		folder  = "testdata/fleets/traefik/overlays/aks-branch/traefik/"
		release = folder + "release.yaml"
		subject = "HelmRelease traefik/traefik"
		rule    = "controller/prerequisite-not-met"
		well    = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: traefik, namespace: traefik}
spec:
  chart: {spec: {chart: traefik, version: 41.3.0}}
  values:
    providers:
      kubernetesCRD: {allowExternalNameServices: true, crossProviderNamespaces: [till], defaultTLSResourcesNamespace: till, safeNaming: true}
      kubernetesGateway: {enabled: true, crossProviderNamespaces: [till]}
      kubernetesIngress: {enabled: false}
    core: {strictTLSOptions: true}
    ports: {egress: {port: 9443}}
    service: {spec: {type: ClusterIP}}
`
	)
	installed := func(r *gatetest.Repo) {
		r.Write(folder+"kustomization.yaml", "resources: [release.yaml]\n")
		r.Write(release, well)
	}
	t.Run("as it should be", func(t *testing.T) {
		t.Parallel()
		r, options := example(t, "traefik")
		installed(r)
		r.Passes(r.Check(options))
	})
	for _, row := range []unsafe{
		{"names that are joined", edited(release, ", safeNaming: true", ""), rule, subject, subject, false},
		{"by its name from anywhere", replace(release, "safeNaming: true", "safeNaming: true, allowCrossNamespace: true", "allowCrossNamespace"), rule, subject, subject, false},
		{"reached from outside", replace(release, "type: ClusterIP", "type: LoadBalancer", "type: LoadBalancer"), rule, subject, subject, false},
		{"no such port", edited(release, "port: 9443", "port: 9444"), rule, subject, subject, false},
		{"no call leaves", edited(release, "allowExternalNameServices: true, ", ""), rule, subject, subject, false},
		{"a plugin", func(r *gatetest.Repo) string {
			r.Append(release, "    experimental: {plugins: {p: {moduleName: example.com/p, version: v1.0.0}}}\n")
			return r.Line(release, "moduleName")
		}, rule, subject, subject, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			change := row.change
			row.change = func(r *gatetest.Repo) string { installed(r); return change(r) }
			blocksExample(t, "traefik", row)
		})
	}
}

// TestTraefikLetsOperationsPass: other people's IngressRoutes, and Middlewares that only limit, weaken nothing.
func TestTraefikLetsOperationsPass(t *testing.T) {
	r, options := example(t, "traefik")
	r.Commit("generated")
	const hand = "testdata/fleets/traefik/overlays/aks-market/shop/"
	r.Write(hand+"kustomization.yaml", "resources: [shop.yaml]\n")
	r.Write(hand+"shop.yaml", `apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata: {name: shop, namespace: shop}
spec: {entryPoints: [websecure], routes: [{match: Host(`+"`shop.example.com`"+`), kind: Rule, services: [{name: shop, port: 80}]}], tls: {options: {name: modern}}}
---
apiVersion: traefik.io/v1alpha1
kind: TLSOption
metadata: {name: modern, namespace: shop}
spec: {minVersion: VersionTLS12}
---
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata: {name: limit, namespace: shop}
spec: {rateLimit: {average: 100}}
`)
	r.Passes(r.Check(options))
}

// TestTraefikCallsByHand: an egress gateway that people wrote passes, where the listener that answers has the floor; ordinary changes of it
// too, and what borrows the certificate does not.
func TestTraefikCallsByHand(t *testing.T) {
	const file = "apps/orders/orders.yaml"
	start := func(t *testing.T) *gatetest.Repo {
		return gatetest.New(t, map[string]string{
			"fleet/fleet.yaml": `clusters:
  shop:
    cloud: aks
    controller: {name: traefik, version: "3.7.13", dataPlaneNamespace: traefik, dataPlanePods: {app.kubernetes.io/name: traefik}}
    gatewayAPI: {version: "1.6"}
    networkPolicyEngine: cilium
    path: apps
`,
			"apps/orders/kustomization.yaml": "resources: [orders.yaml]\n",
			file: `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: out, namespace: orders}
spec:
  gatewayClassName: traefik
  listeners:
  - {name: relay, port: 8443, protocol: HTTPS, hostname: relay.orders.svc.cluster.local, tls: {certificateRefs: [{name: out-tls}]}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: relay, namespace: orders}
spec:
  parentRefs: [{name: out}]
  rules:
  - backendRefs: [{group: traefik.io, kind: TraefikService, name: relay}]
---
apiVersion: traefik.io/v1alpha1
kind: TraefikService
metadata: {name: relay, namespace: orders}
spec: {weighted: {services: [{name: relay-out, port: 443, serversTransport: relay, passHostHeader: false}]}}
---
apiVersion: v1
kind: Service
metadata: {name: relay-out, namespace: orders}
spec: {type: ExternalName, externalName: relay.example.com, ports: [{port: 443}]}
---
apiVersion: traefik.io/v1alpha1
kind: ServersTransport
metadata: {name: relay, namespace: orders}
spec:
  serverName: relay.example.com
  minVersion: VersionTLS12
  maxVersion: VersionTLS13
  certificatesSecrets: [orders-tls]
  rootCAs: [{configMap: relay-ca}]
---
apiVersion: v1
kind: Service
metadata: {name: traefik, namespace: traefik}
spec: {selector: {app.kubernetes.io/name: traefik}, ports: [{port: 443, targetPort: 8443}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: traefik, namespace: traefik}
spec:
  podSelector: {matchLabels: {app.kubernetes.io/name: traefik}}
  policyTypes: [Ingress]
  ingress:
  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: orders}}}]
    ports: [{port: 8443}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: relay-ca, namespace: orders}
data:
  ca.crt: |
` + root(t, "relay"),
		})
	}
	for name, change := range map[string]func(*gatetest.Repo){
		"as it is": func(*gatetest.Repo) {},
		"with the floor": func(r *gatetest.Repo) {
			r.Replace(file, "  minVersion: VersionTLS12\n  maxVersion: VersionTLS13\n", "  cipherSuites: [TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384]\n")
		},
		"two ways": func(r *gatetest.Repo) {
			r.Replace(file, "passHostHeader: false}", "passHostHeader: false, weight: 1}, {name: relay-out, port: 443, scheme: https, serversTransport: relay, weight: 2}")
		},
		"an installation in Git": func(r *gatetest.Repo) {
			r.Append(file, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: traefik, namespace: traefik}\nspec: {selector: {matchLabels: {app.kubernetes.io/name: traefik}}, template: {metadata: {labels: {app.kubernetes.io/name: traefik}}, spec: {containers: [{name: traefik, image: 'traefik:v3.7.13', args: [--providers.kubernetescrd, --entryPoints.websecure.address=:8443, --api.insecure]}]}}}\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			change(r)
			r.Passes(r.Check(gate.Options{}))
		})
	}
	t.Run("headers of everybody", func(t *testing.T) {
		t.Parallel()
		r := start(t)
		r.Append(file, "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: traefik, namespace: traefik}\nspec: {selector: {matchLabels: {app.kubernetes.io/name: traefik}}, template: {metadata: {labels: {app.kubernetes.io/name: traefik}}, spec: {containers: [{name: traefik, image: 'traefik:v3.7.13', args: [--entryPoints.websecure.address=:8443, --entryPoints.websecure.forwardedHeaders.insecure]}]}}}\n")
		r.Blocks(r.Check(gate.Options{}), "bypass/escape-hatch", "Deployment traefik/traefik", "Deployment traefik/traefik", "")
	})
}

// TestTraefikByHand: what people wrote for Traefik passes, as do ordinary changes of it; unsafe ones do not, with no generated file to compare.
func TestTraefikByHand(t *testing.T) {
	const (
		file   = "apps/edge/edge.yaml"
		option = "TLSOption traefik/default"
		types  = ", clientAuthType: RequireAndVerifyClientCert"
	)
	start := func(t *testing.T) *gatetest.Repo {
		return gatetest.New(t, map[string]string{
			"fleet/fleet.yaml": `clusters:
  shop:
    cloud: aks
    controller: {name: traefik, version: "3.7.13", dataPlaneNamespace: traefik, dataPlanePods: {app.kubernetes.io/name: traefik}}
    gatewayAPI: {version: "1.6"}
    path: apps
`,
			"apps/edge/kustomization.yaml": "resources: [edge.yaml]\n",
			file: `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: edge}
spec:
  gatewayClassName: traefik
  listeners:
  - name: api
    port: 8443
    protocol: HTTPS
    hostname: api.example.com
    tls: {certificateRefs: [{name: api-tls}]}
---
apiVersion: traefik.io/v1alpha1
kind: TLSOption
metadata: {name: default, namespace: traefik}
spec:
  minVersion: VersionTLS13
  clientAuth: {secretNames: [client-ca], clientAuthType: RequireAndVerifyClientCert}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: api, namespace: edge}
spec:
  parentRefs: [{name: edge, sectionName: api}]
  hostnames: [api.example.com]
  rules:
  - filters: [{type: RequestHeaderModifier, requestHeaderModifier: {remove: [x-forwarded-client-cert]}}]
    backendRefs: [{name: api, namespace: api, port: 8443}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: ReferenceGrant
metadata: {name: api, namespace: api}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}]
  to: [{group: "", kind: Service, name: api}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: api, namespace: api}
spec:
  targetRefs: [{group: "", kind: Service, name: api}]
  validation: {hostname: api.api.svc.cluster.local, caCertificateRefs: [{group: "", kind: ConfigMap, name: api-ca}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: api-ca, namespace: api}
data:
  ca.crt: |
` + root(t, "backend") + `---
apiVersion: v1
kind: Secret
metadata: {name: client-ca, namespace: traefik}
stringData:
  ca.crt: |
` + root(t, "clients") + `---
apiVersion: v1
kind: Secret
metadata: {name: next-ca, namespace: traefik}
stringData:
  ca.crt: |
` + root(t, "clients"),
		})
	}
	for name, change := range map[string]func(*gatetest.Repo){
		"as it is":        func(*gatetest.Repo) {},
		"S038 a rotation": func(r *gatetest.Repo) { r.Replace(file, "[client-ca]", "[client-ca, next-ca]") },
		"S039 stricter": func(r *gatetest.Repo) {
			r.Replace(file, "  minVersion:", "  disableSessionTickets: true\n  sniStrict: true\n  minVersion:")
		},
		"no type, but a CA":   func(r *gatetest.Repo) { r.Replace(file, types, "") },
		"another highest one": func(r *gatetest.Repo) { r.Replace(file, "  minVersion:", "  maxVersion: VersionTLS13\n  minVersion:") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			change(r)
			r.Passes(r.Check(gate.Options{}))
		})
	}
	check(t, start, []unsafe{
		{"the CA is gone, and no type is said", func(r *gatetest.Repo) string {
			r.Replace(file, "[client-ca]"+types, "[gone-ca]")
			return r.Line(file, "gone-ca")
		}, "unknown/reference", option, option, false},
	})
}
