//go:build golden

package goldentest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/posture"
)

// attachments are, by listener and route object, the names that the route serves there, and what it leads to.
type attachments map[attachmentKey]*attachment

type attachmentKey struct{ listener, route string }

type attachment struct {
	names             []string
	backends, mirrors destinationList
}

// destinationList are the destinations that a route certainly has, and those that it may have: a Service that is not among the objects, or
// that has no weight, is in some conversions and not in others.
type destinationList struct{ sure, possible []string }

// besides are the sure ones, and of the possible ones those that the translation has.
func (d destinationList) besides(translated []string) []string {
	out := slices.Clone(d.sure)
	for _, p := range d.possible {
		if slices.Contains(translated, p) {
			out = append(out, p)
		}
	}
	return out
}

func (a attachments) at(listener, route string) *attachment {
	key := attachmentKey{listener, route}
	if a[key] == nil {
		a[key] = &attachment{}
	}
	return a[key]
}

// virtualServices compares which routes are attached to which listeners, under which names, with which backends.
func (c *comparison) virtualServices(converted istioConversion, p posture.Posture) {
	translated, read := converted.attachments(), readAttachments(p)
	keys := slices.Collect(maps.Keys(maps.Clone(translated)))
	for key := range read {
		if translated[key] == nil {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b attachmentKey) int { return strings.Compare(a.listener+a.route, b.listener+b.route) })
	for _, key := range keys {
		at := key.route + " on " + key.listener
		t, r := translated[key], read[key]
		c.field("attached", at, fmt.Sprint(t != nil), fmt.Sprint(r != nil))
		if t == nil || r == nil {
			continue
		}
		c.field("names", at, join(within(t.names, key.listener, p)), join(r.names))
		c.field("backends", at, join(t.backends.sure), join(r.backends.besides(t.backends.sure)))
		c.field("mirrors", at, join(t.mirrors.sure), join(r.mirrors.besides(t.mirrors.sure)))
	}
}

// within are the names of VirtualServices that their listener serves: the two sets intersect (pilot/pkg/model/gateway.go).
func within(names []string, listener string, p posture.Posture) []string {
	var out []string
	for _, e := range p.Entries {
		if e.Subject.String() != listener {
			continue
		}
		for _, name := range names {
			both, _ := gatewayapi.Intersect(first(orAll(e.Hostnames)), []gatewayv1.Hostname{gatewayv1.Hostname(name)})
			out = append(out, both...)
		}
	}
	return out
}

// attachments of the conversion: a VirtualService names the Gateways of its listeners, and the routes that it was made of; each of its
// rules is named after its route, "namespace.name.rule".
func (v istioConversion) attachments() attachments {
	listeners := map[string]string{}
	for _, d := range v.docs {
		if subject, ok := d.subject(); ok && d.Kind == "Gateway" {
			listeners[d.Metadata.Namespace+"/"+d.Metadata.Name] = subject.String()
		}
	}
	out := attachments{}
	for _, d := range v.docs {
		if d.Kind != "VirtualService" {
			continue
		}
		for _, gateway := range d.Spec.Gateways {
			if gateway == "mesh" {
				continue // a route of a Service, without any listener
			}
			listener, known := listeners[gateway]
			if !known {
				listener = gateway
			}
			routes := strings.Split(d.Metadata.Annotations[parents], ",")
			for _, parent := range routes {
				a := out.at(listener, routeName(parent))
				a.names = append(a.names, d.Spec.Hosts...)
				for _, rule := range slices.Concat(d.Spec.HTTP, d.Spec.TCP, d.Spec.TLS) {
					if len(routes) > 1 && !ruleOf(rule.Name, parent) {
						continue
					}
					a.backends.sure = append(a.backends.sure, destinations(rule.Route)...)
					a.mirrors.sure = append(a.mirrors.sure, destinations(rule.Mirrors)...)
				}
			}
		}
	}
	return out
}

// routeName turns "HTTPRoute/name.namespace" into "HTTPRoute namespace/name".
func routeName(parent string) string {
	kind, rest, _ := strings.Cut(parent, "/")
	cut := strings.LastIndexByte(rest, '.')
	return kind + " " + rest[cut+1:] + "/" + rest[:cut]
}

func ruleOf(rule, parent string) bool {
	_, rest, _ := strings.Cut(parent, "/")
	cut := strings.LastIndexByte(rest, '.')
	number, found := strings.CutPrefix(rule, rest[cut+1:]+"."+rest[:cut]+".")
	return found && number != "" && strings.Trim(number, "0123456789") == ""
}

// destinations that are not valid have no host: requests for them fail.
func destinations(list []istioDestination) []string {
	var out []string
	for _, d := range list {
		if d.Destination.Host != "" {
			out = append(out, fmt.Sprintf("%s:%d", d.Destination.Host, d.Destination.Port.Number))
		}
	}
	return out
}

func readAttachments(p posture.Posture) attachments {
	out := attachments{}
	for _, e := range p.Entries {
		if e.Gateway.Name == probeGateway {
			continue
		}
		for _, r := range e.Routes {
			a := out.at(e.Subject.String(), fmt.Sprintf("%s %s/%s", r.Ref.Kind, r.Ref.Namespace, r.Ref.Name))
			names := r.Hostnames
			if len(names) == 0 {
				names = orAll(e.Hostnames)
			}
			a.names = append(a.names, names...)
			a.backends.add(r.Backends)
			a.mirrors.add(r.Mirrors)
		}
	}
	return out
}

