package vpclattice

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
  gatewayClassName: amazon-vpc-lattice
  listeners:
  - {name: https, port: 443, protocol: HTTPS, hostname: shop.example.com, tls: {certificateRefs: [{name: unused}]}, allowedRoutes: {namespaces: {from: All}}}
  - {name: tls, port: 443, protocol: TLS, hostname: relay.example.com, tls: {mode: Passthrough}, allowedRoutes: {namespaces: {from: All}}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: shop, namespace: shop}
spec: {parentRefs: [{name: edge, namespace: edge, sectionName: https}], hostnames: [shop.example.com], rules: [{backendRefs: [{name: shop, port: 8443}]}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: TLSRoute
metadata: {name: relay, namespace: relay}
spec: {parentRefs: [{name: edge, namespace: edge, sectionName: tls}], hostnames: [relay.example.com], rules: [{backendRefs: [{name: relay, port: 8443}]}]}
---
apiVersion: application-networking.k8s.aws/v1alpha1
kind: TargetGroupPolicy
metadata: {name: shop, namespace: shop}
spec:
  targetRef: {group: "", kind: Service, name: shop}
  protocol: HTTPS
  healthCheck: {enabled: true, intervalSeconds: 10, path: /, protocol: HTTPS}
---
apiVersion: application-networking.k8s.aws/v1alpha1
kind: VpcAssociationPolicy
metadata: {name: edge, namespace: edge}
spec:
  targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: edge}
  securityGroupIds: [sg-1]
  associateWithVpc: true
---
apiVersion: application-networking.k8s.aws/v1alpha1
kind: IAMAuthPolicy
metadata: {name: edge, namespace: edge}
spec:
  targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: edge}
  policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"vpc-lattice-svcs:Invoke","Resource":"*"}]}'
