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

// TestIstioMesh: what objects of the mesh and Istio's older API do to a provider.
func TestIstioMesh(t *testing.T) {
	for _, row := range []unsafe{
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