// add gathers the backends that may be referred to.
func (d *destinationList) add(backends []posture.Backend) {
	for _, b := range backends {
		at := fmt.Sprintf("%s:%d", backendHost(b), b.Port)
		switch {
		case !b.Granted:
		case b.Exists && b.Weight > 0:
			d.sure = append(d.sure, at)
		default:
			d.possible = append(d.possible, at)
		}
	}
}

func backendHost(b posture.Backend) string {
	if b.Host != "" {
		return b.Host
	}
	if b.Ref.Kind == "Service" {
		return b.Ref.Name + "." + b.Ref.Namespace + ".svc.domain.suffix"
	}
	return b.Ref.Name
}

// destinationRules compares what BackendTLSPolicies become with the hop to each host, port by port, by the routes of the probe.
func (c *comparison) destinationRules(converted istioConversion, p posture.Posture) {
	for _, e := range p.Entries {
		if e.Gateway.Name != probeGateway {
			continue
		}
		for _, r := range e.Routes {
			for _, b := range r.Backends {
				host := backendHost(b)
				c.hop(fmt.Sprintf("%s:%d", host, b.Port), converted.clientTLS(host, b.Port), p, b)
			}
		}
	}
}

func (v istioConversion) clientTLS(host string, port int) *istioClientTLS {
	for _, d := range v.docs {
		if d.Kind != "DestinationRule" || d.Spec.Host != host || d.Spec.TrafficPolicy == nil {
			continue
		}
		for _, s := range d.Spec.TrafficPolicy.PortLevelSettings {
			if s.Port.Number == port {
				return s.TLS
			}
		}
		return d.Spec.TrafficPolicy.TLS
	}
	return nil
}

func (c *comparison) hop(at string, tls *istioClientTLS, p posture.Posture, b posture.Backend) {
	mode, anchors, names := b.TLS.Value, b.CA.Value, []string{b.Name.Value}
	if b.ExitIndex >= 0 {
		x := p.Exits[b.ExitIndex]
		mode, anchors, names = x.TLS.Value, x.CA.Value, x.Names.Value
		if tls != nil {
			c.field("hop.sni", at, tls.SNI, x.SNI)
		}
	}
	if tls == nil {
		c.field("hop.tls", at, "false", fmt.Sprint(mode == "tls"))
		return
	}
	c.field("hop.tls", at, "true", fmt.Sprint(mode == "tls"))
	var trusted []string
	for _, a := range anchors {
		switch {
		case a.System:
			trusted = append(trusted, "system")
		case a.Source == "missing":
			trusted = append(trusted, "invalid")
		default:
			trusted = append(trusted, a.Ref.Kind+" "+a.Ref.Namespace+"/"+a.Ref.Name)
		}
	}
	want := "system"
	switch {
	case strings.HasPrefix(tls.CredentialName, "invalid://"):
		want = "invalid"
	case tls.CredentialName != "":
		want = credential(tls.CredentialName)
	}
	c.field("hop.ca", at, want, join(trusted))
	if len(names) == 1 && names[0] == "" {
		names = nil
	}
	c.field("hop.names", at, join(tls.SubjectAltNames), join(names))
}

// conditions compares what the status says: whether a listener is accepted, and whether a route is.
func (c *comparison) conditions(docs []istioDocument, p posture.Posture) {
	for _, d := range docs {
		for _, l := range d.Status.Listeners {
			subject := posture.Subject{Kind: d.Kind, Namespace: d.Metadata.Namespace, Name: d.Metadata.Name, Listener: l.Name}
			if e := entryOf(p, subject); e != nil {
				c.field("accepted", subject.String(), fmt.Sprint(met(l.Conditions, "Accepted") && met(l.Conditions, "Programmed")), fmt.Sprint(e.Served.Value))
			}
		}
		for _, parent := range d.Status.Parents {
			ref := parent.ParentRef
			if ref.Kind != "" && ref.Kind != "Gateway" && ref.Kind != "ListenerSet" || d.Kind == "BackendTLSPolicy" {
				continue
			}
			namespace := ref.Namespace
			if namespace == "" {
				namespace = d.Metadata.Namespace
			}
			route := fmt.Sprintf("%s %s/%s", d.Kind, d.Metadata.Namespace, d.Metadata.Name)
			c.field("route accepted", fmt.Sprintf("%s by %s/%s %s", route, namespace, ref.Name, ref.SectionName),
				fmt.Sprint(met(parent.Conditions, "Accepted")), fmt.Sprint(attachedTo(p, route, namespace, ref.Name, ref.SectionName, ref.Port)))
		}
	}
}

func met(conditions []istioCondition, kind string) bool {
	return slices.ContainsFunc(conditions, func(c istioCondition) bool { return c.Type == kind && c.Status == "True" })
}

func attachedTo(p posture.Posture, route, namespace, name, section string, port int) bool {
	for _, e := range p.Entries {
		if e.Subject.Namespace != namespace || e.Subject.Name != name || section != "" && e.Subject.Listener != section || port != 0 && e.Port != port {
			continue
		}
		for _, r := range e.Routes {
			if fmt.Sprintf("%s %s/%s", r.Ref.Kind, r.Ref.Namespace, r.Ref.Name) == route {
				return true
			}
		}
	}
	return false
}
