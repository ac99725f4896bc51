package traefik

import (
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// reader is one reading of a cluster: what Gateway API says, and the controller's own objects, decoded.
type reader struct {
	*gatewayapi.World
	options    []of[tlsOptionSpec] // named default
	routers    []of[ingressRouteSpec]
	services   []of[traefikServiceSpec]
	transports []of[serversTransportSpec]
	lent       []lent
}

// of is an object and its decoded spec.
type of[S any] struct {
	object *object.Object
	spec   S
}

func read(c controller.Cluster, set *object.Set) posture.Posture {
	r := &reader{World: gatewayapi.Load(c, profile(), set)}
	for _, kind := range []string{kindIngressRoute, kindIngressRouteTCP, kindIngressRouteUDP} {
		r.routers = append(r.routers, decode[ingressRouteSpec](r, kind)...)
	}
	r.services = decode[traefikServiceSpec](r, kindTraefikService)
	r.ways() // an IngressRoute needs no Gateway
	if len(r.Gateways) == 0 {
		return r.Posture // the other kinds have no effect on anything that is judged
	}
	for _, o := range decode[tlsOptionSpec](r, kindTLSOption) {
		if o.object.Name == defaultOption {
			r.options = append(r.options, o)
		}
	}
	r.transports = decode[serversTransportSpec](r, kindServersTransport)
	decode[serversTransportTCPSpec](r, kindServersTransportTCP)
	decode[middlewareTCPSpec](r, kindMiddlewareTCP)
	decode[tlsStoreSpec](r, kindTLSStore)
	r.Demands = r.demands
	for _, g := range r.Gateways {
		r.known(g)
		for _, l := range g.Listeners {
			e := r.Entry(l)
			r.protect(l, &e)
			r.forwarding(l, &e)
			r.address(&e)
			r.hops(&e)
			r.Posture.Entries = append(r.Posture.Entries, e)
		}
	}
	r.hatches()
	return r.Posture
}

// known: older versions were not checked; those before 3.7.3 pass over the options of routers with wildcards (CVE-2026-48491,
// CVE-2026-53622). The version is that of the fleet's controller, which may be another one.
func (r *reader) known(g *gatewayapi.Gateway) {
	have, oldest := r.Cluster.Controller.Version, r.Profile.Versions[0].From
	if r.Cluster.Controller.Name == r.Profile.Name && have != "" && controller.CompareVersions(have, oldest) < 0 {
		r.Unknown(g.Object, "version", "spec.gatewayClassName", "Traefik "+have+" is older than "+oldest+", and what it makes of TLS options was not checked")
	}
}

// decode reads all objects of a kind, strictly.
func decode[S any](r *reader, kind string) []of[S] {
	var out []of[S]
	for _, o := range r.Objects.Kind(Group, kind) {
		var d decoded[S]
		if r.CheckFields(o, &d) {
			out = append(out, of[S]{o, d.Spec})
		}
	}
	return out
}

// protect fills in what a listener asks of its clients, and which listeners the controller refuses (codeGateway loadGatewayListeners).
func (r *reader) protect(l *gatewayapi.Listener, e *posture.Entry) {
	at := gatewayapi.Nearest(l.Owner, l.Field+".tls")
	// Where an entryPoint serves HTTP/3, a handshake gets the same TLS options by its server name, and no request before its end
	// (pkg/server/router/tcp/router.go HTTP3TLSConfigMatcherFunc, pkg/server/server_entrypoint_tcp_http3.go Allow0RTT): it is no way around them.
	e.HTTP3 = by(posture.ByGateway, false, at, "where the installation serves HTTP/3, it has the same TLS options")
	e.Resumption = by(posture.ByGateway, false, at, "Go resumes a session only while the client's certificate is valid and of a CA of the listener") // crypto/tls handshake_server_tls13.go checkForResumption
	e.Expired = by(posture.ByGateway, false, at, "Go refuses expired certificates")
	e.Revocation = unheld("none", at, "Traefik has no field for revocation")
	e.Identities.Why = "Traefik compares no name of a client's certificate"
	switch e.TLS.Value {
	case posture.TLSTerminate:
		r.option(l, e)
	case posture.TLSPassthrough:
		r.withoutTermination(e, "the gateway passes TLS through without looking into it")
		if l.Spec.Protocol == gatewayv1.HTTPSProtocolType {
			e.Served = unheld(false, at, "a listener of protocol HTTPS that passes TLS through is refused")
		}
	default:
		r.withoutTermination(e, "the listener has no TLS")
	}
}

func (r *reader) withoutTermination(e *posture.Entry, why string) {
	e.ClientAuth = unheld(posture.ClientNone, e.TLS.By, why)
	e.MinTLS, e.MaxTLS = unheld("", e.TLS.By, why), unheld("", e.TLS.By, why)
}

// address fills in where a listener can be reached from, by the Services of the installation where they are in Git. Traefik makes none.
func (r *reader) address(e *posture.Entry) {
	e.Scheme.Why = "the Service of the installation is not in Git"
	kubernetes.ReadInFront(r.Cluster, r.Objects).Apply(e)
}

// crossProvider reports a name such as orders-relay@kubernetescrd, which leads to what another provider made of its own objects, in
// whichever namespace: no ReferenceGrant is asked for (codeHTTP loadHTTPBackendRef).
func crossProvider(name string) bool { return strings.Contains(name, "@") }

func by[T any](enforcer posture.Enforcer, value T, at posture.Ref, why string) posture.Setting[T] {
	return posture.Setting[T]{Value: value, Enforcer: enforcer, By: at, Why: why}
}

func unheld[T any](value T, at posture.Ref, why string) posture.Setting[T] {
	return by(posture.ByNobody, value, at, why)
}

func deref[T any](p *T, absent T) T {
	if p == nil {
		return absent
	}
	return *p
}
