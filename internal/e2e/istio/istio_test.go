package istio

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"

	"github.com/gatespan/gatespan/internal/e2e/claims"
	"github.com/gatespan/gatespan/internal/posture"
)

// version is the one that go.mod pins.
const version = "1.31 (eed52ebb66ad)"

// TestPilot: what Istio's pilot sends to the gateways of the example fleets is what the posture says.
func TestPilot(t *testing.T) {
	for _, c := range clusters(t, nil) {
		t.Run(c.name, func(t *testing.T) {
			row := claims.Row{Area: "controllers", Claim: "listeners and clusters of " + c.name, Component: "istio pilot, in process", Version: version}
			claims.Of(t, &row)
			row.Detail = fmt.Sprintf("%d values", compare(t, c))
		})
	}
}

// TestPilotOfVariants: the same after each of these changes, which weaken or break something.
func TestPilotOfVariants(t *testing.T) {
	for name, edit := range variants {
		t.Run(name, func(t *testing.T) {
			row := claims.Row{Area: "controllers", Claim: "the same after: " + name, Component: "istio pilot, in process", Version: version}
			claims.Of(t, &row)
			values := 0
			for _, c := range clusters(t, edit) {
				t.Run(c.name, func(t *testing.T) { values += compare(t, c) })
			}
			row.Detail = fmt.Sprintf("%d values", values)
		})
	}
}

const mode = "gateway.istio.io/tls-terminate-mode: "

var variants = map[string]func(string) string{
	"the mesh's TLS without client certificates": replace(mode+"ISTIO_MUTUAL", mode+"ISTIO_SIMPLE"),
	"a mode that Istio does not know":            replace("      mode: Terminate\n  tls:", "      mode: Terminate\n      options: {"+mode+"Mutual}\n  tls:"),
	"client certificates are optional":           replace("      mode: Terminate\n  tls:", "      mode: Terminate\n      options: {"+mode+"OPTIONAL_MUTUAL}\n  tls:"),
	"the mesh's TLS hides the frontend":          replace("      mode: Terminate\n  tls:", "      mode: Terminate\n      options: {"+mode+"ISTIO_SIMPLE}\n  tls:"),
	"certificates of any CA":                     replace("mode: AllowValidOnly", "mode: AllowInsecureFallback"),
	"no floor in the mesh":                       replace("minProtocolVersion: TLSV1_3", "minProtocolVersion: TLS_AUTO"),
	"nobody is authorized by name":               without("kind: AuthorizationPolicy"),
	"everybody of a namespace":                   replace("/sa/orders", "/*"),
	"calls without TLS":                          replace("mode: MUTUAL", "mode: DISABLE"),
	"calls without a client certificate":         replace("mode: MUTUAL", "mode: SIMPLE"),
	"calls that check no name":                   replace("        subjectAltNames:\n        - relay.example.com\n", ""),
	"calls with another name":                    replace("sni: relay.example.com", "sni: other.example.com"),
	"calls by no rule":                           without("kind: DestinationRule"),
	"settings of the port without TLS":           replace("      tls:\n        credentialName", "      connectionPool: {tcp: {maxConnections: 1}}\n    tls:\n        credentialName"),
}

func replace(old, new string) func(string) string {
	return func(document string) string { return strings.ReplaceAll(document, old, new) }
}

func without(line string) func(string) string {
	return func(document string) string {
		if strings.Contains(document, line+"\n") {
			return ""
		}
		return document
	}
}

// compare compares all entries and exits of a cluster's gateways, and counts the values. A cluster without a gateway has none.
func compare(t *testing.T, c cluster) int {
	t.Helper()
	k := &check{T: t, differs: t.Errorf, pilot: start(t, c), cluster: c}
	k.all()
	if k.compared == 0 && len(c.posture.Entries) > 0 {
		t.Error("nothing was compared")
	}
	t.Logf("%d values", k.compared)
	return k.compared
}

func (k *check) all() {
	for _, e := range k.cluster.posture.Entries {
		k.entry(e)
	}
	for _, x := range k.cluster.posture.Exits {
		k.exit(x)
	}
}

// TestDifferencesAreFound: the posture after a change differs from what pilot makes of the cluster before it, for every change.
func TestDifferencesAreFound(t *testing.T) {
	before := map[string]cluster{}
	for _, c := range clusters(t, nil) {
		before[c.name] = c
	}
	for name, edit := range variants {
		var found []string
		for _, c := range clusters(t, edit) {
			c.objects = before[c.name].objects
			differs := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
			(&check{T: t, differs: differs, pilot: start(t, c), cluster: c}).all()
		}
		if len(found) == 0 && name != "a mode that Istio does not know" { // which changes nothing beside spec.tls.frontend
			t.Errorf("%s: no difference was found", name)
		}
		t.Logf("%s: %q", name, found)
	}
}

type check struct {
	*testing.T
	differs  func(format string, args ...any)
	pilot    *pilot
	cluster  cluster
	compared int
}

func (k *check) same(at, field string, sent, read any) {
	k.Helper()
	k.compared++
	if fmt.Sprint(sent) != fmt.Sprint(read) {
		k.differs("%s: %s is %v in what pilot sends and %v in the posture", at, field, sent, read)
	}
}

