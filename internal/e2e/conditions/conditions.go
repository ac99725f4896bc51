// Package conditions holds what a controller says in the status of objects against the posture: which listeners are programmed, which routes
// are accepted, and that nothing rests on a policy that is not.
package conditions

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/posture"
)

// Object is an object with its status.
type Object struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Namespace  string `json:"namespace"`
		Name       string `json:"name"`
		Generation int    `json:"generation"`
	} `json:"metadata"`
	Status struct {
		Listeners []struct {
			Name       string      `json:"name"`
			Conditions []condition `json:"conditions"`
		} `json:"listeners"`
		Parents []struct {
			ParentRef  reference   `json:"parentRef"`
			Conditions []condition `json:"conditions"`
		} `json:"parents"`
		Ancestors []struct {
			AncestorRef reference   `json:"ancestorRef"`
			Conditions  []condition `json:"conditions"`
		} `json:"ancestors"`
	} `json:"status"`
}

type condition struct {
	Type               string `json:"type"`
	Status             string `json:"status"`
	Reason             string `json:"reason"`
	ObservedGeneration int    `json:"observedGeneration"`
}

type reference struct {
	Kind        string `json:"kind"`
	Namespace   string `json:"namespace"`
	Name        string `json:"name"`
	SectionName string `json:"sectionName"`
	Port        int    `json:"port"`
}

// Same takes one comparison: of what, which field, what the status says and what the posture does.
type Same func(at, field string, said, read any)

// Compare compares everything that the statuses say with a posture.
func Compare(all []Object, p posture.Posture, same Same) {
	for _, o := range all {
		o.listeners(p, same)
		o.routes(p, same)
		o.policy(p, same)
	}
}

func (o Object) String() string { return o.Kind + " " + o.Metadata.Namespace + "/" + o.Metadata.Name }

// Observed reports whether a controller has said something of each listener or parent of a Gateway, ListenerSet or route as it is now. Of other
// kinds it need not say anything.
func (o Object) Observed() bool {
	now := func(all []condition) bool {
		return slices.ContainsFunc(all, func(c condition) bool { return c.ObservedGeneration == o.Metadata.Generation })
	}
	switch {
	case o.Kind == "Gateway", o.Kind == "ListenerSet":
		for _, l := range o.Status.Listeners {
			if !now(l.Conditions) {
				return false
			}
		}
		return len(o.Status.Listeners) > 0
	case strings.HasSuffix(o.Kind, "Route"):
		for _, p := range o.Status.Parents {
			if !now(p.Conditions) {
				return false
			}
		}
		return len(o.Status.Parents) > 0
	}
	return true
}

func holds(all []condition, kind string) (bool, bool) {
	i := slices.IndexFunc(all, func(c condition) bool { return c.Type == kind })
	return i >= 0 && all[i].Status == "True", i >= 0
}

// listeners: what is programmed is served.
func (o Object) listeners(p posture.Posture, same Same) {
	for _, l := range o.Status.Listeners {
		programmed, said := holds(l.Conditions, "Programmed")
		i := slices.IndexFunc(p.Entries, func(e posture.Entry) bool {
			return e.Subject == posture.Subject{Kind: o.Kind, Namespace: o.Metadata.Namespace, Name: o.Metadata.Name, Listener: l.Name}
		})
		if said && i >= 0 {
			same(p.Entries[i].Subject.String(), "programmed", programmed, p.Entries[i].Served.Value)
		}
	}
}

// routes: what is accepted by a parent is attached to one of its listeners.
func (o Object) routes(p posture.Posture, same Same) {
	for _, parent := range o.Status.Parents {
		accepted, said := holds(parent.Conditions, "Accepted")
		if !said {
			continue
		}
		ref, attached, known := parent.ParentRef, false, false
		if ref.Kind == "" {
			ref.Kind = "Gateway"
		}
		if ref.Namespace == "" {
			ref.Namespace = o.Metadata.Namespace
		}
		for _, e := range p.Entries {
			if e.Subject.Kind != ref.Kind || e.Subject.Namespace != ref.Namespace || e.Subject.Name != ref.Name {
				continue
			}
			known = true
			if (ref.SectionName == "" || ref.SectionName == e.Subject.Listener) && (ref.Port == 0 || ref.Port == e.Port) {
				attached = attached || slices.ContainsFunc(e.Routes, func(r posture.Route) bool {
					return r.Ref.Kind == o.Kind && r.Ref.Namespace == o.Metadata.Namespace && r.Ref.Name == o.Metadata.Name
				})
			}
		}
		if known {
			same(fmt.Sprintf("%s at %s %s/%s %s", o, ref.Kind, ref.Namespace, ref.Name, ref.SectionName), "route accepted", accepted, attached)
		}
	}
}

// policy: nothing rests on one that counts for none of its targets. One whose content is refused is another case: what it was for answers 500,
// and the posture says what it asks for.
func (o Object) policy(p posture.Posture, same Same) {
	ignored := len(o.Status.Ancestors) > 0 && strings.HasSuffix(o.Kind, "Policy")
	for _, a := range o.Status.Ancestors {
		i := slices.IndexFunc(a.Conditions, func(c condition) bool { return c.Type == "Accepted" })
		ignored = ignored && i >= 0 && a.Conditions[i].Status == "False" && a.Conditions[i].Reason != "Invalid" && a.Conditions[i].Reason != "NoValidCACertificate"
	}
	if !ignored {
		return
	}
	rests := ""
	use := func(at, field string, strict bool, by posture.Ref) { // else the policy is named as what was meant to protect
		if strict && by.Kind == o.Kind && by.Namespace == o.Metadata.Namespace && by.Name == o.Metadata.Name {
			rests = at + " " + field
		}
	}
	for _, e := range p.Entries {
		at := e.Subject.String()
		use(at, "clientAuth", e.ClientAuth.Value != posture.ClientNone, e.ClientAuth.By)
		use(at, "minTLS", e.MinTLS.Value == "1.3", e.MinTLS.By)
		use(at, "identities", !e.Identities.Value.Everybody, e.Identities.By)
		use(at, "jwt", e.JWT.Value.Value != posture.JWTNone, e.JWT.By)
		use(at, "sourceCIDRs", !e.SourceCIDRs.Value.Everybody, e.SourceCIDRs.By)
		for _, r := range e.Routes {
			for _, b := range r.Backends {
				use(at, "hop to "+b.Ref.Name, b.TLS.Value == "tls", b.TLS.By)
			}
		}
	}
	same(o.String(), "ignored", "ignored", cmp.Or(rests, "ignored"))
}
