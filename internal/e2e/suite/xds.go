//go:build e2e && linux

package suite

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/object"
)

// xds is what one proxy gets, as far as posture has it. Names are those of Envoy's API in JSON.
type xds struct {
	Listeners []xdsListener
	Clusters  []xdsCluster
	Routes    []xdsRoutes
	Endpoints []xdsEndpoints
	secrets   map[string]xdsSecret
}

type xdsListener struct {
	Name    string
	Address struct {
		SocketAddress struct {
			Protocol  string
			PortValue int
		}
	}
	FilterChains       []xdsChain
	DefaultFilterChain *xdsChain
}

type xdsChain struct {
	FilterChainMatch struct{ ServerNames []string }
	Filters          []struct {
		Name        string
		TypedConfig xdsFilter
	}
	TransportSocket *xdsSocket
}

// xdsFilter is an HTTP connection manager, a TCP proxy, or one that lets in and refuses.
type xdsFilter struct {
	xdsRBAC

	RDS                      struct{ RouteConfigName string }
	ForwardClientCertDetails string

	UseRemoteAddress              bool
	XffNumTrustedHops             int
	OriginalIPDetectionExtensions []json.RawMessage

	HTTPFilters []struct {
		Name        string
		TypedConfig json.RawMessage
	}
	Cluster          string
	WeightedClusters struct{ Clusters []xdsName }
}

type xdsSocket struct{ TypedConfig xdsTLS }

// xdsTLS is a DownstreamTlsContext or an UpstreamTlsContext, or that of a QUIC transport around one.
type xdsTLS struct {
	RequireClientCertificate                                            bool
	DisableStatelessSessionResumption, DisableStatefulSessionResumption bool
	SNI                                                                 string
	CommonTLSContext                                                    struct {
		TLSParams                        struct{ TLSMinimumProtocolVersion, TLSMaximumProtocolVersion string }
		TLSCertificateSdsSecretConfigs   []xdsName
		ValidationContextSdsSecretConfig xdsName
		ValidationContext                xdsValidation
		CombinedValidationContext        struct {
			DefaultValidationContext         xdsValidation
			ValidationContextSdsSecretConfig xdsName
		}
	}
	DownstreamTLSContext *xdsTLS
}

type xdsName struct{ Name string }

// xdsRBAC is a filter that lets in and refuses. What its policies say is looked through by texts.
type xdsRBAC struct {
	Rules *struct {
		Action   string
		Policies map[string]xdsPolicy
	}
}

type xdsPolicy struct{ Permissions, Principals []any }

type xdsMatcher struct {
	Exact, Prefix, Suffix, Contains string
	SafeRegex                       struct{ Regex string }
}

func (m xdsMatcher) String() string {
	for _, one := range [][2]string{{"exact", m.Exact}, {"prefix", m.Prefix}, {"suffix", m.Suffix}, {"contains", m.Contains}, {"regex", m.SafeRegex.Regex}} {
		if one[1] != "" {
			return one[0] + " " + one[1]
		}
	}
	return ""
}

type xdsValidation struct {
	TrustedCA                                    xdsBytes
	TrustChainVerification                       string
	AllowExpiredCertificate                      bool
	VerifyCertificateSpki, VerifyCertificateHash []string
	MatchTypedSubjectAltNames                    []struct {
		SanType string
		Matcher xdsMatcher
	}
	MatchSubjectAltNames []xdsMatcher // deprecated, without a type, and what Istio sends
}

type xdsBytes struct{ InlineBytes, Filename string }

type xdsSecret struct {
	Name              string
	TLSCertificate    struct{ CertificateChain xdsBytes }
	ValidationContext xdsValidation
}

type xdsCluster struct {
	Name           string
	LoadAssignment struct {
		Endpoints []struct {
			LbEndpoints []struct {
				Endpoint struct {
					Address struct{ SocketAddress struct{ Address string } }
				}
			}
		}
	}
	TypedExtensionProtocolOptions map[string]struct {
		UpstreamHTTPProtocolOptions struct{ AutoSanValidation bool }
	}
	TransportSocket        *xdsSocket
	TransportSocketMatches []struct {
		Name            string
		TransportSocket xdsSocket
	}
}

