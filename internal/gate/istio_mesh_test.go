package gate_test

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

const (
	stockEdge     = "testdata/fleets/aks-to-eks/overlays/aks-prod/gateways/edge/edge.yaml"
	stockExposure = "testdata/fleets/aks-to-eks/overlays/aks-prod/exposures/stock/stock.yaml"
	stockMesh     = "testdata/fleets/aks-to-eks/overlays/aks-prod/mesh/mesh.yaml"
	stockListener = "Gateway edge/edge listener stock"
)

// byMesh makes the hop to the pods the mesh's: no BackendTLSPolicy, and a namespace whose pods take mutual TLS of the mesh only.
func byMesh(r *gatetest.Repo) {
	without(stockExposure, "kind: BackendTLSPolicy", "")(r)
	r.Append(stockExposure, `---
apiVersion: v1
kind: Service
metadata: {name: stock, namespace: stock}
spec: {selector: {app: stock}, ports: [{name: https, port: 8443}]}
---
apiVersion: v1
kind: Namespace
metadata: {name: stock, labels: {istio-injection: enabled}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: stock}
spec: {mtls: {mode: STRICT}}
`)
}

// inMesh is a change of such a hop.
func inMesh(change func(*gatetest.Repo) string) func(*gatetest.Repo) string {
	return func(r *gatetest.Repo) string {
		byMesh(r)
		r.Commit("the hop is the mesh's")
		return change(r)
	}
}

func classicServer(server string) string {
	return "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: classic, namespace: edge}\nspec:\n  selector: {gateway.networking.k8s.io/gateway-name: edge}\n  servers: [" + server + "]\n"
}

// tenant is a ListenerSet on the provider's Gateway.
func tenant(namespace, options string) func(*gatetest.Repo) string {
	return func(r *gatetest.Repo) string {
		r.Replace(stockEdge, "spec:\n  gatewayClassName: istio\n", "spec:\n  allowedListeners: {namespaces: {from: All}}\n  gatewayClassName: istio\n")
		r.Append(stockEdge, "---\napiVersion: gateway.networking.k8s.io/v1\nkind: ListenerSet\nmetadata: {name: rogue, namespace: "+namespace+"}\nspec:\n  parentRef: {name: edge, namespace: edge}\n  listeners: [{name: rogue, port: 443, protocol: HTTPS, hostname: rogue.example.com, tls: {certificateRefs: [{name: rogue-tls}]"+options+"}}]\n")
		return ""
	}
}

