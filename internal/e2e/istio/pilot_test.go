package istio

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/config/schema/gvr"
	kubelib "istio.io/istio/pkg/kube"
	"istio.io/istio/pkg/kube/kclient/clienttest"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/gatespan/gatespan/internal/posture"
)

const gatewayLabel = "gateway.networking.k8s.io/gateway-name"

// pilot is Istio's discovery server with the objects of one cluster.
type pilot struct {
	server *xds.FakeDiscoveryServer
	sent   map[posture.Subject]sent // by gateway
}

// sent is what one gateway's proxies get.
type sent struct {
	listeners []*listenerv3.Listener
	clusters  map[string]*clusterv3.Cluster
}

func start(t *testing.T, c cluster) *pilot {
	t.Helper()
	config, err := mesh.ApplyMeshConfigDefaults(c.mesh())
	if err != nil {
		t.Fatal(err)
	}
	server := xds.NewFakeDiscoveryServer(t, xds.FakeOptions{
		KubernetesObjectString: c.kubernetes(t), ConfigString: c.configs(t), MeshConfig: config,
		KubeClientModifier: func(client kubelib.Client) { // CRDs that it does not install by itself, in a version that Istio wants to see
			for _, r := range []schema.GroupVersionResource{gvr.BackendTLSPolicy, gvr.ListenerSet, gvr.GRPCRoute, gvr.TLSRoute, gvr.TCPRoute} {
				clienttest.MakeCRDWithAnnotations(t, client, r, map[string]string{"gateway.networking.k8s.io/bundle-version": "v1.6.3"})
			}
		},
	})
	return &pilot{server, map[posture.Subject]sent{}}
}

// to is what the proxies of a gateway get. A proxy is no more than its labels, which istiod gives the pods that it makes for the Gateway.
func (p *pilot) to(g posture.Subject) sent {
	if s, done := p.sent[g]; done {
		return s
	}
	labels := map[string]string{gatewayLabel: g.Name}
	proxy := p.server.SetupProxy(&model.Proxy{
		Type: model.Router, ID: g.Name + "-0." + g.Namespace, ConfigNamespace: g.Namespace, IPAddresses: []string{"10.9.9.9"}, Labels: labels,
		Metadata: &model.NodeMetadata{Namespace: g.Namespace, Labels: labels, ClusterID: "Kubernetes"},
	})
	s := sent{p.server.Listeners(proxy), map[string]*clusterv3.Cluster{}}
	for _, c := range p.server.Clusters(proxy) {
		s.clusters[c.Name] = c
	}
	p.sent[g] = s
	return s
}

// chain is the filter chain for a name on a port; without a name the one that takes every name.
func (s sent) chain(port int, hostname string) *listenerv3.FilterChain {
	for _, l := range s.listeners {
		if l.GetAddress().GetSocketAddress().GetPortValue() != uint32(port) {
			continue
		}
		for _, f := range l.FilterChains {
			names := f.GetFilterChainMatch().GetServerNames()
			if hostname == "" && len(names) == 0 || slices.Contains(names, hostname) || f.TransportSocket == nil && len(names) == 0 {
				return f
			}
		}
	}
	return nil
}

// downstream is the TLS of a filter chain; nil when it has none.
func downstream(t *testing.T, f *listenerv3.FilterChain) *tlsv3.DownstreamTlsContext {
	t.Helper()
	if f.TransportSocket == nil {
		return nil
	}
	var out tlsv3.DownstreamTlsContext
	if err := f.TransportSocket.GetTypedConfig().UnmarshalTo(&out); err != nil {
		t.Fatal(err)
	}
	return &out
}

func upstream(t *testing.T, c *clusterv3.Cluster) *tlsv3.UpstreamTlsContext {
	t.Helper()
	if c.TransportSocket == nil || !strings.Contains(c.TransportSocket.Name, "tls") {
		return nil
	}
	var out tlsv3.UpstreamTlsContext
	if err := c.TransportSocket.GetTypedConfig().UnmarshalTo(&out); err != nil {
		t.Fatal(err)
	}
	return &out
}

// validation is what a certificate of the other end is verified with: the name of the secret that has the CA, and the names that it must
// carry. Istio still writes match_subject_alt_names, which has no type.
func validation(c *tlsv3.CommonTlsContext) (secret string, names []string, untrusted bool) {
	secret = c.GetValidationContextSdsSecretConfig().GetName()
	combined := c.GetCombinedValidationContext()
	if secret == "" {
		secret = combined.GetValidationContextSdsSecretConfig().GetName()
	}
	for _, v := range []*tlsv3.CertificateValidationContext{c.GetValidationContext(), combined.GetDefaultValidationContext()} {
		for _, m := range v.GetMatchSubjectAltNames() { //nolint:staticcheck // it is what Istio sends
			names = append(names, m.GetExact())
		}
		for _, m := range v.GetMatchTypedSubjectAltNames() {
			names = append(names, m.GetMatcher().GetExact())
		}
		untrusted = untrusted || v.GetTrustChainVerification() == tlsv3.CertificateValidationContext_ACCEPT_UNTRUSTED
	}
	return secret, names, untrusted
}

// filters are the configurations of the filters with a name, as JSON, among the network filters and those of HTTP.
func filters(t *testing.T, f *listenerv3.FilterChain, name string) []map[string]any {
	t.Helper()
	var out []map[string]any
	add := func(kind string, config proto.Message) {
		if !strings.HasSuffix(kind, name) {
			return
		}
		raw, err := protojson.Marshal(config)
		if err != nil {
			t.Fatal(err)
		}
		var data map[string]any
		if err := json.Unmarshal(raw, &data); err != nil {
			t.Fatal(err)
		}
		out = append(out, data)
	}
	for _, filter := range f.Filters {
		add(filter.Name, filter.GetTypedConfig())
		var manager hcmv3.HttpConnectionManager
		if err := filter.GetTypedConfig().UnmarshalTo(&manager); err != nil {
			continue // another filter
		}
		for _, inner := range manager.HttpFilters {
			add(inner.Name, inner.GetTypedConfig())
		}
	}
	return out
}

// principals are the identities that RBAC filters let in, and whatever else such a filter does.
func principals(t *testing.T, f *listenerv3.FilterChain) []string {
	t.Helper()
	var out []string
	for _, filter := range filters(t, f, ".rbac") {
		rules, _ := filter["rules"].(map[string]any)
		if action, _ := rules["action"].(string); action != "" && action != "ALLOW" {
			out = append(out, "action "+action)
			continue
		}
		policies, _ := rules["policies"].(map[string]any)
		for _, policy := range policies {
			p, _ := policy.(map[string]any)
			texts(p["principals"], &out)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// texts gathers the values of matchers; what is negated is marked.
func texts(value any, out *[]string) {
	switch v := value.(type) {
	case []any:
		for _, inner := range v {
			texts(inner, out)
		}
	case map[string]any:
		for key, inner := range v {
			switch text, isText := inner.(string); {
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