type xdsEndpoints struct {
	ClusterName string
	Endpoints   []json.RawMessage
}

type xdsRoutes struct {
	Name         string
	VirtualHosts []struct {
		Domains    []string
		Routes     []xdsRoute
		RequireTLS string
	}
}

type xdsRoute struct {
	Name           string
	DirectResponse struct{ Status int }
	Route          struct {
		Cluster          string
		WeightedClusters struct{ Clusters []xdsName }
	}
	TypedPerFilterConfig map[string]json.RawMessage
}

// read decodes one proxy's resources, by type URL.
func readXDS(of map[string][]json.RawMessage) (*xds, error) {
	x := &xds{secrets: map[string]xdsSecret{}}
	var secrets []xdsSecret
	for kind, into := range map[string]any{
		"envoy.config.listener.v3.Listener": &x.Listeners, "envoy.config.cluster.v3.Cluster": &x.Clusters,
		"envoy.config.route.v3.RouteConfiguration": &x.Routes, "envoy.config.endpoint.v3.ClusterLoadAssignment": &x.Endpoints,
		"envoy.extensions.transport_sockets.tls.v3.Secret": &secrets,
	} {
		raw, err := json.Marshal(of["type.googleapis.com/"+kind])
		if err == nil {
			err = json.Unmarshal(raw, into)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
	}
	for _, s := range secrets {
		x.secrets[s.Name] = s
	}
	return x, nil
}

// chain is the filter chain for a name on a port of the proxies; without a name the one that takes every name. Without TLS it takes every name.
func (x *xds) chain(port int, hostname, protocol string) *xdsChain {
	for _, l := range x.Listeners {
		if l.Address.SocketAddress.PortValue != port || (l.Address.SocketAddress.Protocol == "UDP") != (protocol == "UDP") {
			continue
		}
		for i, f := range l.FilterChains {
			names := f.FilterChainMatch.ServerNames
			if (hostname == "" || f.TransportSocket == nil) && len(names) == 0 || slices.Contains(names, hostname) {
				return &l.FilterChains[i]
			}
		}
		if l.DefaultFilterChain != nil {
			return l.DefaultFilterChain
		}
	}
	return nil
}

// tls is the chain's TLS; nil when it has none.
func (f *xdsChain) tls() *xdsTLS {
	switch {
	case f.TransportSocket == nil:
		return nil
	case f.TransportSocket.TypedConfig.DownstreamTLSContext != nil:
		return f.TransportSocket.TypedConfig.DownstreamTLSContext
	}
	return &f.TransportSocket.TypedConfig
}

// manager is the chain's HTTP connection manager, or its TCP proxy.
func (f *xdsChain) manager() xdsFilter {
	for _, filter := range f.Filters {
		if strings.HasSuffix(filter.Name, "http_connection_manager") || strings.HasSuffix(filter.Name, "tcp_proxy") {
			return filter.TypedConfig
		}
	}
	return xdsFilter{}
}

// routes are those for a name of the chain.
func (x *xds) routes(f *xdsChain, hostname string) []xdsRoute {
	var out []xdsRoute
	for _, r := range x.Routes {
		if r.Name != f.manager().RDS.RouteConfigName {
			continue
		}
		for _, host := range r.VirtualHosts {
			if host.RequireTLS == "ALL" {
				continue // requests without TLS are redirected, whatever the routes say
			}
			if hostname == "" || slices.Contains(host.Domains, hostname) || slices.Contains(host.Domains, "*") {
				out = append(out, host.Routes...)
			}
		}
	}
	return out
}

// upstream is the TLS of one backend of a route's rule; nil when there is none. found says whether the rule has a cluster that leads somewhere.
func (x *xds) upstream(name string, backend int) (tls *xdsTLS, found bool) {
	for _, e := range x.Endpoints {
		if e.ClusterName == name && len(e.Endpoints) == 0 {
			return nil, false
		}
	}
	for _, c := range x.Clusters {
		if c.Name != name {
			continue
		}
		for i, m := range c.TransportSocketMatches {
			if m.Name == fmt.Sprintf("%s/tls/%d", name, backend) {
				return &c.TransportSocketMatches[i].TransportSocket.TypedConfig, true
			}
		}
		return nil, true
	}
	return nil, false
}

// validation is what a certificate of the other end is verified with.
type validation struct {
	given     bool     // there is a CA, or a pin
	untrusted bool     // a certificate that does not verify is accepted
	expired   bool     // and so is one that has expired
	roots     []string // SHA-256, sorted
	system    bool
	names     []string // "uri exact spiffe://…", sorted
}

func (x *xds) validation(t *xdsTLS) validation {
	c := t.CommonTLSContext
	all := []xdsValidation{c.ValidationContext, c.CombinedValidationContext.DefaultValidationContext}
	for _, name := range []string{c.ValidationContextSdsSecretConfig.Name, c.CombinedValidationContext.ValidationContextSdsSecretConfig.Name} {
		all = append(all, x.secrets[name].ValidationContext)
	}
	var out validation
	for _, v := range all {
		out.untrusted = out.untrusted || v.TrustChainVerification == "ACCEPT_UNTRUSTED"
		out.expired = out.expired || v.AllowExpiredCertificate
		out.system = out.system || v.TrustedCA.Filename != ""
		if bundle, err := base64.StdEncoding.DecodeString(v.TrustedCA.InlineBytes); err == nil {
			out.roots = append(out.roots, fingerprints(bundle)...)
		}
		for _, m := range v.MatchTypedSubjectAltNames {
			if what := m.Matcher.String(); what != "" {
				out.names = append(out.names, strings.ToLower(strings.TrimSuffix(m.SanType, "_ADDRESS"))+" "+what)
			}
		}
		for _, m := range v.MatchSubjectAltNames {
			out.names = append(out.names, "any "+m.String())
		}
		for _, pin := range slices.Concat(v.VerifyCertificateHash, v.VerifyCertificateSpki) {
			out.names = append(out.names, "hash exact "+pin)
			out.given = true
		}
	}
	slices.Sort(out.roots)
	slices.Sort(out.names)
	out.given = out.given || len(out.roots) > 0 || out.system
	return out
}

// waits reports whether a certificate that is to be presented is never sent: until it is, Envoy calls nobody. Envoy Gateway 1.9.1 sends none for a
// TLSRoute whose listener ends TLS, unless another route of the Gateway presents the same (internal/xds/translator/translator.go
// processTCPListenerXdsTranslation).
func (x *xds) waits(t *xdsTLS) bool {
	return slices.ContainsFunc(t.CommonTLSContext.TLSCertificateSdsSecretConfigs, func(config xdsName) bool {
		_, sent := x.secrets[config.Name]
		return !sent
	})
}

// certificate is the Secret of the cluster that has the certificate which is presented, "Secret namespace/name", or "".
func (x *xds) certificate(t *xdsTLS, in []*object.Object) string {
	var out []string
	for _, config := range t.CommonTLSContext.TLSCertificateSdsSecretConfigs {
		sent := x.secrets[config.Name].TLSCertificate.CertificateChain.InlineBytes
		of := "of nobody"
		for _, o := range in {
			if o.Kind == "Secret" && o.Text(object.Key("data", "tls.crt")) == sent {
				of = o.String()
			}
		}
		out = append(out, of)
	}
	return strings.Join(out, ", ")
}

// fingerprints are those of a bundle's certificates.
func fingerprints(bundle []byte) []string {
	var out []string
	for {
		var block *pem.Block
		if block, bundle = pem.Decode(bundle); block == nil {
			return out
		}
		sum := sha256.Sum256(block.Bytes)
		out = append(out, hex.EncodeToString(sum[:]))
	}
}

// lowest and highest are Envoy's own defaults for a server where nothing is sent (extensions/transport_sockets/tls/v3/common.proto).
func (t *xdsTLS) lowest() string {
	return tlsNumber(t.CommonTLSContext.TLSParams.TLSMinimumProtocolVersion, "1.2")
}

func (t *xdsTLS) highest() string {
	return tlsNumber(t.CommonTLSContext.TLSParams.TLSMaximumProtocolVersion, "1.3")
}

func tlsNumber(sent, absent string) string {
	if sent == "" || sent == "TLS_AUTO" {
		return absent
	}
	return strings.ReplaceAll(strings.TrimPrefix(sent, "TLSv"), "_", ".")
}
