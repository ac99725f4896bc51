//go:build e2e && linux

package suite

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/e2e/around"
	"github.com/gatespan/gatespan/internal/e2e/pki"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// translated holds the posture of one cluster against what its proxies get.
type translated struct {
	facts       controller.Cluster
	posture     posture.Posture
	objects     []*object.Object // of the overlays, and what is around them
	proxies     map[string]*xds  // "namespace/gateway"
	compared    int
	said        int // of them by the status of objects
	differences []string
	refused     []string // objects that admission refuses
	wanted      []string // what must be so

	lenient bool  // what the translators close may be read as open: after a change, much of what they refuse is not modelled
	closed  tally // what was, by field
}

// tally counts by field.
type tally map[string]int

func (t *tally) add(field string) {
	if *t == nil {
		*t = tally{}
	}
	(*t)[field]++
}

// with are both counts.
func (t tally) with(other tally) tally {
	out := maps.Clone(t)
	for field, n := range other {
		if out == nil {
			out = tally{}
		}
		out[field] += n
	}
	return out
}

// String is "; 3 are closed and read as open: backend 2, served 1", or nothing.
func (t tally) String() string {
	var all []string
	sum := 0
	for _, field := range slices.Sorted(maps.Keys(t)) {
		all, sum = append(all, fmt.Sprintf("%s %d", field, t[field])), sum+t[field]
	}
	if sum == 0 {
		return ""
	}
	return fmt.Sprintf("; %d are closed and read as open: %s", sum, strings.Join(all, ", "))
}

func (c *translated) same(at, field string, sent, read any) {
	c.compared++
	if fmt.Sprint(sent) != fmt.Sprint(read) {
		c.differences = append(c.differences, fmt.Sprintf("%s: %s is %v in the translation and %v in the posture", at, field, sent, read))
	}
}

// open compares whether something is let in. The posture may never say closed where the translation is open.
func (c *translated) open(at, field string, sent, read bool) {
	if c.lenient && read && !sent {
		c.compared++
		c.closed.add(field)
		return
	}
	c.same(at, field, sent, read)
}

func envoyGateway() translator {
	return translator{
		name: "envoy-gateway", area: "Envoy Gateway's translators: what the proxies get is what the posture says", weakened: weakenedEnvoyGateway,
		question: func(t *translated) (any, error) {
			own, err := ownCertificate()
			if !slices.ContainsFunc(t.objects, func(o *object.Object) bool {
				return o.Kind == "GatewayClass" && o.Text("spec.controllerName") == "gateway.envoyproxy.io/gatewayclass-controller"
			}) {
				return nil, nil
			}
			if err != nil {
				return nil, err
			}
			all := []*object.Object{own}
			for i, o := range t.objects {
				if o.Kind == "Service" && o.Group() == "" && o.Text("spec.clusterIP") == "" && o.Text("spec.type") != "ExternalName" {
					if o, err = addressed(o, fmt.Sprintf("10.96.%d.%d", 2+i/250, 1+i%250)); err != nil {
						return nil, err
					}
				}
				all = append(all, o)
			}
			return stream(all)
		},
		compare: (*translated).envoyGateway,
	}
}

// ownCertificate is what Envoy Gateway's certgen makes for the way between its controller and the proxies.
func ownCertificate() (*object.Object, error) {
	authority, err := pki.New("envoy-gateway")
	if err != nil {
		return nil, err
	}
	pair, err := authority.Issue(pki.Want{Name: "envoy", DNS: []string{"*.envoy-gateway-system"}, Both: true})
	if err != nil {
		return nil, err
	}
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	return object.New(around.Made("v1", "Secret", "envoy-gateway-system", "envoy", map[string]any{"type": "kubernetes.io/tls",
		"data": map[string]any{"tls.crt": encode(pair.Certificate), "tls.key": encode(pair.Key), "ca.crt": encode(authority.PEM)}}), object.Origin{})
}