// TestIstioMesh: what objects of the mesh and Istio's older API do to a provider.
func TestIstioMesh(t *testing.T) {
	deployment := func(annotations string) string {
		return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: stock, namespace: stock}\nspec: {selector: {matchLabels: {app: stock}}, template: {metadata: {labels: {app: stock}, annotations: {" + annotations + "}}, spec: {containers: [{name: stock, image: stock}]}}}\n"
	}
	const service = "Service stock/stock"
	for _, row := range []unsafe{
		{"U076 a CA that nothing makes", func(r *gatetest.Repo) string {
			r.Replace(stockExposure, "      name: stock-backend-ca\n", "      name: other\n")
			return ""
		}, "mtls/missing-ca", "BackendTLSPolicy stock/stock", "BackendTLSPolicy stock/stock", false},
		{"U093 no CA for clients", replace(stockEdge, "          caCertificateRefs:\n          - group: \"\"\n            kind: ConfigMap\n            name: edge-client-ca\n", "          caCertificateRefs: []\n", "        validation:"), "mtls/client-certificate-not-required", stockListener, "Gateway edge/edge", false},
		{"U097 another control plane", func(r *gatetest.Repo) string {
			r.Replace(stockEdge, "    gatespan.dev/fleet: stock\nspec:\n  gatewayClassName", "    gatespan.dev/fleet: stock\n    istio.io/rev: canary\nspec:\n  gatewayClassName")
			return r.Line(stockEdge, "istio.io/rev")
		}, "tls/version-below-floor", stockListener, "Gateway edge/edge", false},
		{"U098 a server's own floor", add(stockEdge, classicServer(`{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: MUTUAL, minProtocolVersion: TLSV1_2, credentialName: edge-stock-tls}}`), "servers:"), "tls/version-below-floor", "Gateway edge/classic listener https", "Gateway edge/classic", false},
		{"U099 OPTIONAL_MUTUAL", add(stockEdge, classicServer(`{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: OPTIONAL_MUTUAL, credentialName: edge-stock-tls}}`), "servers:"), "mtls/client-certificate-not-required", "Gateway edge/classic listener https", "Gateway edge/classic", false},
		{"U099 AUTO_PASSTHROUGH", add(stockEdge, classicServer(`{port: {number: 443, name: tls, protocol: TLS}, hosts: ["*"], tls: {mode: AUTO_PASSTHROUGH}}`), "servers:"), "bypass/escape-hatch", "Gateway edge/classic listener tls", "Gateway edge/classic", false},
		{"U100 plaintext beside it", add(stockEdge, strings.Replace(classicServer(`{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}`), "gateway.networking.k8s.io/gateway-name: edge", "istio: ingressgateway", 1), "servers:"), "mtls/plaintext-listener", "Gateway edge/classic listener http", "Gateway edge/classic", false},
		{"U101 a VirtualService of another gateway", func(r *gatetest.Repo) string {
			byMesh(r)
			return add(stockExposure, "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: stock, namespace: stock}\nspec: {hosts: [x.example.com], gateways: [mesh, istio-ingress/public], http: [{route: [{destination: {host: stock}}]}]}\n", "istio-ingress/public")(r)
		}, "bypass/classic-route", "VirtualService stock/stock", "VirtualService stock/stock", false},
		{"U102 PERMISSIVE", inMesh(replace(stockExposure, "mtls: {mode: STRICT}", "mtls: {mode: PERMISSIVE}", "PERMISSIVE")), "backend/plaintext-hop", stockListener, "PeerAuthentication stock/default", false},
		{"U102 UNSET", inMesh(func(r *gatetest.Repo) string {
			r.Replace(stockExposure, "mtls: {mode: STRICT}", "mtls: {mode: UNSET}")
			return ""
		}), "backend/plaintext-hop", stockListener, service, false},
		{"U104 a workload's policy", inMesh(add(stockExposure, "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: one, namespace: stock}\nspec: {selector: {matchLabels: {app: stock}}, mtls: {mode: DISABLE}}\n", "mode: DISABLE")), "backend/plaintext-hop", stockListener, "PeerAuthentication stock/one", false},
		{"U104 an older policy of the namespace", inMesh(add(stockExposure, "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: older, namespace: stock}\nspec: {mtls: {mode: PERMISSIVE}}\n", "PERMISSIVE")), "backend/plaintext-hop", stockListener, "PeerAuthentication stock/older", false},
		{"U106 a DestinationRule", inMesh(add(stockExposure, "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: plain, namespace: istio-system}\nspec: {host: stock.stock.svc.cluster.local, trafficPolicy: {tls: {mode: DISABLE}}}\n", "mode: DISABLE")), "backend/plaintext-hop", stockListener, "DestinationRule istio-system/plain", false},
		{"U115 a port that no sidecar takes", inMesh(add(stockExposure, deployment(`traffic.sidecar.istio.io/excludeInboundPorts: "8443"`), "excludeInboundPorts")), "backend/plaintext-hop", stockListener, "Deployment stock/stock", false},
		{"U115 no sidecar", inMesh(add(stockExposure, deployment(`sidecar.istio.io/inject: "false"`), "sidecar.istio.io/inject")), "backend/plaintext-hop", stockListener, "Deployment stock/stock", false},
		{"U116 a namespace outside the mesh", inMesh(replace(stockExposure, ", labels: {istio-injection: enabled}", "", "metadata: {name: stock}")), "backend/plaintext-hop", stockListener, "Namespace stock", false},
		{"U119 an address that is no pod", inMesh(add(stockExposure, "apiVersion: networking.istio.io/v1\nkind: WorkloadEntry\nmetadata: {name: foreign, namespace: stock}\nspec: {address: 203.0.113.9, labels: {app: stock}}\n", "203.0.113.9")), "bypass/hand-written-endpoints", "WorkloadEntry stock/foreign", "WorkloadEntry stock/foreign", false},
		{"U119 a Sidecar in a closed mesh", func(r *gatetest.Repo) string {
			r.Append(stockMesh, "    outboundTrafficPolicy:\n      mode: REGISTRY_ONLY\n")
			return add(stockMesh, "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: open, namespace: orders}\nspec: {outboundTrafficPolicy: {mode: ALLOW_ANY}}\n", "ALLOW_ANY")(r)
		}, "bypass/escape-hatch", "Sidecar orders/open", "Sidecar orders/open", false},
		{"U252 a tenant's roots", func(r *gatetest.Repo) string {
			tenant("rogue", "")(r)
			r.Append(stockEdge, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: edge-client-ca, namespace: rogue}\ndata:\n  ca.crt: |\n"+root(t, "rogue"))
			return ""
		}, "mtls/unknown-ca", "ListenerSet rogue/rogue listener rogue", "ConfigMap rogue/edge-client-ca", false},
		{"U253 a tenant's option", tenant("edge", ", options: {gateway.istio.io/tls-terminate-mode: OPTIONAL_MUTUAL}"), "mtls/client-certificate-not-required", "ListenerSet edge/rogue listener rogue", "ListenerSet edge/rogue", false},
		{"a control plane capped at TLS 1.2", add(stockMesh, "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: istiod, namespace: istio-system, labels: {app: istiod}}\nspec: {selector: {matchLabels: {app: istiod}}, template: {metadata: {labels: {app: istiod}}, spec: {containers: [{name: discovery, image: pilot, env: [{name: COMPLIANCE_POLICY, value: fips-140-2}]}]}}}\n", "fips-140-2"), "tls/version-below-floor", stockListener, "Deployment istio-system/istiod", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r, options := example(t, "aks-to-eks")
			place := row.change(r)
			r.Blocks(r.Check(options), row.rule, row.subject, row.object, place)
		})
	}
}

