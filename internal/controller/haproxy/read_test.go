package haproxy

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// edge is a Gateway with a listener that ends TLS and one that passes it through, as people write them.
const edge = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: edge}
spec:
  gatewayClassName: haproxy
  listeners:
  - {name: https, port: 8443, protocol: HTTPS, hostname: shop.example.com, tls: {certificateRefs: [{name: shop-tls}]}}
  - {name: tls, port: 8444, protocol: TLS, hostname: relay.example.com, tls: {mode: Passthrough}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop, namespace: edge}
spec: {parentRefs: [{name: edge, sectionName: https}], rules: [{backendRefs: [{name: shop, port: 8443}]}]}
---
apiVersion: gateway.networking.k8s.io/v1alpha2
kind: TLSRoute
metadata: {name: relay, namespace: edge}
spec: {parentRefs: [{name: edge, sectionName: tls}], hostnames: [relay.example.com], rules: [{backendRefs: [{name: relay, port: 8443}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: relay, namespace: edge}
spec: {selector: {app: relay}, ports: [{port: 8443}]}
---
apiVersion: v1
kind: Service
metadata: {name: hug, namespace: hug, annotations: {service.beta.kubernetes.io/azure-load-balancer-internal: "true"}}
spec: {type: LoadBalancer, selector: {run: hug}, loadBalancerSourceRanges: [20.1.0.0/28]}
---
apiVersion: gate.v3.haproxy.org/v3
kind: HugConf
metadata: {name: hugconf, namespace: hug}
spec: {globalRef: {group: gate.v3.haproxy.org, kind: Global, name: global}, logging: {defaultLevel: Info}}
---
apiVersion: gate.v3.haproxy.org/v3
kind: Global
metadata: {name: global, namespace: hug}
spec: {maxconn: 32100}
`

func cluster() controller.Cluster {
	c := controller.Cluster{Name: "aks", Cloud: "aks"}
	c.Controller.Name, c.Controller.Distribution, c.Controller.Version = "haproxy", "upstream", "1.0"
	c.Controller.DataPlaneNamespace, c.Controller.DataPlanePods = "hug", map[string]string{"run": "hug", "tier": "edge"}
	c.GatewayAPI.Version, c.GatewayAPI.Channel = "1.5", "experimental"
	return c
}

func posed(t *testing.T, text string) posture.Posture {
	t.Helper()
	return New().Read(cluster(), objecttest.Set(t, text))
}

func entry(t *testing.T, p posture.Posture, listener string) posture.Entry {
	t.Helper()
	i := slices.IndexFunc(p.Entries, func(e posture.Entry) bool { return e.Subject.Listener == listener })
	if i < 0 {
		t.Fatalf("no listener %s in %+v", listener, p.Entries)
	}
	return p.Entries[i]
}

// TestRead: TLS 1.1 and no client certificate where HAProxy ends TLS, nothing of its own where it passes it through.
func TestRead(t *testing.T) {
	p := posed(t, edge)
	if len(p.Unknowns)+len(p.Hatches) != 0 {
		t.Errorf("unknowns %+v, hatches %+v", p.Unknowns, p.Hatches)
	}
	https, tls := entry(t, p, "https"), entry(t, p, "tls")
	for what, ok := range map[string]bool{
		"the floor of the installation": https.MinTLS.Value == "1.1" && https.MinTLS.Enforcer == posture.ByGateway,
		"nobody is asked":               https.ClientAuth.Value == posture.ClientNone && https.ClientAuth.Why == asksNobody,
		"plaintext to servers":          https.Routes[0].Backends[0].TLS.Value == posture.TLSNone,
		"passed through":                tls.TLS.Value == posture.TLSPassthrough && tls.MinTLS.Value == "" && tls.Served.Value,
		"the Service in front":          tls.Scheme.Value == posture.SchemeInternal && slices.Equal(tls.SourceCIDRs.Value.CIDRs, []string{"20.1.0.0/28"}),
	} {
		if !ok {
			t.Errorf("%s: %+v %+v", what, https, tls)
		}
	}
}

// TestVariants: each change of the example, and what it comes to; unknowns and hatches by their fields.
func TestVariants(t *testing.T) {
	const backend = "apiVersion: gate.v3.haproxy.org/v3\nkind: Backend\nmetadata: {name: raw, namespace: edge}\nspec: {http_request_rule_list: []}\n"
	refused := func(listener string) func(*testing.T, posture.Posture) bool {
		return func(t *testing.T, p posture.Posture) bool { return !entry(t, p, listener).Served.Value }
	}
	for name, c := range map[string]struct {
		old, new string
		more     string
		unknown  string
		hatch    string
		holds    func(*testing.T, posture.Posture) bool
	}{
		"U175 U176 options of every listener": {old: "{maxconn: 32100}", new: "{ssl_options: {default_bind_options: ssl-min-ver TLSv1.2}}", hatch: "spec.ssl_options"},
		"raw settings of a Defaults":          {more: "apiVersion: gate.v3.haproxy.org/v3\nkind: Defaults\nmetadata: {name: d, namespace: hug}\nspec: {client_timeout: 1000, http_request_rule_list: []}\n", hatch: "spec.http_request_rule_list"},
		"U177 a Backend for the Service":      {old: "metadata: {name: relay, namespace: edge}\nspec: {selector", new: "metadata: {name: relay, namespace: edge, annotations: {gate.v3.haproxy.org/cr-backend: raw}}\nspec: {selector", more: backend, hatch: "metadata.annotations[\"gate.v3.haproxy.org/cr-backend\"]"},
		"U177 a snippet":                      {old: "metadata: {name: relay, namespace: edge}\nspec: {selector", new: "metadata: {name: relay, namespace: edge, annotations: {haproxy.org/backend-config-snippet: x}}\nspec: {selector", hatch: "metadata.annotations[\"haproxy.org/backend-config-snippet\"]"},
		"a Backend that nothing names":        {more: backend},
		"U178 a Backend for a route":          {old: "{name: shop, port: 8443}", new: "{name: shop, port: 8443, filters: [{type: ExtensionRef, extensionRef: {group: gate.v3.haproxy.org, kind: Backend, name: raw}}]}", more: backend, hatch: "spec.rules[0].backendRefs[0].filters[0]"},
		"U178 a policy that is not read": {more: "apiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy\nmetadata: {name: shop, namespace: edge}\nspec: {targetRefs: [{group: '', kind: Service, name: shop}], validation: {hostname: shop, wellKnownCACertificates: System}}\n", holds: func(t *testing.T, p posture.Posture) bool {
			return entry(t, p, "https").Routes[0].Backends[0].TLS.Value == posture.TLSNone
		}},
		"U179 spec.tls.frontend is not read": {old: "  gatewayClassName: haproxy\n", new: "  gatewayClassName: haproxy\n  tls: {frontend: {default: {validation: {caCertificateRefs: [{group: '', kind: ConfigMap, name: ca}]}}}}\n", holds: func(t *testing.T, p posture.Posture) bool {
			return entry(t, p, "https").ClientAuth.Value == posture.ClientNone
		}},
		"HTTPS ends TLS whatever its mode": {old: "tls: {certificateRefs: [{name: shop-tls}]}", new: "tls: {mode: Passthrough, certificateRefs: [{name: shop-tls}]}", holds: func(t *testing.T, p posture.Posture) bool {
			return entry(t, p, "https").TLS.Value == posture.TLSTerminate
		}},
		"TLS that it would have to end":   {old: "tls: {mode: Passthrough}", new: "tls: {certificateRefs: [{name: x}]}", holds: refused("tls")},
		"HTTPS without a certificate":     {old: ", tls: {certificateRefs: [{name: shop-tls}]}", new: "", holds: refused("https")},
		"a listener of TCP":               {old: "protocol: TLS, hostname: relay.example.com, tls: {mode: Passthrough}", new: "protocol: TCP", holds: refused("tls")},
		"U177 a field that HugConf lacks": {old: "logging: {defaultLevel", new: "snippet: x, logging: {defaultLevel", unknown: "spec.snippet"},
		"the Service is not in Git": {old: "selector: {run: hug}", new: "selector: {run: other}", holds: func(t *testing.T, p posture.Posture) bool {
			return entry(t, p, "tls").Scheme.Value == posture.SchemeUnknown
		}},
	} {
		t.Run(name, func(t *testing.T) {
			text := edge
			if c.old != "" {
				if strings.Count(text, c.old) != 1 {
					t.Fatalf("%q is there %d times", c.old, strings.Count(text, c.old))
				}
				text = strings.Replace(text, c.old, c.new, 1)
			}
			if c.more != "" {
				text += "---\n" + c.more
			}
			p := posed(t, text)
			var unknown, hatches []string
			for _, u := range p.Unknowns {
				unknown = append(unknown, u.By.Field)
			}
			for _, h := range p.Hatches {
				hatches = append(hatches, h.By.Field)
			}
			if strings.Join(unknown, " ") != c.unknown {
				t.Errorf("unknowns %+v, want %q", p.Unknowns, c.unknown)
			}
			if strings.Join(hatches, " ") != c.hatch {
				t.Errorf("hatches %+v, want %q", p.Hatches, c.hatch)
			}
			if c.holds != nil && !c.holds(t, p) {
				t.Errorf("%+v", p)
			}
		})
	}
}

// TestIngressController: what the older controller makes of a Gateway is not known.
func TestIngressController(t *testing.T) {
	c := cluster()
	c.Controller.Distribution = ingressDistribution
	p := New().Read(c, objecttest.Set(t, edge))
	if len(p.Unknowns) != 1 || p.Unknowns[0].Rule != "controller" {
		t.Errorf("%+v", p.Unknowns)
	}
}
