//go:build e2e && linux

package suite

import (
	"fmt"
	"strings"

	"github.com/gatespan/gatespan/internal/e2e/pki"
	"github.com/gatespan/gatespan/internal/object"
)

// beside adds objects beside each object of a kind of Gateway API, as text with {name} and {namespace} of that object in it.
func beside(kind string, made func(o *object.Object) string) func(string) string {
	return func(text string) string {
		all, err := decode([]byte(text))
		if err != nil || len(all) != 1 || all[0].Kind != kind || all[0].Group() != "gateway.networking.k8s.io" {
			return text
		}
		return text + strings.NewReplacer("{name}", all[0].Name, "{namespace}", all[0].Namespace).Replace(made(all[0]))
	}
}

// guarded adds a SecurityPolicy of Envoy Gateway for each object of a kind.
func guarded(kind, spec string) func(string) string {
	return beside(kind, func(*object.Object) string {
		return `---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: SecurityPolicy
metadata: {name: beside-{name}, namespace: {namespace}}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: ` + kind + `, name: {name}}]
  ` + spec + "\n"
	})
}

// What SecurityPolicies beside ask for.
const (
	addressesAlone = `authorization: {defaultAction: Deny, rules: [{action: Allow, principal: {clientCIDRs: ["10.1.2.0/24", "2001:db8::/32"]}}]}`
	twoIssuers     = `jwt: {providers: [{name: a, issuer: "https://a.example.com", audiences: [relay, stock], remoteJWKS: {uri: "https://a.example.com/keys"}}, ` +
		`{name: b, issuer: "https://b.example.com", audiences: [ledger], localJWKS: {inline: '{"keys":[]}'}}]}`
)

// classicBeside adds a Gateway of Istio's own API, with a server of each kind, and a VirtualService.
func classicBeside(o *object.Object) string {
	out := `---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: classic-{name}, namespace: {namespace}}
spec:
  selector: {app: classic-{name}}
  servers:
  - {port: {number: 8080, name: plain, protocol: HTTP}, hosts: ["./*.example.org"]}
  - {port: {number: 8081, name: redirect, protocol: HTTP}, hosts: ["redirect.example.org"], tls: {httpsRedirect: true}}
  - {port: {number: 15443, name: through, protocol: TLS}, hosts: ["through.example.org"], tls: {mode: PASSTHROUGH}}
`
	for i, tls := range []string{
		"mode: SIMPLE, credentialName: own", "mode: MUTUAL, credentialName: own", "mode: MUTUAL, credentialName: own, minProtocolVersion: TLSV1_3",
		"mode: MUTUAL, credentialName: own, minProtocolVersion: TLSV1_1, maxProtocolVersion: TLSV1_2", "mode: OPTIONAL_MUTUAL, credentialName: own, caCertCredentialName: roots-cacert",
		"mode: MUTUAL, credentialName: own, caCertCredentialName: roots-cacert", "mode: ISTIO_MUTUAL",
	} {
		out += fmt.Sprintf("  - {port: {number: %d, name: https-%d, protocol: HTTPS}, hosts: [\"*/h%d.example.org\"], tls: {%s}}\n", 9440+i, i, i, tls)
	}
	return out + `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: classic-{name}, namespace: {namespace}}
spec:
  hosts: ["*.example.org"]
  gateways: [classic-{name}]
  http: [{route: [{destination: {host: behind.{namespace}.svc.cluster.local, port: {number: 8080}}}]}]
---
apiVersion: v1
kind: Service
metadata: {name: behind, namespace: {namespace}}
spec: {selector: {app: behind}, ports: [{name: http, port: 8080}]}
`
}

// classicPolicy adds who may use the classic Gateway, and its proxies: in its own namespace, for which the policy holds, or in another one.
func classicPolicy(proxies string) func(o *object.Object) string {
	return func(o *object.Object) string {
		return classicBeside(o) + `---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: classic-{name}, namespace: {namespace}}
spec:
  selector: {matchLabels: {app: classic-{name}}}
  rules: [{from: [{source: {principals: [corp.example.com/ns/orders/sa/orders]}}], to: [{operation: {hosts: [h1.example.org, "h1.example.org:*"]}}]}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: classic-{name}, namespace: ` + proxies + `}
spec:
  selector: {matchLabels: {app: classic-{name}}}
  template:
    metadata: {labels: {app: classic-{name}}}
    spec: {containers: [{name: istio-proxy, image: auto}]}
`
	}
}

// listenerSet adds one of another namespace to each Gateway, with or without the CA that Istio looks for there.
func listenerSet(ca bool) func(string) string {
	tenant, err := pki.New("tenant")
	if err != nil {
		return func(text string) string { return text } // and then nothing is compared, which the row says
	}
	added := beside("Gateway", func(o *object.Object) string {
		out := `---
apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: {name: added-{name}, namespace: tenant}
spec:
  parentRef: {name: {name}, namespace: {namespace}}
  listeners:
  - {name: same, hostname: same.example.org, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: own}]}}
  - {name: other, hostname: other.example.org, port: 9443, protocol: HTTPS, tls: {certificateRefs: [{name: own}]}}
  - {name: optional, hostname: optional.example.org, port: 9444, protocol: HTTPS, tls: {certificateRefs: [{name: own}], options: {` + terminateMode + `OPTIONAL_MUTUAL}}}
  - {name: mesh, hostname: mesh.example.org, port: 9445, protocol: HTTPS, tls: {certificateRefs: [{name: own}], options: {` + terminateMode + `ISTIO_SIMPLE}}}
  - {name: plain, hostname: plain.example.org, port: 9080, protocol: HTTP}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: added-{name}, namespace: tenant}
spec:
  parentRefs: [{kind: ListenerSet, name: added-{name}}]
  rules: [{backendRefs: [{name: behind, port: 8080}]}]
`
		name := o.Text(object.Item("spec.tls.frontend.default.validation.caCertificateRefs", 0) + ".name")
		if ca && name != "" {
			out += "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + ", namespace: tenant}\ndata:\n  ca.crt: |\n    " + strings.ReplaceAll(strings.TrimSpace(tenant.PEM), "\n", "\n    ") + "\n"
		}
		return out
	})
	return func(text string) string {
		if out := added(text); out != text {
			return strings.Replace(out, "\nspec:\n", "\nspec:\n  allowedListeners: {namespaces: {from: All}}\n", 1)
		}
		return text
	}
}