// TestEgressRules: rules for the destination that out-rank, or would, the one that gatespan wrote for aks-prod.
func TestEgressRules(t *testing.T) {
	const host = "relay.orders.orders.egress.internal"
	rule := func(name, namespace, spec string) string {
		return "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: " + name + ", namespace: " + namespace + "}\nspec:\n  host: " + host + "\n" + spec
	}
	check(t, gatetest.Relay, []unsafe{
		{"U110 a subset that says nothing of TLS", replace(orders, "  exportTo:\n  - .\n  host: "+host+"\n", "  exportTo: [.]\n  host: "+host+"\n  subsets: [{name: v2, trafficPolicy: {portLevelSettings: [{port: {number: 443}}]}}]\n", "subsets:"), "unknown/value", "", call, false},
		{"U110 a subset in plaintext", replace(orders, "  exportTo:\n  - .\n  host: "+host+"\n", "  exportTo: [.]\n  host: "+host+"\n  subsets: [{name: v2, trafficPolicy: {tls: {mode: DISABLE}, portLevelSettings: [{port: {number: 443}, tls: {mode: DISABLE}}]}}]\n", "subsets:"), "unknown/value", "", call, false},
		{"U112 a rule of the root namespace for sidecars", add(orders, rule("everywhere", "istio-system", "  trafficPolicy: {tls: {mode: MUTUAL, credentialName: orders-client-tls}}\n"), "credentialName: orders-client-tls}"), "egress/plaintext", "DestinationRule istio-system/everywhere", "DestinationRule istio-system/everywhere", false},
		{"U112 a rule beside it for the same proxies", add(orders, rule("beside", "orders", "  exportTo: [\".\"]\n  trafficPolicy: {tls: {mode: SIMPLE}}\n  workloadSelector: {matchLabels: {gateway.networking.k8s.io/gateway-name: orders-egress}}\n"), "mode: SIMPLE"), "egress/no-client-certificate", egressListener, "DestinationRule orders/beside", false},
		{"U113 in the mesh", replace(orders, "location: MESH_EXTERNAL", "location: MESH_INTERNAL", "MESH_INTERNAL"), "unknown/value", "", "ServiceEntry orders/orders-relay", false},
	})
}