// addressed is a Service with the address that the API server gives it.
func addressed(o *object.Object, address string) (*object.Object, error) {
	spec, _ := o.Get("spec").(map[string]any)
	data, spec := maps.Clone(o.Data), maps.Clone(spec)
	spec["clusterIP"] = address
	data["spec"] = spec
	return object.New(data, o.Origin)
}

func (c *translated) envoyGateway() {
	for _, e := range c.posture.Entries {
		if e.Controller == "envoy-gateway" {
			c.entry(e)
		}
	}
	used := map[int]bool{}
	for _, e := range c.posture.Entries {
		for _, r := range e.Routes {
			for _, b := range r.Backends {
				used[b.ExitIndex] = true
			}
		}
	}
	for i, x := range c.posture.Exits {
		if x.Controller == "envoy-gateway" && x.Gateway.Name != "" {
			c.same(fmt.Sprintf("%s to %s", x.Subject, x.Host), "reached by a route", true, used[i])
		}
	}
}

func (c *translated) entry(e posture.Entry) {
	at := e.Subject.String()
	hostname, proxy := c.proxy(e)
	port := proxyPort(e.Port)
	chain := proxy.chain(port, hostname, "TCP")
	raw := e.Protocol == "TLS" || e.Protocol == "TCP" // such a listener is made of its routes: without one there is nothing to serve
	if raw && len(e.Routes) == 0 {
		return
	}
	if chain != nil && (chain.manager().Cluster == "EmptyCluster" || e.TLS.Value == posture.TLSTerminate && chain.TransportSocket == nil && !raw &&
		chain.manager().RDS.RouteConfigName != ownName(e)) {
		chain = nil // it leads nowhere, or is that of another listener on the port, which takes every name
	}
	c.open(at, "served", chain != nil, e.Served.Value)
	if chain == nil {
		return
	}
	tls := chain.tls()
	c.same(at, "tls", tls != nil, e.TLS.Value == posture.TLSTerminate)
	c.same(at, "http3", proxy.chain(port, hostname, "UDP") != nil, e.HTTP3.Value)
	if routes := proxy.routes(chain, hostname); len(routes) > 0 && !slices.ContainsFunc(routes, func(r xdsRoute) bool { return r.DirectResponse.Status != 500 }) {
		c.open(at, "answers", false, !missing(e)) // what is asked of clients does not matter then
		return
	}
	c.routes(at, proxy, chain, hostname, e)
	if tls == nil {
		return
	}
	v := proxy.validation(tls)
	// One of two policies was taken, and the weaker of each is read; what a QUIC listener does with a certificate is no more than assumed.
	if e.HTTP3.Value || tied(e.ClientAuth.Why, e.MinTLS.Why, e.Identities.Why, e.ClientCA.Why) {
		c.same(at, "clientAuth is no weaker", posture.CompareClientAuth(e.ClientAuth.Value, clientAuth(tls, v)) != posture.Weaker, true)
		c.same(at, "minTLS is no weaker", posture.CompareVersion(e.MinTLS.Value, tls.lowest()) != posture.Weaker, true)
		return
	}
	c.same(at, "clientAuth", clientAuth(tls, v), e.ClientAuth.Value)
	c.same(at, "minTLS", tls.lowest(), e.MinTLS.Value)
	c.same(at, "maxTLS", tls.highest(), e.MaxTLS.Value)
	c.same(at, "resumption", !tls.DisableStatelessSessionResumption || !tls.DisableStatefulSessionResumption, e.Resumption.Value)
	if clientAuth(tls, v) != posture.ClientNone {
		c.same(at, "clientCA", v.roots, c.roots(e.ClientCA.Value))
		c.same(at, "identities", v.names, identities(e.Identities.Value))
		c.same(at, "expired", v.expired, e.Expired.Value)
	}
	if manager := chain.manager(); manager.RDS.RouteConfigName != "" {
		c.same(at, "forwarding", forwarding[manager.ForwardClientCertDetails], e.Forwarding.Value)
	}
}

// ownName is how Envoy Gateway calls an entry (irListenerName in internal/gatewayapi/helpers.go).
func ownName(e posture.Entry) string {
	out := e.Gateway.Namespace + "/" + e.Gateway.Name
	if e.Subject.Kind == "ListenerSet" {
		out += "/" + e.Subject.Namespace + "/" + e.Subject.Name
	}
	return out + "/" + e.Subject.Listener
}

