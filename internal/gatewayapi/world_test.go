package gatewayapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

var profile = controller.Profile{
	Name: "some", ControllerNames: []string{"example.com/some"}, Classes: []string{"some"},
	Kinds: map[string][]string{"example.com": {"Known"}},
}

const class = `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: some}
spec: {controllerName: example.com/some}
---
`

// gateway is a Gateway edge/edge with listeners in flow style, and whatever else its spec holds.
func gateway(listeners, rest string) string {
	return class + `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: edge}
spec:
  gatewayClassName: some
  listeners: [` + listeners + `]
` + rest + "\n---\n"
}

const https = `{name: a, port: 443, protocol: HTTPS, hostname: a.example.com, tls: {certificateRefs: [{name: a-tls}]}}`

func load(t *testing.T, stream string) *gatewayapi.World {
	t.Helper()
	return gatewayapi.Load(controller.Cluster{}, profile, objecttest.Set(t, stream))
}

func unknowns(w *gatewayapi.World) []string {
	var out []string
	for _, u := range w.Posture.Unknowns {
		out = append(out, u.Rule+" "+u.By.Kind+" "+u.By.Field)
	}
	slices.Sort(out)
	return out
}

func TestOwns(t *testing.T) {
	named := controller.Cluster{}
	named.Controller.Name, named.Controller.GatewayClassName = "some", "edge"
	other := controller.Cluster{}
	other.Controller.Name, other.Controller.GatewayClassName = "other", "some"
	foreign := strings.Replace(class, "example.com/some", "example.com/other", 1)
	for name, c := range map[string]struct {
		cluster controller.Cluster
		objects string
		class   string
		want    bool
	}{
		"a GatewayClass names the controller":                 {controller.Cluster{}, class, "some", true},
		"a GatewayClass names another, whatever the name":     {controller.Cluster{}, foreign, "some", false},
		"a GatewayClass names another, whatever the fleet":    {other, class, "some", true},
		"the fleet names the class":                           {named, "", "edge", true},
		"the fleet gives the class to another controller":     {other, "", "some", false},
		"a well-known name":                                   {controller.Cluster{}, "", "some", true},
		"a name that nobody knows":                            {controller.Cluster{}, "", "edge", false},
		"no class at all does not match an empty fleet":       {controller.Cluster{}, "", "", false},
		"a well-known name beside the one the fleet mentions": {named, "", "some", true},
	} {
		if got := gatewayapi.Owns(c.cluster, profile, objecttest.Set(t, c.objects), c.class); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func listenerSet(namespace, name string) string {
	return fmt.Sprintf(`
apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: {name: %s, namespace: %s}
spec:
  parentRef: {name: edge, namespace: edge}
  listeners: [{name: extra, port: 8443, protocol: HTTPS, hostname: %s.example.com}]
---
`, name, namespace, name)
}

func TestListeners(t *testing.T) {
	namespace := func(name, labels string) string {
		return "apiVersion: v1\nkind: Namespace\nmetadata: {name: " + name + ", labels: {" + labels + "}}\n---\n"
	}
	selector := "  allowedListeners: {namespaces: {from: Selector, selector: {matchLabels: {team: shop}}}}"
	for name, c := range map[string]struct {
		objects string
		want    []string
		assumes int
	}{
		"by default a Gateway admits no ListenerSet":  {gateway(https, "") + listenerSet("edge", "s"), []string{"Gateway edge/edge listener a"}, 0},
		"Same admits its own namespace":               {gateway(https, "  allowedListeners: {namespaces: {from: Same}}") + listenerSet("edge", "s") + listenerSet("shop", "t"), []string{"Gateway edge/edge listener a", "ListenerSet edge/s listener extra"}, 0},
		"All admits any namespace":                    {gateway(https, "  allowedListeners: {namespaces: {from: All}}") + listenerSet("shop", "s"), []string{"Gateway edge/edge listener a", "ListenerSet shop/s listener extra"}, 0},
		"a selector admits by the namespace's labels": {gateway(https, selector) + namespace("shop", "team: shop") + listenerSet("shop", "s") + namespace("bad", "team: bad") + listenerSet("bad", "t"), []string{"Gateway edge/edge listener a", "ListenerSet shop/s listener extra"}, 0},
		"a namespace that is not in Git may match":    {gateway(https, selector) + listenerSet("shop", "s"), []string{"Gateway edge/edge listener a", "ListenerSet shop/s listener extra"}, 1},
		"a Gateway of another class is not read":      {strings.ReplaceAll(gateway(https, ""), "gatewayClassName: some", "gatewayClassName: other"), nil, 0},
	} {
		w := load(t, c.objects)
		var got []string
		for _, g := range w.Gateways {
			for _, l := range g.Listeners {
				got = append(got, l.Subject.String())
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if len(w.Posture.Assumptions) != c.assumes {
			t.Errorf("%s: assumptions %v, want %d", name, w.Posture.Assumptions, c.assumes)
		}
	}
}

func TestUnknowns(t *testing.T) {
	for name, c := range map[string]struct {
		objects string
		want    []string
	}{
		"an ordinary Gateway":                    {gateway(https, ""), nil},
		"a field that Gateway API does not have": {gateway(https, "  tlss: {}"), []string{"field Gateway spec.tlss"}},
		"a value of the wrong type":              {gateway(`{name: a, port: "443", protocol: HTTPS}`, ""), []string{"value Gateway "}},
		"a variable where a number is wanted":    {gateway(`{name: a, port: "${port}", protocol: HTTPS}`, ""), []string{"variable Gateway spec.listeners[0].port"}},
		"a variable in a protocol":               {gateway(`{name: a, port: 443, protocol: "${protocol}"}`, ""), []string{"value Gateway spec.listeners[0].protocol", "variable Gateway spec.listeners[0].protocol"}},
		"a variable in a hostname is ordinary":   {gateway(`{name: a, port: 443, protocol: HTTPS, hostname: "a.${domain}"}`, ""), nil},
		"two listeners that cannot be told apart": {
			gateway(https+`, {name: b, port: 443, protocol: TLS, hostname: a.example.com, tls: {mode: Terminate}}`, ""),
			[]string{"value Gateway spec.listeners[1]"},
		},
		"two listeners of one name":              {gateway(https+`, {name: a, port: 444, protocol: HTTPS}`, ""), []string{"value Gateway spec.listeners[1].name"}},
		"hostnames tell listeners apart":         {gateway(https+`, {name: b, port: 443, protocol: HTTPS, hostname: b.example.com}`, ""), nil},
		"TCP and HTTPS do not share a port":      {gateway(https+`, {name: b, port: 443, protocol: TCP}`, ""), []string{"value Gateway spec.listeners[1]"}},
		"a protocol in another letter case":      {gateway(`{name: a, port: 443, protocol: https}`, ""), []string{"value Gateway spec.listeners[0].protocol"}},
		"a default Gateway":                      {gateway(https, "  defaultScope: All"), []string{"field Gateway spec.defaultScope"}},
		"a route that uses default Gateways":     {gateway(https, "") + route("HTTPRoute", "edge", "r", "useDefaultGateways: All"), []string{"field HTTPRoute spec.useDefaultGateways"}},
		"a filter of a kind that nobody knows":   {gateway(https, "") + route("HTTPRoute", "edge", "r", "parentRefs: [{name: edge}], rules: [{filters: [{type: ExtensionRef, extensionRef: {group: example.com, kind: Strange, name: x}}]}]"), []string{"kind HTTPRoute spec.rules[0].filters[0].extensionRef"}},
		"a filter of a kind that is known":       {gateway(https, "") + route("HTTPRoute", "edge", "r", "parentRefs: [{name: edge}], rules: [{filters: [{type: ExtensionRef, extensionRef: {group: example.com, kind: Known, name: x}}]}]"), nil},
		"a route of another Gateway is not ours": {gateway(https, "") + route("HTTPRoute", "edge", "r", "parentRefs: [{name: other}], strange: 1"), nil},
		"a route of ours with a strange field":   {gateway(https, "") + route("HTTPRoute", "edge", "r", "parentRefs: [{name: edge}], strange: 1"), []string{"field HTTPRoute spec.strange"}},
		"an experimental ListenerSet": {
			gateway(https, "") + strings.NewReplacer("gateway.networking.k8s.io/v1", "gateway.networking.x-k8s.io/v1alpha1", "ListenerSet", "XListenerSet").Replace(listenerSet("edge", "s")),
			[]string{"kind XListenerSet "},
		},
	} {
		w := load(t, c.objects)
		for _, g := range w.Gateways {
			for _, l := range g.Listeners {
				w.Entry(l)
				w.Entry(l) // nothing is said twice
			}
		}
		if diff := cmp.Diff(c.want, unknowns(w)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func route(kind, namespace, name, spec string) string {
	return fmt.Sprintf("apiVersion: gateway.networking.k8s.io/v1\nkind: %s\nmetadata: {name: %s, namespace: %s}\nspec: {%s}\n---\n", kind, name, namespace, spec)
}

func TestRoutesAttach(t *testing.T) {
	open := func(allowed string) string {
		return gateway(`{name: a, port: 443, protocol: HTTPS, hostname: "*.example.com", allowedRoutes: {`+allowed+`}}`, "")
	}
	shop := "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: shop}}\n---\n"
	for name, c := range map[string]struct {
		objects string
		want    []string // "kind name hostnames"
		assumes int
	}{
		"no parentRefs, no attachment":                   {open("") + route("HTTPRoute", "edge", "r", "hostnames: [a.example.com]"), nil, 0},
		"a parentRef without a section":                  {open("") + route("HTTPRoute", "edge", "r", "parentRefs: [{name: edge}]"), []string{"HTTPRoute r []"}, 0},
		"a parentRef to the section":                     {open("") + route("HTTPRoute", "edge", "r", "parentRefs: [{name: edge, sectionName: a}]"), []string{"HTTPRoute r []"}, 0},
		"a parentRef to another section":                 {open("") + route("HTTPRoute", "edge", "r", "parentRefs: [{name: edge, sectionName: b}]"), nil, 0},
		"a parentRef to the port":                        {open("") + route("HTTPRoute", "edge", "r", "parentRefs: [{name: edge, port: 443}]"), []string{"HTTPRoute r []"}, 0},
		"a parentRef to another port":                    {open("") + route("HTTPRoute", "edge", "r", "parentRefs: [{name: edge, port: 80}]"), nil, 0},
		"a mesh route has a Service as its parent":       {open("") + route("HTTPRoute", "edge", "r", `parentRefs: [{group: "", kind: Service, name: edge}]`), nil, 0},
		"another namespace is not allowed by default":    {open("") + route("HTTPRoute", "shop", "r", "parentRefs: [{name: edge, namespace: edge}]"), nil, 0},
		"All allows it":                                  {open("namespaces: {from: All}") + route("HTTPRoute", "shop", "r", "parentRefs: [{name: edge, namespace: edge}]"), []string{"HTTPRoute r []"}, 0},
		"a selector allows it":                           {open("namespaces: {from: Selector, selector: {matchLabels: {team: shop}}}") + shop + route("HTTPRoute", "shop", "r", "parentRefs: [{name: edge, namespace: edge}]"), []string{"HTTPRoute r []"}, 0},
		"a selector refuses it":                          {open("namespaces: {from: Selector, selector: {matchLabels: {team: web}}}") + shop + route("HTTPRoute", "shop", "r", "parentRefs: [{name: edge, namespace: edge}]"), nil, 0},
		"a namespace that is not in Git may match":       {open("namespaces: {from: Selector, selector: {matchLabels: {team: shop}}}") + route("HTTPRoute", "shop", "r", "parentRefs: [{name: edge, namespace: edge}]"), []string{"HTTPRoute r []"}, 1},
		"a namespace that is not in Git has its name":    {open("namespaces: {from: Selector, selector: {matchLabels: {kubernetes.io/metadata.name: web}}}") + route("HTTPRoute", "shop", "r", "parentRefs: [{name: edge, namespace: edge}]"), nil, 0},
		"a kind that the listener does not allow":        {open("kinds: [{kind: GRPCRoute}]") + route("HTTPRoute", "edge", "r", "parentRefs: [{name: edge}]"), nil, 0},
		"a kind that the protocol does not carry":        {open("") + route("TCPRoute", "edge", "r", "parentRefs: [{name: edge}]"), nil, 0},
		"hostnames below the listener's wildcard":        {open("") + route("HTTPRoute", "edge", "r", "parentRefs: [{name: edge}], hostnames: [a.b.example.com, example.com, x.org]"), []string{"HTTPRoute r [a.b.example.com]"}, 0},
		"a wildcard above the listener's":                {open("") + route("HTTPRoute", "edge", "r", `parentRefs: [{name: edge}], hostnames: ["*.com"]`), []string{"HTTPRoute r [*.example.com]"}, 0},
		"no common hostname":                             {open("") + route("HTTPRoute", "edge", "r", "parentRefs: [{name: edge}], hostnames: [example.com]"), nil, 0},
		"a hostname with a variable may be any":          {open("") + route("HTTPRoute", "edge", "r", `parentRefs: [{name: edge}], hostnames: ["a.${domain}"]`), []string{"HTTPRoute r [a.${domain}]"}, 0},
		"the version of the route does not matter":       {open("") + strings.Replace(route("HTTPRoute", "edge", "r", "parentRefs: [{name: edge}]"), "k8s.io/v1", "k8s.io/v1beta1", 1), []string{"HTTPRoute r []"}, 0},
		"sorted by kind and name":                        {open("") + route("HTTPRoute", "edge", "b", "parentRefs: [{name: edge}]") + route("HTTPRoute", "edge", "a", "parentRefs: [{name: edge}]") + route("GRPCRoute", "edge", "z", "parentRefs: [{name: edge}]"), []string{"GRPCRoute z []", "HTTPRoute a []", "HTTPRoute b []"}, 0},
		"a parentRef to the Gateway spares ListenerSets": {gateway(https, "  allowedListeners: {namespaces: {from: All}}") + listenerSet("edge", "s") + route("HTTPRoute", "edge", "r", "parentRefs: [{name: s, kind: ListenerSet}]"), nil, 0},
	} {
		w := load(t, c.objects)
		var got []string
		for _, r := range w.Routes(w.Gateways[0].Listeners[0]) {
			got = append(got, r.Ref.Kind+" "+r.Ref.Name+" "+fmt.Sprint(r.Hostnames))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if len(w.Posture.Assumptions) != c.assumes {
			t.Errorf("%s: assumptions %v, want %d", name, w.Posture.Assumptions, c.assumes)
		}
	}
}

func TestRouteContent(t *testing.T) {
	const service = "apiVersion: v1\nkind: Service\nmetadata: {name: %s, namespace: %s}\nspec: {%s}\n---\n"
	const grant = `
apiVersion: gateway.networking.k8s.io/v1beta1
kind: ReferenceGrant
metadata: {name: g, namespace: relay}
spec:
  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}]
  to: [{group: "", kind: Service, name: relay}]
---
`
	objects := gateway(https, "") + grant +
		fmt.Sprintf(service, "relay", "relay", "ports: [{port: 8443}]") + fmt.Sprintf(service, "other", "relay", "ports: [{port: 80}]") +
		fmt.Sprintf(service, "out", "edge", "type: ExternalName, externalName: api.example.org") +
		route("HTTPRoute", "edge", "r", `parentRefs: [{name: edge}], rules: [
			{matches: [{path: {value: /v1}}, {path: {type: Exact, value: /x}}],
			 filters: [{type: RequestMirror, requestMirror: {backendRef: {name: gone, port: 1}}},
			           {type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: X-Forwarded-Client-Cert, value: x}], add: [{name: x-other, value: z}], remove: [Client-Cert]}}],
			 backendRefs: [{name: relay, namespace: relay, port: 8443}, {name: other, namespace: relay, port: 80, weight: 0}, {name: out, port: 443}]}]`) +
		route("HTTPRoute", "edge", "redirect", `parentRefs: [{name: edge}], rules: [{filters: [{type: RequestRedirect, requestRedirect: {scheme: https}}]}]`) +
		route("HTTPRoute", "edge", "redirect-same", `parentRefs: [{name: edge}], rules: [{filters: [{type: RequestRedirect, requestRedirect: {hostname: x.example.com}}]}]`)
	w := load(t, objects)
	routes := w.Routes(w.Gateways[0].Listeners[0])
	if len(routes) != 3 {
		t.Fatalf("%d routes, want 3: %v", len(routes), w.Posture.Unknowns)
	}
	r := routes[0]
	var got []string
	for _, b := range append(slices.Clone(r.Backends), r.Mirrors...) {
		got = append(got, fmt.Sprintf("%s/%s:%d weight %d granted %v exists %v external %v %s %s", b.Ref.Namespace, b.Ref.Name, b.Port, b.Weight, b.Granted, b.Exists, b.External, b.Host, b.From.Field))
	}
	for _, h := range r.Headers {
		got = append(got, h.Does+" "+h.Name+" "+h.By.Field)
	}
	want := []string{
		"relay/relay:8443 weight 1 granted true exists true external false  spec.rules[0].backendRefs[0]",
		"relay/other:80 weight 0 granted false exists true external false  spec.rules[0].backendRefs[1]",
		"edge/out:443 weight 1 granted true exists true external true api.example.org spec.rules[0].backendRefs[2]",
		"edge/gone:1 weight 1 granted true exists false external false  spec.rules[0].filters[0].requestMirror.backendRef",
		"set x-forwarded-client-cert spec.rules[0].filters[1].requestHeaderModifier.set[0]",
		"remove client-cert spec.rules[0].filters[1].requestHeaderModifier.remove[0]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Exact /x", "PathPrefix /v1"}, r.Paths); diff != "" {
		t.Error(diff)
	}
	for i, want := range []bool{false, true, false} {
		if routes[i].RedirectOnly != want {
			t.Errorf("route %s: redirectOnly %v, want %v", routes[i].Ref.Name, routes[i].RedirectOnly, want)
		}
	}
	grants := gatewayapi.Grants(w.Objects, w.Posture.References)
	if len(grants) != 1 || !slices.Equal(grants[0].UsedBy, []string{"HTTPRoute edge/r"}) || grants[0].ToName != "relay" {
		t.Errorf("grants %+v", grants)
	}
}

func TestGrantNeedsEveryPart(t *testing.T) {
	grant := func(namespace, from, to string) string {
		return gateway(https, "") + "apiVersion: v1\nkind: Secret\nmetadata: {name: cert, namespace: pki}\n---\n" +
			"apiVersion: gateway.networking.k8s.io/v1\nkind: ReferenceGrant\nmetadata: {name: g, namespace: " + namespace + "}\nspec: {from: [" + from + "], to: [" + to + "]}\n"
	}
	const from, to = "{group: gateway.networking.k8s.io, kind: Gateway, namespace: edge}", `{group: "", kind: Secret, name: cert}`
	for name, c := range map[string]struct {
		objects string
		want    bool
	}{
		"granted":                   {grant("pki", from, to), true},
		"granted by kind":           {grant("pki", from, `{group: "", kind: Secret}`), true},
		"in the wrong namespace":    {grant("edge", from, to), false},
		"to another name":           {grant("pki", from, `{group: "", kind: Secret, name: other}`), false},
		"to another kind":           {grant("pki", from, `{group: "", kind: ConfigMap, name: cert}`), false},
		"from another kind":         {grant("pki", "{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: edge}", to), false},
		"from another namespace":    {grant("pki", "{group: gateway.networking.k8s.io, kind: Gateway, namespace: shop}", to), false},
		"from another group":        {grant("pki", "{group: example.com, kind: Gateway, namespace: edge}", to), false},
		"no grant":                  {gateway(https, ""), false},
		"an old version of the API": {strings.ReplaceAll(grant("pki", from, to), "k8s.io/v1\nkind: ReferenceGrant", "k8s.io/v1beta1\nkind: ReferenceGrant"), true},
	} {
		w := load(t, c.objects)
		r := w.Resolve(w.Gateways[0].Object, "spec.listeners[0].tls.certificateRefs[0]", object.ID{Kind: "Secret", Namespace: "pki", Name: "cert"}, "closed")
		if r.Granted != c.want || !r.CrossNS {
			t.Errorf("%s: granted %v, want %v", name, r.Granted, c.want)
		}
	}
}

func TestFrontend(t *testing.T) {
	validation := `{caCertificateRefs: [{group: "", kind: ConfigMap, name: ca}]}`
	tls := "  tls: {frontend: {default: {validation: " + validation + "}%s}}"
	for name, c := range map[string]struct {
		rest, version string
		want          bool
		field         string
	}{
		"none":                           {"", "1.6", false, "spec"},
		"the default":                    {fmt.Sprintf(tls, ""), "1.6", true, "spec.tls.frontend.default.validation"},
		"another port":                   {fmt.Sprintf(tls, ", perPort: [{port: 8443, tls: {}}]"), "1.6", true, "spec.tls.frontend.default.validation"},
		"its port":                       {fmt.Sprintf(tls, ", perPort: [{port: 443, tls: {validation: "+validation+"}}]"), "1.6", true, "spec.tls.frontend.perPort[0].tls.validation"},
		"its port without validation":    {fmt.Sprintf(tls, ", perPort: [{port: 443, tls: {}}]"), "1.6", false, "spec.tls.frontend.perPort[0].tls"},
		"a default without validation":   {"  tls: {frontend: {default: {}}}", "", false, "spec.tls.frontend.default"},
		"a version that drops the field": {fmt.Sprintf(tls, ""), "1.4", false, "spec.tls"},
		"a version that nobody told":     {fmt.Sprintf(tls, ""), "", true, "spec.tls.frontend.default.validation"},
	} {
		cluster := controller.Cluster{}
		cluster.GatewayAPI.Version = c.version
		w := gatewayapi.Load(cluster, profile, objecttest.Set(t, gateway(https, c.rest)))
		got, by := w.Frontend(w.Gateways[0].Listeners[0])
		if (got != nil) != c.want || by.Field != c.field {
			t.Errorf("%s: %v by %s, want %v by %s", name, got, by.Field, c.want, c.field)
		}
		if dropped := c.version == "1.4"; dropped != slices.Equal(unknowns(w), []string{"newer-field Gateway spec.tls"}) {
			t.Errorf("%s: unknowns %v", name, unknowns(w))
		}
	}
}

func TestAttachment(t *testing.T) {
	namespaces := "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: shop}}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n---\n"
	for name, c := range map[string]struct {
		allowed, rest string
		want          posture.Attachment
		field         string
	}{
		"by default its own":   {"{}", "", posture.Attachment{Namespaces: []string{"edge"}}, "spec.listeners[0].allowedRoutes"},
		"all":                  {"{namespaces: {from: All}}", "", posture.Attachment{Everybody: true}, "spec.listeners[0].allowedRoutes.namespaces.from"},
		"a selector":           {"{namespaces: {from: Selector, selector: {matchLabels: {team: shop}}}}", "", posture.Attachment{Namespaces: []string{"shop"}, Selector: "team=shop"}, "spec.listeners[0].allowedRoutes.namespaces.selector"},
		"an empty selector":    {"{namespaces: {from: Selector, selector: {}}}", "", posture.Attachment{Everybody: true, Namespaces: []string{"shop", "web"}}, "spec.listeners[0].allowedRoutes.namespaces.selector"},
		"all but some":         {"{namespaces: {from: Selector, selector: {matchExpressions: [{key: team, operator: NotIn, values: [shop]}]}}}", "", posture.Attachment{Everybody: true, Namespaces: []string{"web"}, Selector: "team notin (shop)"}, "spec.listeners[0].allowedRoutes.namespaces.selector"},
		"by name":              {"{namespaces: {from: Selector, selector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [x, edge]}]}}, kinds: [{kind: HTTPRoute}]}", "", posture.Attachment{Namespaces: []string{"edge", "x"}, Selector: "kubernetes.io/metadata.name in (edge,x)", Kinds: []string{"gateway.networking.k8s.io/HTTPRoute"}}, "spec.listeners[0].allowedRoutes.namespaces.selector"},
		"foreign ListenerSets": {"{}", "  allowedListeners: {namespaces: {from: All}}", posture.Attachment{Namespaces: []string{"edge"}, Listeners: true}, "spec.allowedListeners.namespaces"},
		"own ListenerSets":     {"{}", "  allowedListeners: {namespaces: {from: Same}}", posture.Attachment{Namespaces: []string{"edge"}}, "spec.listeners[0].allowedRoutes"},
	} {
		w := load(t, gateway("{name: a, port: 443, protocol: HTTPS, allowedRoutes: "+c.allowed+"}", c.rest)+namespaces)
		got := w.Entry(w.Gateways[0].Listeners[0]).Attachment
		if c.want.Namespaces == nil {
			c.want.Namespaces = []string{}
		}
		if c.want.Kinds == nil {
			c.want.Kinds = []string{}
		}
		if diff := cmp.Diff(c.want, got.Value); diff != "" || got.By.Field != c.field {
			t.Errorf("%s: by %s, want %s; %s", name, got.By.Field, c.field, diff)
		}
	}
}

func TestEntryIsWeakUntilAReaderKnowsBetter(t *testing.T) {
	w := load(t, gateway(https+`, {name: p, port: 444, protocol: TLS, tls: {mode: Passthrough}}, {name: h, port: 80, protocol: HTTP}`, ""))
	want := []string{posture.TLSTerminate, posture.TLSPassthrough, posture.TLSNone}
	for i, l := range w.Gateways[0].Listeners {
		e := w.Entry(l)
		if e.TLS.Value != want[i] || e.ClientAuth.Value != posture.ClientNone || e.MinTLS.Value != "" || !e.Identities.Value.Everybody || !e.SourceCIDRs.Value.Everybody || e.Forwarding.Value != "forward" {
			t.Errorf("listener %s: %+v", l.Spec.Name, e)
		}
		for name, setting := range map[string]struct{ why, by string }{
			"served": {e.Served.Why, e.Served.By.Name}, "scheme": {e.Scheme.Why, e.Scheme.By.Name}, "attachment": {e.Attachment.Why, e.Attachment.By.Name},
			"tls": {e.TLS.Why, e.TLS.By.Name}, "minTLS": {e.MinTLS.Why, e.MinTLS.By.Name}, "clientAuth": {e.ClientAuth.Why, e.ClientAuth.By.Name},
			"clientCA": {e.ClientCA.Why, e.ClientCA.By.Name}, "identities": {e.Identities.Why, e.Identities.By.Name},
		} {
			if setting.why == "" || setting.by == "" {
				t.Errorf("%s of %s says neither why nor by what: %+v", name, l.Spec.Name, setting)
			}
		}
	}
}