// TestSafeEgressRules: S035 and S036, on what gatespan wrote for aks-prod.
func TestSafeEgressRules(t *testing.T) {
	for name, change := range map[string]func(*gatetest.Repo){
		"S035 the settings of the port, for the destination too": func(r *gatetest.Repo) {
			r.Replace(orders, "  trafficPolicy:\n    portLevelSettings:\n", "  trafficPolicy:\n    tls: {mode: MUTUAL, credentialName: orders-client-tls, sni: relay.example.com, subjectAltNames: [relay.example.com]}\n    portLevelSettings:\n")
		},
		"S036 a plain port inside the mesh": func(r *gatetest.Repo) {
			r.Replace(orders, "  - name: https\n    number: 443\n    protocol: HTTPS\n", "  - {name: http, number: 443, protocol: HTTP, targetPort: 443}\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := gatetest.Relay(t)
			change(r)
			for _, f := range r.Check(gate.Options{}).Findings {
				if !strings.HasPrefix(f.Rule, "drift/") && f.Severity == "block" {
					t.Errorf("%s at %s:%d: %s", f.Rule, f.File, f.Line, f.Message)
				}
			}
		})
	}
}

// TestMeshRevisions: the fleet aks-addon, whose floor is configuration of one revision of the add-on.
func TestMeshRevisions(t *testing.T) {
	const (
		edge   = "testdata/fleets/aks-addon/overlays/aks-prod/gateways/edge/edge.yaml"
		mesh   = "testdata/fleets/aks-addon/overlays/aks-prod/mesh/mesh.yaml"
		second = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-shared-configmap-asm-1-31, namespace: aks-istio-system}\ndata:\n  mesh: |\n    tlsDefaults: {minProtocolVersion: TLSV1_3}\n    meshMTLS: {minProtocolVersion: TLSV1_3}\n"
	)
	canary := func(r *gatetest.Repo) {
		r.Replace(edge, "    gatespan.dev/fleet: parcels\nspec:\n  gatewayClassName", "    gatespan.dev/fleet: parcels\n    istio.io/rev: asm-1-31\nspec:\n  gatewayClassName")
	}
	t.Run("G9 U097 a revision without its configuration", func(t *testing.T) {
		r, options := example(t, "aks-addon")
		canary(r)
		r.Blocks(r.Check(options), "tls/version-below-floor", "Gateway edge/edge listener parcels", "Gateway edge/edge", r.Line(edge, "istio.io/rev"))
	})
	t.Run("S037 a revision with the same", func(t *testing.T) {
		r, options := example(t, "aks-addon")
		canary(r)
		r.Append(mesh, second)
		r.Quiet(r.Check(options), "tls/version-below-floor")
	})
	t.Run("a higher revision takes over with less", func(t *testing.T) {
		r, options := example(t, "aks-addon")
		r.Append(mesh, strings.Replace(second, "    tlsDefaults: {minProtocolVersion: TLSV1_3}\n", "", 1))
		r.Blocks(r.Check(options), "tls/version-below-floor", "Gateway edge/edge listener parcels", "ConfigMap aks-istio-system/istio-shared-configmap-asm-1-31", "")
	})
	t.Run("blocked kinds", func(t *testing.T) {
		r, options := example(t, "aks-addon")
		r.Append(mesh, "---\napiVersion: networking.istio.io/v1beta1\nkind: ProxyConfig\nmetadata: {name: all, namespace: aks-istio-system}\nspec: {concurrency: 2}\n")
		r.Blocks(r.Check(options), "unknown/kind", "ProxyConfig aks-istio-system/all", "", "")
	})
}