// tied reports whether the age of two objects decides, which Git does not tell.
func tied(reasons ...string) bool {
	return slices.ContainsFunc(reasons, func(why string) bool { return strings.Contains(why, "Git does not tell which") })
}

// missing reports whether a CA of the entry, or of a hop behind it, is one that nothing makes.
func missing(e posture.Entry) bool {
	all := slices.Clone(e.ClientCA.Value)
	for _, r := range e.Routes {
		for _, b := range r.Backends {
			all = append(all, b.CA.Value...)
		}
	}
	return slices.ContainsFunc(all, func(a posture.Anchor) bool { return a.Source == "missing" })
}

// proxy is what the proxies of an entry's Gateway get, and the name by which the entry is found there.
func (c *translated) proxy(e posture.Entry) (hostname string, proxy *xds) {
	if len(e.Hostnames) > 0 {
		hostname = e.Hostnames[0]
	}
	namespace := e.Gateway.Namespace
	if classic(e) {
		namespace = c.proxiesIn(e, c.selected(e))
	}
	if proxy = c.proxies[namespace+"/"+e.Gateway.Name]; proxy == nil {
		proxy = &xds{}
	}
	return hostname, proxy
}

// proxyPort is where Envoy Gateway's proxies listen for a port of the listener (wellKnownPortShift in internal/gatewayapi/helpers.go).
func proxyPort(port int) int {
	if port < 1024 {
		return port + 10000
	}
	return port
}

// clientAuth: a certificate that is not verified is as good as none, so require_client_certificate alone proves nothing.
func clientAuth(t *xdsTLS, v validation) string {
	switch {
	case !v.given || v.untrusted:
		return posture.ClientNone
	case t.RequireClientCertificate:
		return posture.ClientRequired
	default:
		return posture.ClientOptional
	}
}

// forwarding is what a proxy does with a client's own X-Forwarded-Client-Cert (http_connection_manager.proto, ForwardClientCertDetails).
var forwarding = map[string]string{"": "sanitize", "SANITIZE": "sanitize", "SANITIZE_SET": "sanitize", "APPEND_FORWARD": "append", "FORWARD_ONLY": "forward", "ALWAYS_FORWARD_ONLY": "forward"}

func identities(i posture.Identities) []string {
	out := []string{}
	if i.Everybody {
		return out
	}
	for _, one := range i.Accepted {
		out = append(out, one.Type+" "+one.Match+" "+one.Value)
	}
	slices.Sort(out)
	return out
}

