package envoygateway

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// exits makes one exit per endpoint of a Backend that a listener leads to.
func (r *reader) exits(p proxyConfig, e *posture.Entry, route posture.Ref, b *posture.Backend, target backend) {
	o := target.object
	b.External = true
	if target.spec.Type == "DynamicResolver" {
		h := r.tls(p, b.From, Group, b.Ref, "", &target)
		h.names = posture.Setting[[]string]{Value: []string{}, Enforcer: posture.ByNobody, By: gatewayapi.RefOf(o, "spec.type"), Why: "the destination is whatever host the request names"}
		r.exit(p, e, route, b, "*", 0, h)
		r.hatch(o, "spec.type", []posture.Subject{e.Gateway}, "a DynamicResolver connects to whatever host the request names")
		return
	}
	for i, endpoint := range target.spec.Endpoints {
		at := object.Item("spec.endpoints", i)
		host, port := "", 0
		switch {
		case endpoint.FQDN != nil:
			host, port = endpoint.FQDN.Hostname, endpoint.FQDN.Port
		case endpoint.IP != nil:
			host, port = endpoint.IP.Address, endpoint.IP.Port
			if ip, err := netip.ParseAddr(host); err != nil || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() {
				r.hatch(o, at+".ip", []posture.Subject{e.Gateway}, "the Backend reaches an address of the node or the proxy itself")
			}
		case endpoint.Unix != nil:
			host = "unix:" + endpoint.Unix.Path
			r.hatch(o, at+".unix", []posture.Subject{e.Gateway}, "the Backend reaches a Unix socket beside the proxy")
		}
		section := strconv.Itoa(cmp.Or(b.Port, port)) // sectionName of a Backend is its port number (route.go getTargetBackendReference)
		r.exit(p, e, route, b, host, port, r.tls(p, b.From, Group, b.Ref, section, &target))
	}
}

func (r *reader) exit(p proxyConfig, e *posture.Entry, route posture.Ref, b *posture.Backend, host string, port int, h hop) {
	b.TLS, b.CA, b.MinTLS = h.tls, h.ca, h.minTLS
	b.Name = posture.Setting[string]{Value: strings.Join(h.names.Value, ", "), Enforcer: h.names.Enforcer, By: h.names.By, Why: h.names.Why}
	b.Host = host
	for i, x := range r.Posture.Exits {
		if x.Subject == e.Subject && x.Host == host && x.Port == port && x.Destination.Namespace == b.Ref.Namespace && x.Destination.Name == b.Ref.Name {
			b.ExitIndex = i
			if !slices.Contains(x.Paths, route) {
				r.Posture.Exits[i].Paths = append(r.Posture.Exits[i].Paths, route)
			}
			return
		}
	}
	b.ExitIndex = len(r.Posture.Exits)
	r.Posture.Exits = append(r.Posture.Exits, posture.Exit{
		Subject: e.Subject, Gateway: e.Gateway, Controller: r.Profile.Name, Destination: b.Ref, Host: host, Port: port, Paths: []posture.Ref{route},
		TLS: h.tls, MinTLS: h.minTLS, Certificate: h.certificate, CA: h.ca, Names: h.names, SNI: h.sni,
		Users: r.users(p, e),
	})
}

// users is who may use an exit: whoever reaches the proxies borrows their certificate. A NetworkPolicy around them counts only in
// a cluster that names its engine; names that the listener itself checks count anywhere.
func (r *reader) users(p proxyConfig, e *posture.Entry) posture.Setting[posture.Users] {
	out := posture.Setting[posture.Users]{
		Value:    posture.Users{Everybody: true, Principals: []string{}, Pods: []string{}},
		Enforcer: posture.ByNobody, By: e.Listener,
	}
	if e.ClientAuth.Value == posture.ClientRequired && !e.Identities.Value.Everybody {
		out.Value.Everybody = false
		for _, id := range e.Identities.Value.Accepted {
			out.Value.Principals = append(out.Value.Principals, id.Type+" "+id.Value)
		}
		out.Enforcer, out.By, out.Why = posture.ByGateway, e.Identities.By, "the listener accepts these certificates alone"
		return out
	}
	if r.Cluster.Controller.DataPlaneNamespace == "" && kubernetes.HasEngine(r.Cluster) {
		r.Assume(p.gateway.Object, "spec.gatewayClassName", "the fleet names no dataPlaneNamespace: the proxies are taken to run in the Gateway's own namespace (gateway namespace mode)")
	}
	return kubernetes.EgressUsers(r.Cluster, r.Objects, kubernetes.Proxies{
		Namespace: dataPlaneNamespace(r.Cluster, p.gateway.Object.Namespace), Labels: p.labels(), Port: p.port(e.Port),
	}, e.Listener)
}