func (k *check) entry(e posture.Entry) {
	at := e.Subject.String()
	hostname := ""
	if len(e.Hostnames) > 0 {
		hostname = e.Hostnames[0]
	}
	chain := k.pilot.to(e.Gateway).chain(e.Port, hostname)
	k.same(at, "served", chain != nil, e.Served.Value)
	if chain == nil {
		return
	}
	tls := downstream(k.T, chain)
	k.same(at, "tls", tls != nil, e.TLS.Value == posture.TLSTerminate)
	k.identities(at, e, principals(k.T, chain))
	k.same(at, "jwt", len(filters(k.T, chain, ".jwt_authn")) > 0, e.JWT.Value.Value != posture.JWTNone)
	if tls == nil {
		return
	}
	secret, _, untrusted := validation(tls.CommonTlsContext)
	k.same(at, "clientAuth", clientAuth(tls.GetRequireClientCertificate().GetValue(), secret, untrusted), e.ClientAuth.Value)
	k.same(at, "minTLS", lowest(tls.CommonTlsContext), e.MinTLS.Value)
	k.same(at, "maxTLS", highest(tls.CommonTlsContext), e.MaxTLS.Value)
	if e.ClientAuth.Value != posture.ClientNone {
		k.same(at, "clientCA", authority(secret), anchorName(e.ClientCA.Value))
	}
}

func clientAuth(required bool, secret string, untrusted bool) string {
	switch {
	case secret == "" || untrusted:
		return posture.ClientNone
	case required:
		return posture.ClientRequired
	default:
		return posture.ClientOptional
	}
}

// identities are those of AuthorizationPolicies.
func (k *check) identities(at string, e posture.Entry, sent []string) {
	if e.Identities.Value.Everybody {
		k.same(at, "identities", sent, []string{})
		return
	}
	var read []string
	for _, id := range e.Identities.Value.Accepted {
		text := "spiffe://" + strings.TrimPrefix(id.Value, "spiffe://")
		if id.Match != "exact" {
			text = id.Match + " " + text
		}
		read = append(read, text)
	}
	slices.Sort(read)
	k.same(at, "identities", sent, read)
}

// lowest is Envoy's own default where nothing is sent (extensions/transport_sockets/tls/v3/common.proto).
func lowest(c *tlsv3.CommonTlsContext) string {
	if c.GetTlsParams().GetTlsMinimumProtocolVersion() == tlsv3.TlsParameters_TLS_AUTO {
		return "1.2"
	}
	return number(c.GetTlsParams().GetTlsMinimumProtocolVersion())
}

func highest(c *tlsv3.CommonTlsContext) string {
	if c.GetTlsParams().GetTlsMaximumProtocolVersion() == tlsv3.TlsParameters_TLS_AUTO {
		return "1.3"
	}
	return number(c.GetTlsParams().GetTlsMaximumProtocolVersion())
}

func number(v tlsv3.TlsParameters_TlsProtocol) string {
	return strings.ReplaceAll(strings.TrimPrefix(v.String(), "TLSv"), "_", ".")
}

// authority is the object that an SDS name refers to: "kubernetes://NAME-cacert", "configmap://NAMESPACE/NAME-cacert"; the mesh's own root
// is ROOTCA. "-cacert" asks for the CA beside a certificate, in the Secret of that name or in the certificate's own.
func authority(secret string) string {
	if secret == "ROOTCA" {
		return "istio-ca-root-cert"
	}
	_, path, _ := strings.Cut(secret, "://")
	return strings.TrimSuffix(path[strings.LastIndexByte(path, '/')+1:], "-cacert")
}

func anchorName(anchors []posture.Anchor) string {
	var out []string
	for _, a := range anchors {
		out = append(out, strings.TrimSuffix(a.Ref.Name, "-cacert"))
	}
	return strings.Join(out, ",")
}

// exit compares a call of another cluster through a gateway with the cluster for its ServiceEntry.
func (k *check) exit(x posture.Exit) {
	if x.Gateway.Name == "" || x.Destination.Kind != "ServiceEntry" {
		return
	}
	at := fmt.Sprintf("%s to %s:%d", x.Subject, x.Host, x.Port)
	entry := k.cluster.objects.Find("networking.istio.io", "ServiceEntry", x.Destination.Namespace, x.Destination.Name)
	if entry == nil {
		k.Errorf("%s: there is no ServiceEntry %s", at, x.Destination.Name)
		return
	}
	hosts, _ := entry.Get("spec.hosts").([]any)
	name := fmt.Sprintf("outbound|%d||%v", x.Port, hosts[0])
	cluster := k.pilot.to(x.Gateway).clusters[name]
	k.same(at, "cluster "+name, cluster != nil, true)
	if cluster == nil {
		return
	}
	k.same(at, "endpoint", cluster.GetLoadAssignment().GetEndpoints()[0].GetLbEndpoints()[0].GetEndpoint().GetAddress().GetSocketAddress().GetAddress(), x.Host)
	tls := upstream(k.T, cluster)
	k.same(at, "tls", tls != nil, x.TLS.Value == "tls")
	if tls == nil {
		return
	}
	secret, names, untrusted := validation(tls.CommonTlsContext)
	k.same(at, "sni", tls.Sni, x.SNI)
	k.same(at, "names", names, x.Names.Value)
	k.same(at, "verified", secret != "" && !untrusted, len(x.CA.Value) > 0)
	k.same(at, "CA", authority(secret), anchorName(x.CA.Value))
	k.same(at, "minTLS", lowest(tls.CommonTlsContext), x.MinTLS.Value)
	presented := ""
	if c := tls.CommonTlsContext.GetTlsCertificateSdsSecretConfigs(); len(c) > 0 {
		presented = "Secret " + x.Gateway.Namespace + "/" + strings.TrimPrefix(c[0].GetName(), "kubernetes://")
	}
	k.same(at, "certificate", presented, x.Certificate.Value)
}
