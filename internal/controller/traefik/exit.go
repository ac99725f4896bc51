package traefik

import (
	"fmt"
	"slices"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// follow is where a TraefikService leads: to ExternalName Services of its own namespace, each an exit. It is asked for a ReferenceGrant when
// the route is of another namespace, unlike one that is named with its provider (codeHTTP loadService, codeCRD FillExtensionBuilderRegistry).
// The reason why not is returned for everything else.
func (r *reader) follow(e *posture.Entry, route posture.Ref, b posture.Backend) ([]posture.Backend, string) {
	if e.TLS.Value == posture.TLSPassthrough || route.Kind != "HTTPRoute" {
		return nil, "a " + route.Kind + " is not known to lead to one"
	}
	service, why := r.traefikService(b)
	if why != "" {
		return nil, why
	}
	var out []posture.Backend
	for i, member := range service.spec.Weighted.Services {
		at := object.Item("spec.weighted.services", i)
		alias, port, why := r.alias(service.object, member)
		if why != "" {
			return nil, why
		}
		one := b
		one.Ref = gatewayapi.RefOf(alias, "")
		one.Host, one.Port, one.External, one.Exists = alias.Text("spec.externalName"), port, true, true
		c := r.call(service.object, at, member, alias, port)
		out = append(out, r.exit(e, route, one, c))
		if c.certificate.Value == "" {
			continue
		}
		r.lend(service.object, e.Gateway)
		for _, t := range r.transports {
			if names(t.object, service.object.Namespace, member.ServersTransport) {
				r.lend(t.object, e.Gateway)
			}
		}
	}
	return out, ""
}

// traefikService is the one that a backend names, if it only splits requests.
func (r *reader) traefikService(b posture.Backend) (of[traefikServiceSpec], string) {
	if crossProvider(b.Ref.Name) {
		return of[traefikServiceSpec]{}, "named with its provider it leads to Services and out of the cluster without a ReferenceGrant"
	}
	for _, t := range r.services {
		if b.Ref.Kind != kindTraefikService || t.object.Namespace != b.Ref.Namespace || t.object.Name != b.Ref.Name {
			continue
		}
		if s := t.spec; s.Weighted == nil || len(s.Weighted.Services) == 0 || s.Mirroring != nil || s.HighestRandomWeight != nil || s.Failover != nil {
			return t, "it does more than split requests over Services"
		}
		return t, ""
	}
	return of[traefikServiceSpec]{}, "it is not in Git"
}

// alias is the ExternalName Service behind a member of a TraefikService, and the port that is called: the Service's, or without one of that
// number the number itself (codeCRD getServicePort).
func (r *reader) alias(owner *object.Object, member serviceRef) (*object.Object, int, string) {
	switch {
	case member.Kind != "" && member.Kind != "Service" || crossProvider(member.Name):
		return nil, 0, "it leads on to " + member.Name
	case member.Namespace != "" && member.Namespace != owner.Namespace:
		return nil, 0, "it leads to namespace " + member.Namespace + " without a ReferenceGrant"
	case member.Middlewares != nil:
		return nil, 0, "it has middlewares of its own"
	}
	o := r.Objects.Find("", "Service", owner.Namespace, member.Name)
	if o == nil || o.Text("spec.type") != "ExternalName" {
		return nil, 0, "it leads to a Service that is not in Git as an alias of a name outside"
	}
	if number, ok := member.number(); ok {
		return o, number, ""
	}
	ports, _ := o.Get("spec.ports").([]any)
	for i := range ports {
		at := object.Item("spec.ports", i)
		if number, ok := integer(o.Get(at + ".port")); ok && o.Text(at+".name") == member.Port {
			return o, number, ""
		}
	}
	return nil, 0, fmt.Sprintf("its port %v is none of Service %s", member.Port, o.Name)
}

func (s serviceRef) number() (int, bool) { return integer(s.Port) }

func integer(v any) (int, bool) {
	switch n := v.(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	case float64:
		return int(n), n == float64(int(n))
	}
	return 0, false
}

// call is how a member of a TraefikService is called. Without a scheme the port decides (codeCRD parseServiceProtocol).
func (r *reader) call(owner *object.Object, at string, member serviceRef, alias *object.Object, port int) call {
	field := gatewayapi.Nearest(owner, at+".scheme")
	switch {
	case member.Scheme == "" && port != 443 && !namedHTTPS(alias, port):
		return uncovered(field, "no scheme is said, and neither number nor name of the port says https")
	case member.Scheme == "http" || member.Scheme == "h2c":
		return uncovered(field, "the scheme is "+member.Scheme)
	case member.Scheme != "" && member.Scheme != "https":
		r.Unknown(owner, "value", at+".scheme", fmt.Sprintf("%q is no scheme that Traefik knows", member.Scheme))
		return uncovered(field, "the scheme is not known")
	}
	host, name := alias.Text("spec.externalName"), member.ServersTransport
	named := gatewayapi.Nearest(owner, at+".serversTransport")
	if name == "" {
		return plainly(named, host, "no ServersTransport is named, and that of the installation presents no certificate")
	}
	if !crossProvider(name) {
		r.Resolve(owner, at+".serversTransport", object.ID{Group: Group, Kind: kindServersTransport, Namespace: owner.Namespace, Name: name}, closed) // pkg/proxy/smart_builder.go Build
		for _, t := range r.transports {
			if t.object.Namespace == owner.Namespace && t.object.Name == name {
				return r.transport(t, host)
			}
		}
		return plainly(named, host, "ServersTransport "+name+" is not in Git, and without it nothing is called")
	}
	r.Unknown(owner, "value", at+".serversTransport", "named with its provider it may be another namespace's, and gatespan does not follow it")
	return plainly(named, host, "which ServersTransport is meant is not known")
}

func namedHTTPS(o *object.Object, port int) bool {
	ports, _ := o.Get("spec.ports").([]any)
	for i := range ports {
		at := object.Item("spec.ports", i)
		if number, ok := integer(o.Get(at + ".port")); ok && number == port {
			name := o.Text(at + ".name")
			return len(name) >= 5 && name[:5] == "https"
		}
	}
	return false
}

// exit records a way out once for each listener, and what leads to it.
func (r *reader) exit(e *posture.Entry, route posture.Ref, b posture.Backend, c call) posture.Backend {
	b.TLS, b.CA, b.MinTLS = c.tls, c.ca, c.minTLS
	b.Name = posture.Setting[string]{Enforcer: c.names.Enforcer, By: c.names.By, Why: c.names.Why}
	if len(c.names.Value) > 0 {
		b.Name.Value = c.names.Value[0]
	}
	x := posture.Exit{
		Subject: e.Subject, Gateway: e.Gateway, Controller: r.Profile.Name, Destination: b.Ref, Host: b.Host, Port: b.Port, Paths: []posture.Ref{route},
		TLS: c.tls, MinTLS: c.minTLS, Certificate: c.certificate, CA: c.ca, Names: c.names, SNI: c.sni, Users: r.users(e),
	}
	// Two TraefikServices may call one alias in different ways.
	i := slices.IndexFunc(r.Posture.Exits, func(have posture.Exit) bool {
		return have.Subject == x.Subject && have.Destination == x.Destination && have.Port == x.Port && have.TLS.By == x.TLS.By
	})
	if i < 0 {
		i = len(r.Posture.Exits)
		r.Posture.Exits = append(r.Posture.Exits, x)
	} else if !slices.Contains(r.Posture.Exits[i].Paths, route) {
		r.Posture.Exits[i].Paths = append(r.Posture.Exits[i].Paths, route)
	}
	b.ExitIndex = i
	return b
}

// users is who may use an exit: the proxies are all those of the installation, and listen on the listener's own port.
func (r *reader) users(e *posture.Entry) posture.Setting[posture.Users] {
	c := r.Cluster.Controller
	if c.DataPlaneNamespace == "" || len(c.DataPlanePods) == 0 {
		return unheld(posture.Users{Everybody: true, Principals: []string{}, Pods: []string{}}, e.Listener, "the fleet names no dataPlaneNamespace and dataPlanePods, so nothing is known to close the egress gateway")
	}
	return kubernetes.EgressUsers(r.Cluster, r.Objects, kubernetes.Proxies{Namespace: c.DataPlaneNamespace, Labels: c.DataPlanePods, Partial: true, Port: e.Port}, e.Listener)
}
