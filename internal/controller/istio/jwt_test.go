package istio

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

const requestAuthenticationOfEdge = `
---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: edge, namespace: edge}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]
  jwtRules: [{issuer: "https://issuer.example.com", audiences: [relay], jwksUri: "https://issuer.example.com/keys"}]
`

func TestTokens(t *testing.T) {
	const source, when = "principals: [corp.example.com/ns/orders/sa/orders]}}]", `hosts: [relay.example.com, "relay.example.com:*"]}}]`
	const asked = `principals: [corp.example.com/ns/orders/sa/orders], requestPrincipals: ["https://issuer.example.com/*"]}}]`
	const required = "required of https://issuer.example.com for relay"
	const policy = `
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: more, namespace: edge}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]
  `
	with := provider + requestAuthenticationOfEdge
	for _, tt := range []struct {
		name, base string
		edit       []string
		want       string
	}{
		{"nothing", provider, nil, "none"},
		{"verified, and let through without one", with, nil, "none"},
		{"required", with, []string{source, asked}, required},
		{"required by a condition", with, []string{when, when + "\n    when: [{key: request.auth.principal, values: ['*']}]"}, required},
		{"for another audience", with, []string{source, asked, when, when + "\n    when: [{key: request.auth.audiences, values: [other]}]"}, "required of https://issuer.example.com for other"},
		{"for any audience", with, []string{source, asked, ", audiences: [relay]", ""}, "required of https://issuer.example.com for any audience"},
		{"of any issuer that is verified", with, []string{source, `requestPrincipals: ["*"]}}]`}, required},
		{"nobody verifies it", provider, []string{source, asked}, "required of https://issuer.example.com/* for any audience"},
		{"a second source without one", with, []string{source, asked[:len(asked)-1] + ", {source: {namespaces: [orders]}}]"}, "none"},
		{"a second policy without one", with + policy + "rules: [{to: [{operation: {paths: [/health]}}]}]\n", []string{source, asked}, "none"},
		{"a second policy for another host", with + policy + "rules: [{to: [{operation: {hosts: [other.example.com]}}]}]\n", []string{source, asked}, required},
		{"a second policy in dry run", with + strings.Replace(policy, "namespace: edge}", "namespace: edge, annotations: {istio.io/dry-run: 'true'}}", 1) + "rules: [{}]\n", []string{source, asked}, required},
		{"whoever has none is refused", with + policy + "action: DENY\n  rules: [{from: [{source: {notRequestPrincipals: ['*']}}]}]\n", nil, required},
		{"whoever has none is refused on some paths", with + policy + "action: DENY\n  rules: [{from: [{source: {notRequestPrincipals: ['*']}}], to: [{operation: {paths: [/v1]}}]}]\n", nil, "none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			base := tt.base
			for i := 0; i < len(tt.edit); i += 2 {
				base = strings.Replace(base, tt.edit[i], tt.edit[i+1], 1)
			}
			e := entry(t, New().Read(cluster("upstream", "1.31", "1.6"), objecttest.Set(t, base)), "relay")
			if got := e.JWT.Value.String(); got != tt.want {
				t.Errorf("\n got %s: %s\nwant %s", got, e.JWT.Why, tt.want)
			}
		})
	}
}

// One Gateway verifies the tokens of all its listeners; each listener's rule tells them apart.
func TestTokensOfSeveralListeners(t *testing.T) {
	token := func(audience string) *controller.JWT {
		return &controller.JWT{Issuer: "https://issuer.example.com", Audiences: []string{audience}, JWKSURI: "https://issuer.example.com/keys"}
	}
	relay, stock, open := listenerIntent("relay", "relay.example.com", ordersURI), listenerIntent("stock", "stock.example.com"), listenerIntent("open", "open.example.com")
	relay.JWT, stock.JWT = token("relay"), token("stock")
	c := cluster("upstream", "1.31", "1.6")
	objects, err := New().WriteGateway(c, gatewayIntent(open, relay, stock))
	if err != nil {
		t.Fatal(err)
	}
	p := New().Read(c, objecttest.Of(t, objects))
	for listener, want := range map[string]string{
		"relay": "required of https://issuer.example.com for relay", "stock": "required of https://issuer.example.com for stock", "open": posture.JWTNone,
	} {
		if got := entry(t, p, listener).JWT.Value.String(); got != want {
			t.Errorf("%s: got %s, want %s", listener, got, want)
		}
	}
	stock.JWT.JWKSURI = "https://other.example.com/keys"
	if _, err := New().WriteGateway(c, gatewayIntent(relay, stock)); err == nil {
		t.Error("an issuer with two sets of keys is written")
	}
}
