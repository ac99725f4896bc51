package nginx

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// testCluster is an EKS cluster whose trust domain's bundle is in the fleet, not in Git.
func testCluster() controller.Cluster {
	c := controller.Cluster{Name: "eks-prod", Cloud: "eks", NetworkPolicyEngine: "vpc-cni"}
	c.Controller.Name, c.Controller.Version = "nginx", "2.6.7"
	c.GatewayAPI.Version = "1.5"
	c.TrustDomains = []controller.TrustDomain{{Name: "corp", ConfigMap: "corp-ca", SHA256: []string{strings.Repeat("9b", 32)}}}
	return c
}

// variant is one change of a file: old for new, more documents behind it, another cluster; and what is then read.
type variant struct {
	name           string
	old, new, more string
	cluster        func(*controller.Cluster)
	want           []string
}

func runVariants(t *testing.T, file string, variants []variant) {
	t.Helper()
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			raw, err := os.ReadFile("testdata/" + file)
			if err != nil {
				t.Fatal(err)
			}
			text := string(raw)
			if n := strings.Count(text, v.old); v.old != "" && n != 1 {
				t.Fatalf("%s has %q %d times", file, v.old, n)
			}
			if v.old != "" {
				text = strings.Replace(text, v.old, v.new, 1)
			}
			if v.more != "" {
				text += "---\n" + v.more
			}
			c := testCluster()
			if v.cluster != nil {
				v.cluster(&c)
			}
			facts := said(New().Read(c, objecttest.Set(t, text)))
			for _, want := range v.want {
				if !slices.Contains(facts, want) {
					t.Errorf("%q is not among %q", want, facts)
				}
			}
		})
	}
}

// said is a posture as short facts.
func said(p posture.Posture) []string {
	var out []string
	fact := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, e := range p.Entries {
		name := e.Subject.Listener
		fact("%s.min=%s", name, e.MinTLS.Value)
		fact("%s.max=%s", name, e.MaxTLS.Value)
		fact("%s.auth=%s", name, e.ClientAuth.Value)
		fact("%s.auth@=%s", name, e.ClientAuth.By.Field)
		fact("%s.served=%t", name, e.Served.Value)
		fact("%s.cas=%d", name, len(e.ClientCA.Value))
		fact("%s.scheme=%s", name, e.Scheme.Value)
		fact("%s.sources=%s", name, strings.Join(e.SourceCIDRs.Value.CIDRs, " "))
		fact("%s.forwarding=%s", name, e.Forwarding.Value)
		fact("%s.resumption=%t", name, e.Resumption.Value)
		for _, r := range e.Routes {
			for _, b := range r.Backends {
				fact("hop=%s %s %d", b.TLS.Value, b.Name.Value, len(b.CA.Value))
			}
		}
	}
	for _, x := range p.Exits {
		fact("exit=%s:%d", x.Host, x.Port)
		fact("exit.certificate=%s", x.Certificate.Value)
		fact("exit.names=%s", strings.Join(x.Names.Value, " "))
		fact("exit.min=%s", x.MinTLS.Value)
		fact("exit.everybody=%t", x.Users.Value.Everybody)
	}
	for _, u := range p.Unknowns {
		fact("unknown/%s %s", u.Rule, u.By.Field)
	}
	for _, h := range p.Hatches {
		fact("hatch %s %s", h.By.Kind, h.By.Field)
	}
	fact("exits=%d unknowns=%d hatches=%d", len(p.Exits), len(p.Unknowns), len(p.Hatches))
	return out
}

