package istio

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// classic is a safe Gateway of Istio's own kind.
const classic = `
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: "tlsDefaults: {minProtocolVersion: TLSV1_3}"}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: old, namespace: edge}
spec:
  selector: {istio: ingressgateway}
  servers:
  - name: relay
    port: {number: 443, name: https, protocol: HTTPS}
    hosts: [./relay.example.com]
    tls: {mode: MUTUAL, credentialName: relay-tls}
  #servers
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: relay, namespace: edge}
spec:
  hosts: [relay.example.com]
  gateways: [old]
  http: [{route: [{destination: {host: relay, port: {number: 8443}}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: relay, namespace: edge}
spec: {selector: {app: relay}, ports: [{name: https, port: 8443}]}
`

const delegated = `http: [{delegate: {name: team, namespace: team}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: team, namespace: team}
spec: {http: [{route: [{destination: {host: other}}]}]}`

func TestClassicGateway(t *testing.T) {
	server := func(t *testing.T, p posture.Posture) string {
		e := entry(t, p, "relay")
		return fmt.Sprintf("%s client=%s min=%s open=%v", e.TLS.Value, fact(e.ClientAuth), e.MinTLS.Value, e.Attachment.Value.Everybody)
	}
	ways := func(_ *testing.T, p posture.Posture) string {
		if len(p.Ways) == 0 {
			return ""
		}
		return p.Ways[0].Via + " " + p.Ways[0].Service.Name + " " + p.Ways[0].By.Field
	}
	for _, tt := range []struct {
		name string
		edit []string
		look func(*testing.T, posture.Posture) string
		want string
	}{
		{"safe", more("---"), server, "terminate client=required by Gateway spec.servers[0].tls.mode min=1.3 open=false"},
		{"safe is understood", more("---"), unknowns, ""},
		{"no way around", more("---"), ways, ""},
		{"U098 the server's own floor", []string{"tls: {mode", "tls: {minProtocolVersion: TLSV1_2, mode"}, server, "terminate client=required by Gateway spec.servers[0].tls.mode min=1.2 open=false"},
		{"U099 SIMPLE", []string{"MUTUAL", "SIMPLE"}, server, "terminate client=none by Gateway spec.servers[0].tls.mode min=1.3 open=false"},
		{"U099 OPTIONAL_MUTUAL", []string{"MUTUAL", "OPTIONAL_MUTUAL"}, server, "terminate client=optional by Gateway spec.servers[0].tls.mode min=1.3 open=false"},
		{"U099 AUTO_PASSTHROUGH", []string{"MUTUAL", "AUTO_PASSTHROUGH"}, hatches, "Gateway old"},
		{"ISTIO_MUTUAL has no floor", []string{"MUTUAL, cred", "ISTIO_MUTUAL, cred"}, server, "terminate client=required by Gateway spec.servers[0].tls.mode min=1.2 open=false"},
		{"hosts of every namespace", []string{"./relay.example.com", "relay.example.com"}, server, "terminate client=required by Gateway spec.servers[0].tls.mode min=1.3 open=true"},
		{"U100 a plaintext server", []string{"#servers", "- {port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}"}, func(t *testing.T, p posture.Posture) string {
			return fact(entry(t, p, "http").TLS)
		}, "none by Gateway spec.servers[1].port.protocol"},
		{"a plaintext server that redirects", []string{"#servers", "- {port: {number: 80, name: http, protocol: HTTP}, hosts: [./relay.example.com], tls: {httpsRedirect: true}}"}, func(t *testing.T, p posture.Posture) string {
			routes := entry(t, p, "http").Routes
			return fmt.Sprint(len(routes), routes[0].RedirectOnly, len(routes[0].Backends))
		}, "1 true 0"},
		{"U101 a Gateway that is not in Git", []string{"gateways: [old]", "gateways: [mesh, other/public]"}, ways, "classic-route relay spec.gateways[1]"},
		{"a protocol in another case", []string{"protocol: HTTPS", "protocol: https"}, server, "terminate client=required by Gateway spec.servers[0].tls.mode min=1.3 open=false"},
		{"an identity header", []string{"http: [{route:", "http: [{headers: {request: {set: {X-Forwarded-Client-Cert: me}}}, route:"}, func(t *testing.T, p posture.Posture) string {
			h := entry(t, p, "relay").Routes[0].Headers[0]
			return h.Does + " " + h.Name + " " + h.By.Field
		}, "set x-forwarded-client-cert spec.http[0].headers.request.set"},
		{"a delegate", []string{"http: [{route: [{destination: {host: relay, port: {number: 8443}}}]}]", delegated}, func(t *testing.T, p posture.Posture) string {
			b := entry(t, p, "relay").Routes[0].Backends[0]
			return b.Ref.Name + " " + b.Ref.Namespace + " by " + b.From.Name
		}, "other team by team"},
		{"a delegate that is not in Git", []string{"http: [{route: [{destination: {host: relay, port: {number: 8443}}}]}]", "http: [{delegate: {name: gone}}]"}, unknowns, "value VirtualService spec.http[0].delegate"},
		{"a way around by a delegate", []string{"gateways: [old]\n  http: [{route: [{destination: {host: relay, port: {number: 8443}}}]}]", "gateways: [other/public]\n  " + delegated}, ways, "classic-route other spec.gateways[0]"},
		{"the hop", more("---"), func(t *testing.T, p posture.Posture) string {
			return fact(entry(t, p, "relay").Routes[0].Backends[0].TLS)
		}, "none by Service spec"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := cluster("upstream", "1.31", "1.6")
			c.Controller.MinTLS = ""
			if got := tt.look(t, readEdited(t, classic, tt.edit, c)); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

// classicPolicy names who may use the classic Gateway; "#proxies" takes pods.
const classicPolicy = `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: old, namespace: edge}
spec:
  selector: {matchLabels: {istio: ingressgateway}}
  rules: [{from: [{source: {principals: [corp.example.com/ns/orders/sa/orders]}}]}]
#proxies
`

// TestClassicProxies: a policy counts for the proxies of its own namespace, and Git must tell that they are there.
func TestClassicProxies(t *testing.T) {
	deployment := func(namespace string) string {
		return "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: proxies, namespace: " + namespace + "}\n" +
			"spec: {template: {metadata: {labels: {istio: ingressgateway, app: proxies}}}}\n"
	}
	const named, elsewhere = "AuthorizationPolicy old spec.rules[0].from", "everybody by Gateway spec.selector"
	for _, tt := range []struct {
		name string
		edit []string
		want string
	}{
		{"pods of the namespace", []string{"#proxies", deployment("edge")}, named},
		{"pods of another namespace", []string{"#proxies", deployment("istio-ingress")}, "everybody by Gateway spec.servers[0]"},
		{"pods of both", []string{"#proxies", deployment("edge") + deployment("istio-ingress")}, "everybody by Gateway spec.servers[0]"},
		{"no pods in Git", []string{"#proxies", ""}, elsewhere},
		{"no pods in Git, and a policy for the mesh", []string{"{name: old, namespace: edge}\nspec:\n  selector: {matchLabels: {istio: ingressgateway}}\n  rules", "{name: old, namespace: istio-system}\nspec:\n  rules"}, named},
		{"every proxy", []string{"  selector: {istio: ingressgateway}\n", "", "#proxies", deployment("edge")}, "everybody by Gateway spec.servers[0]"},
		{"the proxies of a Gateway of Gateway API", []string{
			"  selector: {istio: ingressgateway}\n", "  selector: {gateway.networking.k8s.io/gateway-name: new}\n",
			"  selector: {matchLabels: {istio: ingressgateway}}", "  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: new}]",
			"#proxies", "---\napiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: new, namespace: edge}\nspec: {gatewayClassName: istio, listeners: []}\n",
		}, named},
	} {
		t.Run(tt.name, func(t *testing.T) {
			set := objecttest.Set(t, strings.NewReplacer(tt.edit...).Replace(classic+classicPolicy))
			e := entry(t, New().Read(cluster("upstream", "1.31", "1.6"), set), "relay")
			got := e.Identities.By.Kind + " " + e.Identities.By.Name + " " + e.Identities.By.Field
			if e.Identities.Value.Everybody {
				got = "everybody by " + e.Identities.By.Kind + " " + e.Identities.By.Field
			}
			if got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}