// TestSafeInTheMesh: what tightens, or says the same in another way.
func TestSafeInTheMesh(t *testing.T) {
	for name, change := range map[string]func(*gatetest.Repo){
		"the hop is the mesh's": byMesh,
		"S034 PERMISSIVE becomes STRICT": func(r *gatetest.Repo) {
			byMesh(r)
			r.Replace(stockExposure, "mtls: {mode: STRICT}", "mtls: {mode: PERMISSIVE}")
			r.Commit("weak")
			r.Replace(stockExposure, "mtls: {mode: PERMISSIVE}", "mtls: {mode: STRICT}")
		},
		"a Sidecar that narrows what pods see": func(r *gatetest.Repo) {
			r.Append(stockMesh, "---\napiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: default, namespace: stock}\nspec: {egress: [{hosts: [./*, istio-system/*]}]}\n")
		},
		"telemetry": func(r *gatetest.Repo) {
			r.Append(stockMesh, "---\napiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: all, namespace: istio-system}\nspec: {accessLogging: [{providers: [{name: envoy}]}]}\n")
		},
		"mesh configuration by the chart": func(r *gatetest.Repo) {
			r.Write(stockMesh, "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: istiod, namespace: istio-system}\nspec:\n  interval: 1h\n  chart: {spec: {chart: istiod, version: 1.31.x, sourceRef: {kind: HelmRepository, name: istio}}}\n  values: {meshConfig: {tlsDefaults: {minProtocolVersion: TLSV1_3}, meshMTLS: {minProtocolVersion: TLSV1_3}}}\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, options := example(t, "aks-to-eks")
			change(r)
			for _, base := range []string{"", "HEAD"} {
				options.Base = base
				judged := r.Check(options)
				for _, f := range judged.Findings {
					if !strings.HasPrefix(f.Rule, "drift/") && f.Severity == "block" {
						t.Errorf("with base %q: %s at %s:%d: %s", base, f.Rule, f.File, f.Line, f.Message)
					}
				}
			}
		})
	}
}

// TestProbesOfAzure: a probe by HTTPS has no client certificate, which only warns. What gatespan writes is probed in another way.
func TestProbesOfAzure(t *testing.T) {
	r, options := example(t, "aks-to-eks")
	warned := func() int {
		n := 0
		for _, f := range r.Check(options).Findings {
			if f.Rule == "network/https-probe" && f.Severity == "warn" {
				n++
			}
		}
		return n
	}
	if n := warned(); n != 0 {
		t.Errorf("%d warnings of what is generated", n)
	}
	r.Replace(stockEdge, "      externalTrafficPolicy: Local\n", "")
	if n := warned(); n != 1 {
		t.Errorf("%d warnings of nodes that forward to each other, whose ports are probed by appProtocol", n)
	}
	r.Replace(stockEdge, "    annotations:\n", "    annotations:\n      service.beta.kubernetes.io/port_443_health-probe_protocol: Tcp\n")
	if n := warned(); n != 0 {
		t.Errorf("%d warnings of a probe by TCP", n)
	}
}

// TestFloorInsideTheMesh: U096. Nothing asks for a floor of the mesh's own hops, so that taking it away is a change to look at.
func TestFloorInsideTheMesh(t *testing.T) {
	r, options := example(t, "aks-to-eks")
	byMesh(r)
	r.Commit("the hop is the mesh's")
	r.Replace(stockMesh, "    meshMTLS:\n      minProtocolVersion: TLSV1_3\n", "")
	options.Base = "HEAD"
	for _, f := range r.Check(options).Findings {
		if f.Rule == "change/weaker" && strings.Contains(f.Message, "minTLS") {
			return
		}
	}
	t.Errorf("nobody says that the hop's floor fell: %v", r.Check(gate.Options{Dir: options.Dir, Fleet: options.Fleet, Overlays: options.Overlays, Base: "HEAD"}).Findings)
}