`

func cluster() controller.Cluster {
	c := controller.Cluster{Name: "eks", Cloud: "eks"}
	c.Controller.Name, c.Controller.Distribution, c.Controller.Version = "vpc-lattice", "upstream", "2.1.3"
	c.GatewayAPI.Version = "1.5"
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

// TestRead: TLS 1.2 and no client certificate where Lattice ends TLS, nothing of its own where it passes it through.
func TestRead(t *testing.T) {
	p := posed(t, edge)
	if len(p.Unknowns) != 0 || len(p.Ways) != 0 {
		t.Errorf("unknowns %+v, ways %+v", p.Unknowns, p.Ways)
	}
	https, tls := entry(t, p, "https"), entry(t, p, "tls")
	for what, ok := range map[string]bool{
		"the version is fixed":            https.MinTLS.Value == "1.2" && https.MaxTLS.Value == "1.2" && https.MinTLS.Enforcer == posture.ByGateway,
		"nobody is asked":                 https.ClientAuth.Value == posture.ClientNone && https.ClientAuth.Why == asksNobody,
		"private":                         https.Scheme.Value == posture.SchemeInternal && tls.Scheme.Value == posture.SchemeInternal,
		"security groups":                 slices.Equal(https.SourceCIDRs.Value.CIDRs, []string{"sg-1"}) && !https.SourceCIDRs.Value.Everybody,
		"the target group is HTTPS":       https.Routes[0].Backends[0].TLS.Value == "tls" && len(https.Routes[0].Backends[0].CA.Value) == 0 && https.Routes[0].Backends[0].Name.Value == "",
		"passed through":                  tls.TLS.Value == posture.TLSPassthrough && tls.MinTLS.Value == "" && tls.ClientAuth.Value == posture.ClientNone,
		"in its own namespace is granted": tls.Routes[0].Backends[0].Granted,
	} {
		if !ok {
			t.Errorf("%s: %+v %+v", what, https, tls)
		}
	}
}

// TestVariants: each change of the example, and what it comes to; unknowns by their fields.
func TestVariants(t *testing.T) {
	hop := func(p posture.Posture, t *testing.T) string {
		return entry(t, p, "https").Routes[0].Backends[0].TLS.Value
	}
	for name, c := range map[string]struct {
		old, new string
		more     string
		unknown  string
		holds    func(*testing.T, posture.Posture) bool
	}{
		"U165 a plaintext listener beside, and no sectionName": {
			old: "{name: edge, namespace: edge, sectionName: https}", new: "{name: edge, namespace: edge}",
			more: strings.Replace(strings.SplitN(edge, "---", 2)[0], "  listeners:\n", "  listeners:\n  - {name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}\n", 1),
			holds: func(t *testing.T, p posture.Posture) bool {
				http := entry(t, p, "http")
				return http.TLS.Value == posture.TLSNone && len(http.Routes) == 1
			},
		},
		"U166 the target group is HTTP":   {old: "protocol: HTTPS\n", new: "protocol: HTTP\n", holds: func(t *testing.T, p posture.Posture) bool { return hop(p, t) == posture.TLSNone }},
		"U166 another Service":            {old: "kind: Service, name: shop", new: "kind: Service, name: other", holds: func(t *testing.T, p posture.Posture) bool { return hop(p, t) == posture.TLSNone }},
		"a policy without protocol":       {old: "  protocol: HTTPS\n", new: "", holds: func(t *testing.T, p posture.Posture) bool { return hop(p, t) == posture.TLSNone }},
		"of two policies the weaker":      {more: "apiVersion: application-networking.k8s.aws/v1alpha1\nkind: TargetGroupPolicy\nmetadata: {name: a, namespace: shop}\nspec: {targetRef: {group: '', kind: Service, name: shop}}\n", holds: func(t *testing.T, p posture.Posture) bool { return hop(p, t) == posture.TLSNone }},
		"S042 another health check":       {old: "intervalSeconds: 10", new: "intervalSeconds: 30", holds: func(t *testing.T, p posture.Posture) bool { return hop(p, t) == "tls" }},
		"a typo in the protocol":          {old: "protocol: HTTPS\n", new: "protocol: https\n", unknown: "spec.protocol", holds: func(t *testing.T, p posture.Posture) bool { return hop(p, t) == posture.TLSNone }},
		"a typo in a field":               {old: "  protocol: HTTPS\n", new: "  protocoll: HTTPS\n", unknown: "spec.protocoll"},
		"a policy for a route":            {old: "{group: \"\", kind: Service, name: shop}", new: "{group: gateway.networking.k8s.io, kind: HTTPRoute, name: shop}", unknown: "spec.targetRef.kind"},
		"U169 a policy for no route":      {old: "kind: Gateway, name: edge}\n  policy", new: "kind: HTTPRoute, name: gone}\n  policy", unknown: "spec.targetRef.name"},
		"an IAM policy for a TLSRoute":    {old: "kind: Gateway, name: edge}\n  policy", new: "kind: TLSRoute, name: relay}\n  policy", unknown: "spec.targetRef.kind"},
		"an IAM policy that is not JSON":  {old: "policy: '{", new: "policy: '{{", unknown: "spec.policy"},
		"U170 the Gateway has a namesake": {more: strings.Replace(strings.SplitN(edge, "---", 2)[0], "namespace: edge}", "namespace: other}", 1), unknown: "metadata.name"},
		"U171 no security groups":         {old: "  securityGroupIds: [sg-1]\n", new: "", holds: func(t *testing.T, p posture.Posture) bool { return entry(t, p, "tls").SourceCIDRs.Value.Everybody }},
		"U171 the policy is for no Gateway": {old: "kind: Gateway, name: edge}\n  securityGroupIds", new: "kind: Gateway, name: gone}\n  securityGroupIds", unknown: "spec.targetRef.name", holds: func(t *testing.T, p posture.Posture) bool {
			return entry(t, p, "tls").SourceCIDRs.Value.Everybody
		}},
		"not associated with the VPC": {old: "associateWithVpc: true", new: "associateWithVpc: false", holds: func(t *testing.T, p posture.Posture) bool { return entry(t, p, "tls").SourceCIDRs.Value.Everybody }},
		"U172 a Service is exported": {more: "apiVersion: application-networking.k8s.aws/v1alpha1\nkind: ServiceExport\nmetadata: {name: x, namespace: relay, annotations: {application-networking.k8s.aws/service-name: relay}}\nspec: {exportedPorts: [{port: 8080, routeType: HTTP}]}\n", holds: func(_ *testing.T, p posture.Posture) bool {
			return len(p.Ways) == 1 && p.Ways[0].Service.Name == "relay" && p.Ways[0].Via == viaExport
		}},
		"U173 a ServiceImport": {old: "{name: relay, port: 8443}", new: "{group: application-networking.k8s.aws, kind: ServiceImport, name: relay}", unknown: "spec.rules[0].backendRefs[0]"},
		"U174 a grant means nothing": {old: "{name: relay, port: 8443}", new: "{name: relay, namespace: other, port: 8443}", more: "apiVersion: gateway.networking.k8s.io/v1\nkind: ReferenceGrant\nmetadata: {name: relay, namespace: other}\nspec: {from: [{group: gateway.networking.k8s.io, kind: TLSRoute, namespace: relay}], to: [{group: '', kind: Service, name: relay}]}\n", holds: func(t *testing.T, p posture.Posture) bool {
			i := slices.IndexFunc(p.References, func(r posture.Reference) bool { return r.CrossNS && r.To.Name == "relay" })
			return i >= 0 && !p.References[i].Granted && p.References[i].Ignored != "" && !entry(t, p, "tls").Routes[0].Backends[0].Granted
		}},
		"in no service network": {old: "metadata: {name: relay, namespace: relay}", new: "metadata: {name: relay, namespace: relay, annotations: {application-networking.k8s.aws/standalone: 'True'}}", holds: func(t *testing.T, p posture.Posture) bool {
			e := entry(t, p, "tls")
			return e.Scheme.Value == posture.SchemeUnknown && e.SourceCIDRs.Value.Everybody
		}},
		"a route's own annotation decides": {old: "metadata: {name: relay, namespace: relay}", new: "metadata: {name: relay, namespace: relay, annotations: {application-networking.k8s.aws/standalone: 'no'}}", holds: func(t *testing.T, p posture.Posture) bool {
			return entry(t, p, "tls").Scheme.Value == posture.SchemeInternal
		}},
		"two Gateways of a route":         {old: "[{name: edge, namespace: edge, sectionName: tls}]", new: "[{name: edge, namespace: edge, sectionName: tls}, {name: second, namespace: edge}]", more: strings.Replace(strings.SplitN(edge, "---", 2)[0], "name: edge,", "name: second,", 1), unknown: "spec.parentRefs[1]"},
		"the name in another namespace":   {old: "[{name: edge, namespace: edge, sectionName: tls}]", new: "[{name: edge, namespace: edge, sectionName: tls}, {name: edge, namespace: gone}]", unknown: "spec.parentRefs[1]"},
		"another controller's Gateway":    {old: "[{name: edge, namespace: edge, sectionName: tls}]", new: "[{name: edge, namespace: edge, sectionName: tls}, {name: istio, namespace: edge}]"},
		"TLS that nobody passes through":  {old: "tls: {mode: Passthrough}", new: "tls: {certificateRefs: [{name: x}]}", unknown: "spec.listeners[1].tls.mode"},
		"a kind of listener that is none": {old: "protocol: TLS, hostname: relay.example.com, tls: {mode: Passthrough}", new: "protocol: TCP", unknown: "spec.listeners[1] spec.listeners[1].protocol"},
	} {
		t.Run(name, func(t *testing.T) {
			text := edge
			if c.old != "" {
				if strings.Count(text, c.old) != 1 {
					t.Fatalf("%q is there %d times", c.old, strings.Count(text, c.old))
				}
				text = strings.Replace(text, c.old, c.new, 1)
			}
			if strings.HasPrefix(name, "U165") {
				text = text[strings.Index(text, "---")+4:]
			}
			if c.more != "" {
				text += "---\n" + c.more
			}
			p := posed(t, text)
			var unknown []string
			for _, u := range p.Unknowns {
				unknown = append(unknown, u.By.Field)
			}
			if strings.Join(unknown, " ") != c.unknown {
				t.Errorf("unknowns %v, want %q", p.Unknowns, c.unknown)
			}
			if c.holds != nil && !c.holds(t, p) {
				t.Errorf("%+v", p)
			}
		})
	}
}

// TestNothingElse: without a Gateway of its own only exported Services count.
func TestNothingElse(t *testing.T) {
	p := posed(t, strings.Replace(edge, "amazon-vpc-lattice", "istio", 1))
	if len(p.Entries)+len(p.Unknowns)+len(p.References) != 0 {
		t.Errorf("%+v", p)
	}
}
