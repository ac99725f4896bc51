package nginx

import (
	"slices"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/posture"
)

// exit makes an exit of an ExternalName Service that a listener leads to. Without a dnsResolver the route answers 500, which closes it
// (state/graph/backend_refs.go checkExternalNameValidForGateways); it is judged all the same.
func (r *reader) exit(p proxyConfig, e *posture.Entry, route posture.Ref, b *posture.Backend) {
	for i, x := range r.Posture.Exits {
		if x.Subject == e.Subject && x.Destination == b.Ref && x.Port == b.Port {
			b.ExitIndex = i
			if !slices.Contains(x.Paths, route) {
				r.Posture.Exits[i].Paths = append(r.Posture.Exits[i].Paths, route)
			}
			// Of two routes, one may be of a kind that presents no certificate.
			if c := r.clientCertificate(p, route); c.Value == "" {
				r.Posture.Exits[i].Certificate = c
			}
			return
		}
	}
	names := posture.Setting[[]string]{Value: []string{}, Enforcer: b.Name.Enforcer, By: b.Name.By, Why: b.Name.Why}
	if b.Name.Value != "" {
		names.Value = append(names.Value, b.Name.Value)
	}
	certificate := r.clientCertificate(p, route)
	if b.TLS.Value == posture.TLSNone {
		certificate = unheld("", b.TLS.By, b.TLS.Why)
	}
	b.ExitIndex = len(r.Posture.Exits)
	r.Posture.Exits = append(r.Posture.Exits, posture.Exit{
		Subject: e.Subject, Gateway: e.Gateway, Controller: r.Profile.Name, Destination: b.Ref, Host: b.Host, Port: b.Port, Paths: []posture.Ref{route},
		TLS: b.TLS, MinTLS: b.MinTLS, Certificate: certificate, CA: b.CA, Names: names, SNI: b.Name.Value,
		Users: r.users(p, e),
	})
}

// users is who may use an exit: the proxies run in the Gateway's own namespace and listen on the listeners' own ports, and are reached on any
// of them (provisioner/objects.go buildServicePorts).
func (r *reader) users(p proxyConfig, e *posture.Entry) posture.Setting[posture.Users] {
	g := p.gateway.Object
	return kubernetes.EgressUsers(r.Cluster, r.Objects, kubernetes.Proxies{Namespace: g.Namespace, Labels: p.labels(), Partial: true, Port: e.Port}, gatewayapi.RefOf(g, ""))
}