// roots are the fingerprints of what the anchors' objects hold.
func (c *translated) roots(anchors []posture.Anchor) []string {
	out := []string{}
	for _, a := range anchors {
		for _, o := range c.objects {
			if o.Kind != a.Ref.Kind || o.Namespace != a.Ref.Namespace || o.Name != a.Ref.Name {
				continue
			}
			out = append(out, fingerprints([]byte(decoded(o, "ca.crt")))...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var ruleField = regexp.MustCompile(`^spec\.rules\[(\d+)\](?:\.backendRefs\[(\d+)\])?`)

// routes compares which routes are attached, what they ask of a request, and the hop to each of their backends.
func (c *translated) routes(at string, proxy *xds, chain *xdsChain, hostname string, e posture.Entry) {
	routes := proxy.routes(chain, hostname)
	sent := map[string]bool{} // "httproute/namespace/name"
	for _, r := range routes {
		if parts := strings.SplitN(r.Name, "/", 4); len(parts) == 4 {
			sent[strings.Join(parts[:3], "/")] = true
		}
	}
	manager := chain.manager()
	for _, name := range append([]string{manager.Cluster}, clusterNames(manager)...) {
		if parts := strings.SplitN(name, "/", 4); len(parts) == 4 {
			sent[strings.Join(parts[:3], "/")] = true
		}
	}
	read := map[string]bool{}
	for _, r := range e.Routes {
		name := strings.ToLower(r.Ref.Kind) + "/" + r.Ref.Namespace + "/" + r.Ref.Name
		read[name] = true
		for _, b := range r.Backends {
			c.backend(at+" "+r.Ref.Kind+" "+r.Ref.Namespace+"/"+r.Ref.Name, name, proxy, b)
		}
	}
	for name := range maps.Clone(read) {
		if c.lenient && !sent[name] {
			delete(read, name)
			c.closed.add("attached routes")
		}
	}
	c.same(at, "attached routes", fmt.Sprint(sent), fmt.Sprint(read)) // maps print sorted
	if len(routes) == 0 {
		return
	}
	asks, err := chain.routeTokens(routes)
	admitted, unread := routesSources(routes)
	if err := errors.Join(err, unread); err != nil {
		c.differences = append(c.differences, fmt.Sprintf("%s: %v", at, err))
		return
	}
	if !tied(e.JWT.Why) {
		c.asked(at, asks, e.JWT.Value)
	}
	c.keys(at, chain)
	c.sources(at, admitted, manager.UseRemoteAddress && manager.XffNumTrustedHops == 0 && len(manager.OriginalIPDetectionExtensions) == 0, e)
}

func clusterNames(f xdsFilter) []string {
	var out []string
	for _, c := range f.WeightedClusters.Clusters {
		out = append(out, c.Name)
	}
	return out
}

func (c *translated) backend(at, route string, proxy *xds, b posture.Backend) {
	field := ruleField.FindStringSubmatch(b.From.Field)
	if field == nil || field[2] == "" {
		c.same(at, "backend", "in a rule", b.From.Field)
		return
	}
	at += " " + b.Ref.Kind + " " + b.Ref.Namespace + "/" + b.Ref.Name
	rule := field[1]
	if strings.HasPrefix(route, "tls") || strings.HasPrefix(route, "tcp") {
		rule = "-1" // routes of layer 4 have one cluster (processTLSRouteParentRefs in internal/gatewayapi/route.go)
	}
	var number int
	fmt.Sscan(field[2], &number)
	tls, found := proxy.upstream(route+"/rule/"+rule, number)
	c.open(at, "backend", found, b.Granted) // the Service is made by around, where Git has none
	if !found {
		return
	}
	want, anchors, names, floor, sni, certificate := b.TLS.Value, b.CA.Value, []string{b.Name.Value}, b.MinTLS.Value, "", ""
	if b.ExitIndex >= 0 {
		x := c.posture.Exits[b.ExitIndex]
		want, anchors, names, floor, sni, certificate = x.TLS.Value, x.CA.Value, x.Names.Value, x.MinTLS.Value, x.SNI, x.Certificate.Value
	}
	if tied(b.TLS.Why, b.CA.Why, b.Name.Why) {
		return
	}
	c.same(at, "hop.tls", tls != nil, want == "tls")
	if tls == nil {
		return
	}
	v := proxy.validation(tls)
	c.same(at, "hop.verified", v.given && !v.untrusted, len(anchors) > 0)
	c.same(at, "hop.system", v.system, slices.ContainsFunc(anchors, func(a posture.Anchor) bool { return a.System }))
	if !v.system {
		c.same(at, "hop.ca", v.roots, c.roots(anchors))
	}
	c.same(at, "hop.names", checkedNames(v.names), slices.DeleteFunc(slices.Sorted(slices.Values(names)), func(s string) bool { return s == "" }))
	c.same(at, "hop.minTLS", tls.lowest(), floor)
	if b.ExitIndex >= 0 {
		c.same(at, "hop.sni", tls.SNI, sni) // of a pod the posture has the name alone
	}
	if proxy.waits(tls) {
		c.open(at, "hop", false, true)
		return
	}
	c.same(at, "hop.certificate", proxy.certificate(tls, c.objects), certificate)
}

// checkedNames are the names without their type, which the posture does not keep for a server.
func checkedNames(names []string) []string {
	out := []string{}
	for _, n := range names {
		_, value, _ := strings.Cut(n, " exact ")
		out = append(out, value)
	}
	slices.Sort(out)
	return out
}
