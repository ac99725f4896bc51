package gate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

// TestAskedOfRequests: what people had a controller ask of requests beside certificates and tokens is not less than at the base.
func TestAskedOfRequests(t *testing.T) {
	const (
		file       = "apps/web/web.yaml"
		middleware = "apiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {name: NAME, namespace: web}\nspec: {DOES}\n"
		filter     = "filters: [{type: ExtensionRef, extensionRef: {group: traefik.io, kind: Middleware, name: guard}}]"
		nginx      = "filters: [{type: ExtensionRef, extensionRef: {group: gateway.nginx.org, kind: AuthenticationFilter, name: guard}}]"
		security   = "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: SecurityPolicy\nmetadata: {name: guard, namespace: web}\nspec:\n  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: web}]\n"
		admits     = "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: guard, namespace: web}\nspec:\n  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: web}]\n"
		basic      = "  basicAuth: {users: {name: users}}\n"
		paths      = "{to: [{operation: {paths: [/public*]}}]}"
		denies     = "  action: DENY\n  rules: [{to: [{operation: {paths: [/admin*]}}]}]\n"
	)
	guard := func(does string) string {
		return strings.NewReplacer("NAME", "guard", "DOES", does).Replace(middleware)
	}
	for _, c := range []struct {
		name, controller string
		filter, policy   string // what guards
		old, with        string // the change; "" for old is that the policy goes
		decides          string // "" when the change is safe
	}{
		{"a Middleware goes", "traefik", filter, guard("ipAllowList: {sourceRange: [10.0.0.0/8]}"), "", "", "HTTPRoute web/web"},
		{"its filter goes", "traefik", filter, guard("ipAllowList: {sourceRange: [10.0.0.0/8]}"), "    " + filter + "\n", "", "HTTPRoute web/web"},
		{"it admits more", "traefik", filter, guard("ipAllowList: {sourceRange: [10.0.0.0/8]}"), "10.0.0.0/8", "0.0.0.0/0", "Middleware web/guard"},
		{"it admits less", "traefik", filter, guard("ipAllowList: {sourceRange: [10.0.0.0/8]}"), "10.0.0.0/8", "10.1.0.0/16", ""},
		{"it believes a header", "traefik", filter, guard("ipAllowList: {sourceRange: [10.0.0.0/8]}"), "[10.0.0.0/8]}", "[10.0.0.0/8], ipStrategy: {depth: 2}}", "Middleware web/guard"},
		{"it answers otherwise", "traefik", filter, guard("ipAllowList: {sourceRange: [10.0.0.0/8]}"), "[10.0.0.0/8]}", "[10.0.0.0/8], rejectStatusCode: 404}", ""},
		{"other passwords", "traefik", filter, guard("basicAuth: {secret: users}"), "secret: users", "secret: everybody", "Middleware web/guard"},
		{"passwords go", "traefik", filter, guard("digestAuth: {secret: users}"), "digestAuth: {secret: users}", "compress: {}", "HTTPRoute web/web"},
		{"another realm", "traefik", filter, guard("basicAuth: {secret: users}"), "secret: users", "secret: users, realm: shop", ""},
		{"a server is no longer asked", "traefik", filter, guard("forwardAuth: {address: \"https://auth.example.com\"}"), "    " + filter + "\n", "", "HTTPRoute web/web"},
		{"a plugin is no longer asked", "traefik", filter, guard("plugin: {auth: {}}"), "    " + filter + "\n", "", "HTTPRoute web/web"},
		{"one of a chain goes", "traefik", filter, guard("chain: {middlewares: [{name: office}, {name: guard}]}") + "---\n" +
			strings.NewReplacer("NAME", "office", "DOES", "ipAllowList: {sourceRange: [10.0.0.0/8]}").Replace(middleware), "{name: office}, ", "", "HTTPRoute web/web"},
		{"a password of NGINX", "nginx", nginx, "apiVersion: gateway.nginx.org/v1alpha1\nkind: AuthenticationFilter\nmetadata: {name: guard, namespace: web}\nspec: {type: Basic, basic: {secretRef: {name: users}, realm: x}}\n",
			"    " + nginx + "\n", "", "HTTPRoute web/web"},
		{"a password of Envoy Gateway", "envoy-gateway", "", security + basic, "", "", "HTTPRoute web/web"},
		{"other users of Envoy Gateway", "envoy-gateway", "", security + basic, "{name: users}", "{name: everybody}", "SecurityPolicy web/guard"},
		{"a policy of the route takes its place", "envoy-gateway", "", security + basic, "kind: Gateway, name: web}]\n" + basic, "kind: Gateway, name: web}]\n" + basic +
			"---\n" + strings.NewReplacer("kind: Gateway", "kind: HTTPRoute", "name: guard", "name: other").Replace(security) + "  cors: {allowOrigins: [\"https://a\"]}\n", "HTTPRoute web/web"},
		{"a policy of the route beside it", "envoy-gateway", "", security + basic, "kind: Gateway, name: web}]\n" + basic, "kind: Gateway, name: web}]\n" + basic +
			"---\n" + strings.NewReplacer("kind: Gateway", "kind: HTTPRoute", "name: guard", "name: other").Replace(security) + "  mergeType: StrategicMerge\n  cors: {allowOrigins: [\"https://a\"]}\n", ""},
		{"a server that need not answer", "envoy-gateway", "", security + "  extAuth: {http: {backendRefs: [{name: auth, port: 80}]}}\n", "extAuth: {", "extAuth: {failOpen: true, ", "HTTPRoute web/web"},
		{"what a policy of a route admits", "envoy-gateway", "", strings.Replace(security, "kind: Gateway", "kind: HTTPRoute", 1) + "  authorization: {rules: [{action: Allow, principal: {clientCIDRs: [10.0.0.0/8]}}]}\n",
			"10.0.0.0/8", "10.0.0.0/7", "SecurityPolicy web/guard"},
		{"claims", "envoy-gateway", "", security + "  authorization: {rules: [{action: Allow, principal: {headers: [{name: x, values: [y]}]}}]}\n", "values: [y]", "values: [y, z]", "SecurityPolicy web/guard"},
		{"tokens that others sign", "envoy-gateway", "", security + "  jwt: {providers: [{name: a, issuer: https://a.example.com, audiences: [a], remoteJWKS: {uri: https://a.example.com/keys}}]}\n", "a.example.com/keys", "b.example.com/keys", "SecurityPolicy web/guard"},
		{"tokens that others sign, too", "istio", "", strings.Replace(admits, "AuthorizationPolicy", "RequestAuthentication", 1) + "  jwtRules: [{issuer: https://a.example.com, jwksUri: https://a.example.com/keys}]\n---\n" +
			admits + "  rules: [{from: [{source: {requestPrincipals: [\"https://a.example.com/*\"]}}]}]\n", "a.example.com/keys", "b.example.com/keys", "AuthorizationPolicy web/guard"},
		{"what Istio refuses", "istio", "", admits + denies, "/admin*", "/admin/x", "AuthorizationPolicy web/guard"},
		{"a policy of Istio goes", "istio", "", admits + denies, "", "", "Gateway web/web"},
		{"what Istio admits", "istio", "", admits + "  rules: [" + paths + "]\n", "/public*", "/*", "AuthorizationPolicy web/guard"},
		{"a claim that Istio asks for", "istio", "", admits + "  rules: [{when: [{key: \"request.auth.claims[groups]\", values: [admin]}]}]\n", "values: [admin]", "values: [admin, everybody]", "AuthorizationPolicy web/guard"},
		{"names that Istio refuses", "istio", "", admits + "  rules: [{when: [{key: connection.sni, notValues: [a.example.com]}]}, {to: [{operation: {paths: [/p]}}]}]\n", "notValues: [a.example.com]", "notValues: [b.example.com]", "AuthorizationPolicy web/guard"},
		{"a namespace beside the principal", "istio", "", admits + "  rules: [{from: [{source: {principals: [\"*\"], namespaces: [a]}}]}]\n", ", namespaces: [a]", "", "Gateway web/web"},
		{"another policy of Istio", "istio", "", admits + denies, "  action: DENY", "  action: DENY\n  ", ""},
		{"Istio refuses more", "istio", "", admits + denies, "[{to: [{operation: {paths: [/admin*]}}]}]", "[{to: [{operation: {paths: [/admin*]}}]}, {to: [{operation: {methods: [DELETE]}}]}]", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			versions := map[string]string{"traefik": "3.7.13", "nginx": "2.6.7", "envoy-gateway": "1.9.1", "istio": "1.31"}
			class := map[string]string{"traefik": "traefik", "nginx": "nginx", "envoy-gateway": "eg", "istio": "istio"}[c.controller]
			with := ""
			if c.filter != "" {
				with = "    " + c.filter + "\n"
			}
			r := gatetest.New(t, map[string]string{
				"fleet/fleet.yaml": `clusters:
  shop:
    cloud: eks
    controller: {name: ` + c.controller + `, version: "` + versions[c.controller] + `", gatewayClassName: ` + class + `}
    gatewayAPI: {version: "1.6"}
    path: apps
`,
				"apps/web/kustomization.yaml": "resources: [web.yaml, guard.yaml]\n",
				"apps/web/guard.yaml":         c.policy,
				file: `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: web, namespace: web}
spec:
  gatewayClassName: ` + class + `
  listeners: [{name: web, port: 443, protocol: HTTPS, hostname: web.example.com, tls: {certificateRefs: [{name: web-tls}]}}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web, namespace: web}
spec:
  parentRefs: [{name: web}]
  rules:
  - matches: [{path: {value: /admin}}]
` + with + `    backendRefs: [{name: web, port: 8080}]
`,
			})
			switch {
			case c.old == "":
				r.Write("apps/web/guard.yaml", "# nothing is left\n")
			case strings.Contains(c.policy, c.old):
				r.Replace("apps/web/guard.yaml", c.old, c.with)
			default:
				r.Replace(file, c.old, c.with)
			}
			judged := r.Check(gate.Options{Base: "HEAD"})
			for _, f := range judged.Findings {
				if f.Rule == "change/weaker" && f.Object.Kind+" "+f.Object.Namespace+"/"+f.Object.Name == c.decides && f.Severity == finding.Block && f.Line > 0 {
					return
				}
			}
			if c.decides != "" || slices.ContainsFunc(judged.Findings, func(f finding.Finding) bool { return f.Rule == "change/weaker" }) {
				for _, f := range judged.Findings {
					t.Errorf("%s %s %s: %s", f.Severity, f.Rule, f.Object, f.Message)
				}
				t.Errorf("want %q", c.decides)
			}
		})
	}
}