func TestReadListener(t *testing.T) {
	const (
		option  = `options: {nginx.org/ssl-protocols: TLSv1.3}`
		ca      = `      default: {validation: {caCertificateRefs: [{group: "", kind: ConfigMap, name: corp-ca}]}}` + "\n"
		lone    = `[{group: "", kind: ConfigMap, name: corp-ca}]}}` + "\n"
		sibling = `apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: {name: more, namespace: edge}
spec:
  parentRef: {name: edge}
  listeners: [{name: more, port: 443, protocol: HTTPS, hostname: more.example.com, tls: {certificateRefs: [{name: more-tls}]}}]
`
	)
	version := func(v string) func(*controller.Cluster) {
		return func(c *controller.Cluster) { c.Controller.Version = v }
	}
	admit := "  gatewayClassName: nginx\n  allowedListeners: {namespaces: {from: Same}}\n"
	runVariants(t, "relay.yaml", []variant{
		{name: "as it should be", want: []string{"relay.min=1.3", "relay.max=1.3", "relay.auth=required", "relay.cas=1", "relay.served=true",
			"relay.forwarding=sanitize", "relay.sources=20.50.0.0/28", "hop=tls relay.edge.svc 1", "exits=0 unknowns=0 hatches=0"}},
		{name: "no option", old: ", " + option, want: []string{"relay.min=1.2", "relay.max=1.3"}},
		{name: "the lowest of the list is the floor", old: option, new: `options: {nginx.org/ssl-protocols: "TLSv1.3 TLSv1.1"}`, want: []string{"relay.min=1.1", "relay.max=1.3"}},
		{name: "options before 2.4", cluster: version("2.3.0"), want: []string{"relay.min=1.2", "relay.auth=none"}},
		{name: "the frontend before 2.6", cluster: version("2.5.1"), want: []string{"relay.min=1.3", "relay.auth=none", "relay.auth@=spec.tls.frontend.default.validation"}},
		{name: "a version that nobody knows", cluster: version(""), want: []string{"unknown/version spec.tls.frontend.default.validation", `unknown/version spec.listeners[0].tls.options["nginx.org/ssl-protocols"]`}},
		{name: "CRDs that drop the frontend", cluster: func(c *controller.Cluster) { c.GatewayAPI.Version = "1.4" }, want: []string{"relay.auth=none", "unknown/newer-field spec.tls"}},
		{name: "perPort without validation falls back", old: ca, new: ca + "      perPort: [{port: 443, tls: {}}]\n", want: []string{"relay.auth=required"}},
		{name: "perPort of another port", old: ca, new: ca + `      perPort: [{port: 8443, tls: {validation: {mode: AllowInsecureFallback, caCertificateRefs: [{group: "", kind: ConfigMap, name: corp-ca}]}}}]` + "\n", want: []string{"relay.auth=required"}},
		{name: "perPort that is weaker", old: ca, new: ca + `      perPort: [{port: 443, tls: {validation: {mode: AllowInsecureFallback, caCertificateRefs: [{group: "", kind: ConfigMap, name: corp-ca}]}}}]` + "\n",
			want: []string{"relay.auth=none", "relay.auth@=spec.tls.frontend.perPort[0].tls.validation.mode"}},
		{name: "no CA is there", old: ca, new: strings.Replace(ca, "corp-ca", "gone", 1), want: []string{"relay.served=false"}},
		{name: "one CA of two is there", old: ca, new: strings.Replace(ca, lone, `[{group: "", kind: ConfigMap, name: corp-ca}, {group: "", kind: ConfigMap, name: gone}]}}`+"\n", 1), want: []string{"relay.served=true", "relay.auth=required", "relay.cas=2"}},
		{name: "a ListenerSet has the Gateway's validation and its own floor", old: "  gatewayClassName: nginx\n", new: admit, more: sibling, want: []string{"more.auth=required", "more.min=1.2", "relay.min=1.3"}},
		{name: "TLS that ends on a TLS listener", old: "protocol: HTTPS", new: "protocol: TLS", cluster: version("2.7.0"), want: []string{"relay.served=true", "relay.auth=none", "relay.min=1.3"}},
		{name: "and before 2.7", old: "protocol: HTTPS", new: "protocol: TLS", want: []string{"relay.served=false"}},
		{name: "sessions of an hour", old: "TLSv1.3}", new: "TLSv1.3, nginx.org/ssl-session-timeout: 1h}", want: []string{"relay.resumption=true"}},
		{name: "sessions of a minute", old: "TLSv1.3}", new: "TLSv1.3, nginx.org/ssl-session-timeout: \"60\"}", want: []string{"relay.resumption=false"}},
		{name: "a rule that hands headers on", old: "  rules:\n", new: "  rules:\n  - {backendRefs: [{name: relay, port: 8443}]}\n", want: []string{"relay.forwarding=forward"}},
		{name: "two policies of one hop, of which one names the port", more: `apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: other, namespace: edge}
spec: {targetRefs: [{group: "", kind: Service, name: relay, sectionName: https}], validation: {hostname: other.edge.svc, wellKnownCACertificates: System}}
`, want: []string{"hop=tls  2"}},
		{name: "names of the hop are ignored", old: "  validation: {hostname: relay.edge.svc,", new: "  validation: {subjectAltNames: [{type: Hostname, hostname: other.edge.svc}], hostname: relay.edge.svc,", want: []string{"hop=tls relay.edge.svc 1"}},
	})
}

