//go:build e2e && linux

package suite

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

func (c *translated) istio() {
	for _, e := range c.posture.Entries {
		if e.Controller == "istio" {
			c.istioEntry(e)
		}
	}
	for _, x := range c.posture.Exits {
		if x.Controller == "istio" && x.Gateway.Name != "" && x.Destination.Kind == "ServiceEntry" {
			c.istioExit(x)
		}
	}
}

// classic reports whether an entry is of a Gateway of Istio's own API, whose proxies are whatever it selects.
func classic(e posture.Entry) bool {
	return strings.HasPrefix(e.Listener.APIVersion, "networking.istio.io/")
}

func (c *translated) istioEntry(e posture.Entry) {
	at := e.Subject.String()
	hostname, proxy := c.proxy(e)
	chain := proxy.chain(e.Port, hostname, "TCP")
	raw := e.Protocol == "TLS" || e.Protocol == "TCP" // such a listener is made of where its routes lead
	if leads := slices.ContainsFunc(e.Routes, func(r posture.Route) bool {
		return slices.ContainsFunc(r.Backends, func(b posture.Backend) bool { return b.Granted })
	}); raw && !leads {
		return
	}
	c.open(at, "served", chain != nil, e.Served.Value)
	if chain == nil {
		return
	}
	tls := chain.tls()
	c.same(at, "tls", tls != nil, e.TLS.Value == posture.TLSTerminate)
	c.same(at, "http3", proxy.chain(e.Port, hostname, "UDP") != nil, e.HTTP3.Value)
	if sent := chain.principals(hostname); raw && len(sent) == 0 {
		c.open(at, "lets somebody in", false, true) // a rule that asks for what only HTTP has lets nobody in by TCP
	} else {
		// In which namespace the proxies of a classic Gateway are need not be in Git, and then the posture counts on none of its policies.
		if classic(e) && e.Identities.Value.Everybody && !slices.Equal(sent, everybody) {
			c.open(at, "lets everybody in", false, true)
		} else {
			c.same(at, "identities", sent, principals(e.Identities.Value))
		}
		c.istioTokens(at, chain, e.JWT.Value)
		c.sources(at, chain.policySources(hostname), true, e)
	}
	if manager := chain.manager(); manager.RDS.RouteConfigName != "" {
		c.same(at, "forwarding", forwarding[manager.ForwardClientCertDetails], e.Forwarding.Value)
	}
	c.istioRoutes(at, proxy, chain, hostname, e)
	if tls == nil {
		return
	}
	auth, ca := tls.verified()
	c.same(at, "clientAuth", auth, e.ClientAuth.Value)
	c.same(at, "minTLS", tls.lowest(), e.MinTLS.Value)
	c.same(at, "maxTLS", tls.highest(), e.MaxTLS.Value)
	if e.ClientAuth.Value != posture.ClientNone {
		c.same(at, "clientCA", ca, authorities(e.ClientCA.Value))
	}
}

// verified is what a proxy asks of certificates, and the object that has the CA: SDS names it.
func (t *xdsTLS) verified() (auth, ca string) {
	common := t.CommonTLSContext
	name := common.ValidationContextSdsSecretConfig.Name
	if name == "" {
		name = common.CombinedValidationContext.ValidationContextSdsSecretConfig.Name
	}
	untrusted := common.ValidationContext.TrustChainVerification == "ACCEPT_UNTRUSTED" ||
		common.CombinedValidationContext.DefaultValidationContext.TrustChainVerification == "ACCEPT_UNTRUSTED"
	switch {
	case name == "" || untrusted:
		return posture.ClientNone, authority(name)
	case t.RequireClientCertificate:
		return posture.ClientRequired, authority(name)
	default:
		return posture.ClientOptional, authority(name)
	}
}

// authority is the object that an SDS name refers to: "kubernetes://NAME-cacert", "configmap://NAMESPACE/NAME-cacert"; the mesh's own root
// is ROOTCA, and those of the system a file. "-cacert" asks for the CA beside a certificate, in the Secret of that name or in the certificate's own.
func authority(secret string) string {
	switch {
	case secret == "ROOTCA":
		return "istio-ca-root-cert"
	case secret == "file-root:system":
		return "the system's"
	case strings.HasPrefix(secret, "invalid://"): // closed: nothing delivers it
		return "missing"
	}
	_, path, _ := strings.Cut(secret, "://")
	return strings.TrimSuffix(path[strings.LastIndexByte(path, '/')+1:], "-cacert")
}

