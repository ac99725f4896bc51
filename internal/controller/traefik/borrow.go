package traefik

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// lent is what calls with a client certificate: the TraefikService and the ServersTransport of an exit.
type lent struct {
	object   *object.Object
	gateways []*gatewayapi.Gateway
}

// lend notes that a listener's route reaches an object of an exit.
func (r *reader) lend(o *object.Object, gateway posture.Subject) {
	for _, g := range r.Gateways {
		if gatewayapi.SubjectOf(g.Object) != gateway {
			continue
		}
		i := slices.IndexFunc(r.lent, func(l lent) bool { return l.object == o })
		if i < 0 {
			i, r.lent = len(r.lent), append(r.lent, lent{object: o})
		}
		if !slices.Contains(r.lent[i].gateways, g) {
			r.lent[i].gateways = append(r.lent[i].gateways, g)
		}
	}
}

// borrowers finds what else calls with the certificate of an exit, and what Traefik may take for one of its objects.
func (r *reader) borrowers() {
	if len(r.lent) == 0 {
		return
	}
	safe := judged(lookNaming)(r.Cluster, r.Objects).State == posture.PrerequisiteMet
	for _, l := range r.lent {
		for _, u := range r.uses() {
			if slices.ContainsFunc(r.lent, func(l lent) bool { return l.object == u.object }) {
				continue // a member of an exit itself
			}
			field, name := "name", u.ref.Name
			if l.object.Kind == kindServersTransport {
				field, name = "serversTransport", u.ref.ServersTransport
			} else if u.ref.Kind != kindTraefikService {
				continue
			}
			if names(l.object, cmp.Or(u.ref.Namespace, u.object.Namespace), name) {
				r.lends(l, u.object, u.field+"."+field, "it calls with the client certificate of an egress gateway, whoever reaches it")
			}
		}
		if l.object.Kind == kindServersTransport {
			r.annotated(l)
		}
		if !safe {
			r.collides(l)
		}
	}
}

func (r *reader) lends(l lent, o *object.Object, field, why string) {
	for _, g := range l.gateways {
		r.hatch(g, o, field, why)
	}
}

// names reports whether a name that is used in a namespace is an object's: its own there, or from anywhere with its namespace and provider,
// as either naming scheme has it (pkg/provider/kubernetes/crd/name_builder.go).
func names(o *object.Object, namespace, name string) bool {
	if key, ok := strings.CutSuffix(name, "@kubernetescrd"); ok {
		return key == flattened(o.Namespace, o.Name) || key == o.Namespace+"_"+o.Name
	}
	return namespace == o.Namespace && name == o.Name
}

// transportAnnotation gives the Services of an Ingress a ServersTransport (pkg/provider/kubernetes/ingress/annotations.go).
const transportAnnotation = "traefik.ingress.kubernetes.io/service.serverstransport"

func (r *reader) annotated(l lent) {
	for _, o := range r.Objects.Kind("", "Service") {
		if names(l.object, "", o.Annotations[transportAnnotation]) {
			r.lends(l, o, object.Key("metadata.annotations", transportAnnotation), "an Ingress that leads to it calls with the client certificate of an egress gateway")
		}
	}
}

// collides finds objects that have an exit's name once namespace and name are joined: the one that Traefik reads last counts, unless the
// installation has safeNaming (codeTransport addToConfig). Services have the port in theirs (codeCRD fullServiceName).
func (r *reader) collides(l lent) {
	mine := flattened(l.object.Namespace, l.object.Name)
	taken := func(o *object.Object, field string, parts ...string) {
		if flattened(parts...) == mine && o != l.object {
			r.lends(l, o, field, fmt.Sprintf("without safeNaming Traefik calls it %s, as it does %s", mine, l.object))
		}
	}
	if l.object.Kind == kindServersTransport {
		for _, t := range r.transports {
			taken(t.object, "metadata.name", t.object.Namespace, t.object.Name)
		}
		return
	}
	for _, t := range r.services {
		taken(t.object, "metadata.name", t.object.Namespace, t.object.Name)
	}
	for _, u := range r.uses() {
		if !crossProvider(u.ref.Name) && u.ref.Kind != kindTraefikService {
			taken(u.object, u.field+".name", cmp.Or(u.ref.Namespace, u.object.Namespace), u.ref.Name, fmt.Sprint(u.ref.Port))
		}
	}
}

// flattened is a name without safeNaming (pkg/provider/configuration.go Normalize).
func flattened(parts ...string) string {
	return strings.Join(strings.FieldsFunc(strings.Join(parts, "-"), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsNumber(c) }), "-")
}