// TestReadProxy: the Gateway's NginxProxy counts over that of its class, field by field.
func TestReadProxy(t *testing.T) {
	class := func(spec string) string {
		return `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: nginx}
spec:
  controllerName: gateway.nginx.org/nginx-gateway-controller
  parametersRef: {group: gateway.nginx.org, kind: NginxProxy, name: class, namespace: nginx-gateway}
---
apiVersion: gateway.nginx.org/v1alpha2
kind: NginxProxy
metadata: {name: class, namespace: nginx-gateway}
spec: {` + spec + "}\n"
	}
	const own = "  kubernetes: {service: {"
	runVariants(t, "relay.yaml", []variant{
		{name: "the class's type", more: class("kubernetes: {service: {type: ClusterIP}}"), want: []string{"relay.scheme=cluster"}},
		{name: "the Gateway's type", old: own, new: own + "type: LoadBalancer, ", more: class("kubernetes: {service: {type: ClusterIP}}"), want: []string{"relay.scheme=internet-facing", "relay.sources=20.50.0.0/28"}},
		{name: "the class's check of SNI", more: class("disableSNIHostValidation: true"), want: []string{"hatch NginxProxy spec.disableSNIHostValidation"}},
		{name: "the Gateway's check of SNI", old: own, new: "  disableSNIHostValidation: false\n" + own, more: class("disableSNIHostValidation: true"), want: []string{"exits=0 unknowns=0 hatches=0"}},
		{name: "the class's patches stay", old: own, new: own + "type: LoadBalancer, ", more: class("kubernetes: {service: {patches: [{value: {}}]}}"), want: []string{"hatch NginxProxy spec.kubernetes.service.patches"}},
		{name: "the chart's image", more: class("kubernetes: {deployment: {container: {image: {repository: ghcr.io/nginx/nginx-gateway-fabric/nginx, tag: 2.6.7}}}}"), want: []string{"exits=0 unknowns=0 hatches=0"}},
		{name: "a NginxProxy that is not there", old: "kind: NginxProxy, name: edge", new: "kind: NginxProxy, name: gone", want: []string{"relay.sources="}},
		{name: "no NginxProxy", old: "kind: NginxProxy, name: edge", new: "kind: ConfigMap, name: edge", want: []string{"unknown/value spec.infrastructure.parametersRef"}},
		{name: "an address of its own", old: "  listeners:\n", new: "  addresses: [{type: IPAddress, value: 192.0.2.1}]\n  listeners:\n", want: []string{"relay.scheme=unknown"}},
		{name: "a load balancer that ends TLS", old: "  infrastructure:\n", new: "  infrastructure:\n    annotations: {service.beta.kubernetes.io/aws-load-balancer-ssl-cert: arn:aws:acm:x}\n", want: []string{"relay.auth=none", "relay.min=1.0"}},
		{name: "a BIG-IP in front", more: "apiVersion: gateway.nginx.org/v1alpha1\nkind: ExternalLoadBalancer\nmetadata: {name: edge, namespace: edge}\nspec: {targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}], gatewayLink: {}}\n", want: []string{"hatch ExternalLoadBalancer spec.gatewayLink"}},
		{name: "a snippet of a route", more: "apiVersion: gateway.nginx.org/v1alpha1\nkind: SnippetsPolicy\nmetadata: {name: edge, namespace: edge}\nspec: {targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: relay}], snippets: []}\n", want: []string{"hatch SnippetsPolicy spec.snippets"}},
		{name: "a snippet of another Gateway", more: "apiVersion: gateway.nginx.org/v1alpha1\nkind: SnippetsPolicy\nmetadata: {name: edge, namespace: other}\nspec: {targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}], snippets: []}\n", want: []string{"exits=0 unknowns=0 hatches=0"}},
	})
}

func TestReadExit(t *testing.T) {
	runVariants(t, "egress.yaml", []variant{
		{name: "as it should be", want: []string{"exit=relay.example.com:443", "exit.certificate=Secret orders/orders-client-tls", "exit.names=relay.example.com", "exit.min=1.2", "exit.everybody=false", "relay.scheme=cluster", "exits=1 unknowns=0 hatches=0"}},
		{name: "no certificate", old: "  tls: {backend: {clientCertificateRef: {name: orders-client-tls}}}\n", want: []string{"exit.certificate="}},
		{name: "gRPC presents none", old: "kind: HTTPRoute", new: "kind: GRPCRoute", want: []string{"exit.certificate="}},
		{name: "plaintext presents none", old: "kind: Service, name: relay-out}", new: "kind: Service, name: other}", want: []string{"exit.certificate=", "exit.names="}},
		{name: "no engine", cluster: func(c *controller.Cluster) { c.NetworkPolicyEngine = "" }, want: []string{"exit.everybody=true"}},
		{name: "a policy around other pods", old: "gateway-name: orders-egress}", new: "gateway-name: other}", want: []string{"exit.everybody=true"}},
		{name: "a policy by a label that tells of the installation", old: "{gateway.networking.k8s.io/gateway-name: orders-egress}", new: "{app.kubernetes.io/instance: ngf}", want: []string{"exit.everybody=true"}},
	})
}

// TestReadOthers: a cluster without a Gateway of this controller has nothing to say, whatever other objects are there.
func TestReadOthers(t *testing.T) {
	runVariants(t, "relay.yaml", []variant{{name: "another class", old: "gatewayClassName: nginx", new: "gatewayClassName: eg", want: []string{"exits=0 unknowns=0 hatches=0"}}})
}