func authorities(anchors []posture.Anchor) string {
	var out []string
	for _, a := range anchors {
		switch {
		case a.System:
			a.Ref.Name = "the system's"
		case a.Source == "missing":
			a.Ref.Name = "missing"
		}
		out = append(out, strings.TrimSuffix(a.Ref.Name, "-cacert"))
	}
	return strings.Join(out, ",")
}

// everybody is who is let in where no RBAC filter is, or where one lets in every identity.
var everybody = []string{"everybody"}

// principals are the identities of the posture as RBAC filters name them.
func principals(i posture.Identities) []string {
	out := []string{}
	if i.Everybody {
		return everybody
	}
	for _, id := range i.Accepted {
		text := "spiffe://" + strings.TrimPrefix(id.Value, "spiffe://")
		if id.Match != "exact" {
			text = id.Match + " " + text
		}
		out = append(out, text)
	}
	slices.Sort(out)
	return out
}

// principals are the identities that the chain's RBAC filters let in under a name, and whatever else such a filter does. Policies that name
// hosts, and not this one, let nobody in there.
func (f *xdsChain) principals(hostname string) []string {
	out, all := []string{}, f.rbac()
	for _, filter := range all {
		if action := filter.Rules.Action; action != "" && action != "ALLOW" {
			out = append(out, "action "+action)
			continue
		}
		for _, policy := range filter.Rules.Policies {
			if !policy.admits(hostname) {
				continue
			}
			before := len(out)
			if texts(policy.Principals, &out); len(out) == before {
				out = append(out, everybody...) // it asks for no name
			}
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(all) == 0 || slices.Contains(out, "regex .+") || slices.Contains(out, everybody[0]) {
		return everybody
	}
	return out
}

// admits reports whether a policy may be for requests to a name.
func (p xdsPolicy) admits(hostname string) bool {
	var hosts []string
	texts(p.Permissions, &hosts)
	if suffix, wildcard := strings.CutPrefix(hostname, "*"); wildcard {
		return len(hosts) == 0 || slices.ContainsFunc(hosts, func(h string) bool { return strings.HasSuffix(h, suffix) })
	}
	return len(hosts) == 0 || hostname == "" || slices.Contains(hosts, hostname)
}

func (f *xdsChain) rbac() []xdsRBAC {
	var out []xdsRBAC
	for _, filter := range f.Filters {
		if strings.HasSuffix(filter.Name, ".rbac") && filter.TypedConfig.Rules != nil { // else in dry run
			out = append(out, filter.TypedConfig.xdsRBAC)
		}
		for _, inner := range filter.TypedConfig.HTTPFilters {
			var rbac xdsRBAC
			if strings.HasSuffix(inner.Name, ".rbac") && json.Unmarshal(inner.TypedConfig, &rbac) == nil && rbac.Rules != nil {
				out = append(out, rbac)
			}
		}
	}
	return out
}

// texts gathers what matchers of certificates compare with; what is negated is marked. Those of tokens are told apart by their metadata.
func texts(value any, out *[]string) {
	switch v := value.(type) {
	case []any:
		for _, inner := range v {
			texts(inner, out)
		}
	case map[string]any:
		for key, inner := range v {
			switch text, isText := inner.(string); {
			case key == "metadata" || key == "sourcedMetadata": // of a token
			case isText && key == "exact":
				*out = append(*out, text)
			case isText && (key == "prefix" || key == "suffix" || key == "regex"):
				*out = append(*out, key+" "+text)
			case key == "notId":
				*out = append(*out, "not "+fmt.Sprint(inner))
			default:
				texts(inner, out)
			}
		}
	}
}

// istioTokens compares what is asked of tokens: Istio lets a request without one through, unless an RBAC filter asks for what a token says.
func (c *translated) istioTokens(at string, chain *xdsChain, j posture.JWT) {
	filters, err := chain.tokens()
	if err != nil {
		c.differences = append(c.differences, fmt.Sprintf("%s: %v", at, err))
	}
	sent := posture.JWT{Value: posture.JWTNone}
	for _, filter := range filters {
		sent.Value = posture.JWTOptional
		for _, p := range filter.Providers {
			sent.Issuers = append(sent.Issuers, p.Issuer)
			sent.Audiences = append(sent.Audiences, p.Audiences...)
		}
	}
	for _, filter := range chain.rbac() {
		text, _ := json.Marshal(filter.Rules.Policies)
		if sent.Value != posture.JWTNone && (strings.Contains(string(text), `"metadata"`) || strings.Contains(string(text), `"sourcedMetadata"`)) {
			sent.Value = posture.JWTRequired
		}
	}
	c.keys(at, chain)
	// A RequestAuthentication refuses tokens that are not valid on all listeners of the Gateway. The posture leaves that out where a rule lets
	// requests without a token in, so that one exposure does not change what is said of another.
	c.same(at, "jwt is required", sent.Value == posture.JWTRequired, j.Value == posture.JWTRequired)
	if j.Value == posture.JWTRequired {
		slices.Sort(sent.Issuers)
		slices.Sort(sent.Audiences)
		c.same(at, "jwt.issuers", sent.Issuers, j.Issuers)
		c.same(at, "jwt.audiences", sent.Audiences, j.Audiences)
	}
}

// istioRoutes compares which routes are attached, where they lead, and the hop to each of their backends. Routes are named
// NAMESPACE.NAME.RULE.
func (c *translated) istioRoutes(at string, proxy *xds, chain *xdsChain, hostname string, e posture.Entry) {
	manager := chain.manager()
	sent, read := map[string]map[string]bool{}, map[string]map[string]bool{} // route, cluster
	if manager.RDS.RouteConfigName == "" {
		return
	}
	for _, r := range proxy.routes(chain, hostname) {
		name, _, found := cutLast(r.Name, ".")
		if found == classic(e) || r.Route.Cluster == "" && len(r.Route.WeightedClusters.Clusters) == 0 {
			continue // it is of the other API, with which one port is shared, or answers by itself
		}
		if !found {
			name = classicRoutes
		}
		if sent[name] == nil {
			sent[name] = map[string]bool{}
		}
		for _, to := range append([]xdsName{{r.Route.Cluster}}, r.Route.WeightedClusters.Clusters...) {
			if strings.HasPrefix(to.Name, "outbound|") {
				sent[name][to.Name] = true
			}
		}
	}
	for _, r := range e.Routes {
		name := r.Ref.Namespace + "." + r.Ref.Name
		if classic(e) {
			name = classicRoutes
		}
		if len(r.Backends) > 0 && read[name] == nil {
			read[name] = map[string]bool{}
		}
		for _, b := range r.Backends {
			if b.ExitIndex >= 0 && c.doubted(c.posture.Exits[b.ExitIndex]) {
				return
			}
			to := c.istioCluster(b)
			if b.Granted {
				read[name][to] = true
				c.istioHop(at+" "+r.Ref.Kind+" "+r.Ref.Namespace+"/"+r.Ref.Name+" "+b.Ref.Kind+" "+b.Ref.Namespace+"/"+b.Ref.Name, proxy.cluster(to), b)
			}
		}
	}
	c.same(at, "attached routes", slices.Sorted(maps.Keys(sent)), slices.Sorted(maps.Keys(read)))
	c.same(at, "backends", fmt.Sprint(sent), fmt.Sprint(read)) // maps print sorted
}

// classicRoutes stands for those of VirtualServices, whose routes have no names.
const classicRoutes = "VirtualServices"

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// istioCluster is the name of the cluster for a backend.
func (c *translated) istioCluster(b posture.Backend) string {
	host := b.Ref.Name + "." + b.Ref.Namespace + ".svc.cluster.local"
	if b.ExitIndex >= 0 {
		host = c.meshHost(c.posture.Exits[b.ExitIndex])
	}
	return fmt.Sprintf("outbound|%d||%s", b.Port, host)
}

// doubted reports whether the posture says that it does not understand where an exit leads: then nothing rests on what it says of it.
func (c *translated) doubted(x posture.Exit) bool {
	return slices.ContainsFunc(c.posture.Unknowns, func(u posture.Unknown) bool {
		return u.By.Kind == x.Destination.Kind && u.By.Namespace == x.Destination.Namespace && u.By.Name == x.Destination.Name
	})
}

// meshHost is the host by which the mesh knows where an exit leads.
func (c *translated) meshHost(x posture.Exit) string {
	for _, o := range c.objects {
		if o.Kind == x.Destination.Kind && o.Namespace == x.Destination.Namespace && o.Name == x.Destination.Name {
			return o.Text(object.Item("spec.hosts", 0))
		}
	}
	return x.Host
}

func (x *xds) cluster(name string) *xdsCluster {
	for i := range x.Clusters {
		if x.Clusters[i].Name == name {
			return &x.Clusters[i]
		}
	}
	return nil
}

// istioHop compares the hop to a Service of the cluster; exits are compared by themselves.
func (c *translated) istioHop(at string, sent *xdsCluster, b posture.Backend) {
	c.same(at, "cluster", sent != nil, true)
	if sent == nil || b.ExitIndex >= 0 || b.TLS.Value == "mesh" && sent.TransportSocket == nil { // that hop is encrypted by the pods' labels
		return
	}
	tls := sent.upstream()
	c.same(at, "hop.tls", tls != nil, b.TLS.Value != posture.TLSNone)
	if tls == nil {
		return
	}
	_, ca := tls.verified()
	c.same(at, "hop.ca", ca, authorities(b.CA.Value))
	c.same(at, "hop.name", strings.Join(tls.serverNames(), ","), b.Name.Value)
	c.same(at, "hop.minTLS", tls.lowest(), b.MinTLS.Value)
}

func (c *xdsCluster) upstream() *xdsTLS {
	if c.TransportSocket == nil {
		return nil
	}
	return &c.TransportSocket.TypedConfig
}

// serverNames are the names that a server's certificate must carry.
func (t *xdsTLS) serverNames() []string {
	out := []string{}
	for _, v := range []xdsValidation{t.CommonTLSContext.ValidationContext, t.CommonTLSContext.CombinedValidationContext.DefaultValidationContext} {
		for _, m := range v.MatchSubjectAltNames {
			out = append(out, m.Exact)
		}
		for _, m := range v.MatchTypedSubjectAltNames {
			out = append(out, m.Matcher.Exact)
		}
	}
	return out
}

// istioExit compares a call of another cluster through a gateway with the cluster for its ServiceEntry.
func (c *translated) istioExit(x posture.Exit) {
	if c.doubted(x) {
		return
	}
	at := fmt.Sprintf("%s to %s:%d", x.Subject, x.Host, x.Port)
	proxy := c.proxies[x.Gateway.Namespace+"/"+x.Gateway.Name]
	if proxy == nil {
		proxy = &xds{}
	}
	name := fmt.Sprintf("outbound|%d||%s", x.Port, c.meshHost(x))
	sent := proxy.cluster(name)
	c.same(at, "cluster "+name, sent != nil, true)
	if sent == nil {
		return
	}
	var dialled []string
	for _, e := range sent.LoadAssignment.Endpoints {
		for _, l := range e.LbEndpoints {
			dialled = append(dialled, l.Endpoint.Address.SocketAddress.Address)
		}
	}
	c.same(at, "endpoint", dialled, []string{x.Host})
	tls := sent.upstream()
	c.same(at, "tls", tls != nil, x.TLS.Value == "tls")
	if tls == nil {
		return
	}
	verified, ca := tls.verified()
	c.same(at, "sni", tls.SNI, x.SNI)
	names := tls.serverNames()
	for _, options := range sent.TypedExtensionProtocolOptions {
		if options.UpstreamHTTPProtocolOptions.AutoSanValidation {
			names = append(names, x.Host) // to which the route rewrites the host
		}
	}
	c.same(at, "names", names, x.Names.Value)
	c.same(at, "verified", verified != posture.ClientNone, len(x.CA.Value) > 0)
	c.same(at, "CA", ca, authorities(x.CA.Value))
	c.same(at, "minTLS", tls.lowest(), x.MinTLS.Value)
	presented := ""
	if all := tls.CommonTLSContext.TLSCertificateSdsSecretConfigs; len(all) > 0 {
		presented = "Secret " + x.Gateway.Namespace + "/" + strings.TrimPrefix(all[0].Name, "kubernetes://")
	}
	c.same(at, "certificate", presented, x.Certificate.Value)
}
