package envoygateway

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// securityPolicy is a SecurityPolicy of the Gateway's namespace.
func securityPolicy(name, target, spec string) edit {
	return edit{more: "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: SecurityPolicy\nmetadata: {name: " + name + ", namespace: edge}\nspec:\n  targetRefs: [{group: gateway.networking.k8s.io, " +
		target + "}]\n  " + spec + "\n"}
}

func TestTokensAreTheLeastOfAllRoutes(t *testing.T) {
	const gateway, listener, route, rule = "kind: Gateway, name: edge", "kind: Gateway, name: edge, sectionName: relay", "kind: HTTPRoute, name: relay", "kind: HTTPRoute, name: relay, sectionName: one"
	provider := func(issuer, audiences string) string {
		return "{name: t, " + issuer + audiences + "remoteJWKS: {uri: https://issuer.example.com/keys}}"
	}
	const issuer, audiences = "issuer: https://issuer.example.com, ", "audiences: [relay], "
	jwt := func(extra string, providers ...string) string {
		return "jwt: {" + extra + "providers: [" + strings.Join(providers, ", ") + "]}"
	}
	safe := jwt("", provider(issuer, audiences))
	const required = "required of https://issuer.example.com for relay"
	for name, c := range map[string]struct {
		edits []edit
		want  string
	}{
		"none":                            {nil, "none"},
		"on the Gateway":                  {[]edit{securityPolicy("a", gateway, safe)}, required},
		"on the listener":                 {[]edit{securityPolicy("a", listener, safe)}, required},
		"on another listener":             {[]edit{securityPolicy("a", "kind: Gateway, name: edge, sectionName: other", safe)}, "none"},
		"on its only route":               {[]edit{securityPolicy("a", route, safe)}, required},
		"on a rule of its route":          {[]edit{securityPolicy("a", rule, safe)}, "none"},
		"optional":                        {[]edit{securityPolicy("a", listener, jwt("optional: true, ", provider(issuer, audiences)))}, "optional"},
		"fails open":                      {[]edit{securityPolicy("a", listener, jwt("failOpen: true, ", provider(issuer, audiences)))}, "none"},
		"any issuer":                      {[]edit{securityPolicy("a", listener, jwt("", provider("", audiences)))}, "required of any issuer for relay"},
		"any audience":                    {[]edit{securityPolicy("a", listener, jwt("", provider(issuer, "")))}, "required of https://issuer.example.com for any audience"},
		"a second provider":               {[]edit{securityPolicy("a", listener, jwt("", provider(issuer, audiences), strings.Replace(provider("issuer: https://other.example.com, ", audiences), "name: t", "name: u", 1)))}, "required of https://issuer.example.com, https://other.example.com for relay"},
		"the listener's replaces":         {[]edit{securityPolicy("a", gateway, safe), securityPolicy("b", listener, "cors: {}")}, "none"},
		"a route's replaces":              {[]edit{securityPolicy("a", listener, safe), securityPolicy("b", route, "cors: {}")}, "none"},
		"a rule's replaces":               {[]edit{securityPolicy("a", listener, safe), securityPolicy("b", rule, "cors: {}")}, "none"},
		"a route's is merged":             {[]edit{securityPolicy("a", listener, safe), securityPolicy("b", route, "cors: {}\n  mergeType: StrategicMerge")}, required},
		"a route's merged one is weaker":  {[]edit{securityPolicy("a", listener, safe), securityPolicy("b", route, jwt("optional: true, ", provider(issuer, audiences))+"\n  mergeType: JSONMerge")}, "optional"},
		"a merged one above is weaker":    {[]edit{securityPolicy("a", listener, jwt("optional: true, ", provider(issuer, audiences))), securityPolicy("b", route, safe+"\n  mergeType: JSONMerge")}, "optional"},
		"two of one target":               {[]edit{securityPolicy("a", listener, safe), securityPolicy("b", listener, "cors: {}")}, "none"},
		"two of one target, both require": {[]edit{securityPolicy("a", listener, safe), securityPolicy("b", listener, jwt("", provider(issuer, "audiences: [other], ")))}, "required of https://issuer.example.com for other, relay"},
		"a field that is not known":       {[]edit{securityPolicy("a", listener, jwt("allowMissing: true, ", provider(issuer, audiences)))}, required + " field"},
	} {
		t.Run(name, func(t *testing.T) {
			p := New().Read(testCluster("1.9.1"), objecttest.Set(t, edited(t, "relay.yaml", c.edits)))
			got := p.Entries[0].JWT.Value.String()
			for _, u := range p.Unknowns {
				if strings.HasPrefix(u.By.Field, "spec.jwt") {
					got += " " + u.Rule
				}
			}
			if got != c.want {
				t.Errorf("\n got %s: %s by %s\nwant %s", got, p.Entries[0].JWT.Why, p.Entries[0].JWT.By.Name, c.want)
			}
		})
	}
}

// TestSecurityPolicyForNothing: one for a kind that the API server takes none for asks nothing of anybody, and is said.
func TestSecurityPolicyForNothing(t *testing.T) {
	for kind, want := range map[string]bool{"TLSRoute": true, "UDPRoute": true, "HTTPRoute": false, "Gateway": false, "ListenerSet": false} {
		p := New().Read(testCluster("1.9.1"), objecttest.Set(t, edited(t, "relay.yaml", []edit{securityPolicy("a", "kind: "+kind+", name: raw", "cors: {}")})))
		said := slices.ContainsFunc(p.Unknowns, func(u posture.Unknown) bool {
			return u.By.Kind == kindSecurityPolicy && strings.HasSuffix(u.By.Field, ".kind") && strings.Contains(u.Why, kind)
		})
		if said != want {
			t.Errorf("%s: said %v, want %v: %+v", kind, said, want, p.Unknowns)
		}
	}
}
