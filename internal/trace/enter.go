package trace

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

// enter follows the call into the provider's cluster, to the pods.
func (w *walk) enter() bool {
	i := slices.IndexFunc(w.to.Wanted.Entries, func(e controller.WantedEntry) bool { return e.Exposure == w.exposureName })
	if i < 0 {
		return w.missing(w.to, "entry", "nothing is planned for "+w.exposureName+" in cluster "+w.to.Name, generateHint)
	}
	wanted := w.to.Wanted.Entries[i]
	entry := entryOf(w.to, wanted.Is)
	if entry == nil {
		return w.missing(w.to, "entry", fmt.Sprintf("%s %s/%s has no listener %s", wanted.Listener.Kind, wanted.Listener.Namespace, wanted.Listener.Name, wanted.Listener.Listener), generateHint)
	}
	if entry.TLS.Value == posture.TLSPassthrough {
		w.hop(w.to, "entry",
			w.told(w.to, listenerText(entry), entry.Listener),
			setting(w, w.to, "reached from: "+entry.Scheme.Value, entry.Scheme),
			setting(w, w.to, "TLS: passed through by its server name, to whoever ends it", entry.TLS),
		)
		return w.served(w.to, entry) && w.route(wanted, entry)
	}
	accepted, fact := w.identity(entry)
	w.hop(w.to, "entry",
		w.told(w.to, listenerText(entry), entry.Listener),
		setting(w, w.to, "reached from: "+entry.Scheme.Value, entry.Scheme),
		setting(w, w.to, "TLS: "+entry.TLS.Value, entry.TLS),
		setting(w, w.to, "TLS floor: "+cmp.Or(entry.MinTLS.Value, "none"), entry.MinTLS),
		setting(w, w.to, "client certificate: "+entry.ClientAuth.Value, entry.ClientAuth),
		setting(w, w.to, "signed by: "+Anchors(entry.ClientCA.Value), entry.ClientCA),
		fact,
	)
	switch {
	case !w.served(w.to, entry):
		return false
	case !accepted:
		w.hops[len(w.hops)-1].Missing = "the listener does not accept the consumer's identity"
		w.hops[len(w.hops)-1].Hint = generateHint
		return false
	}
	return w.route(wanted, entry)
}

// identity says whether the entry accepts the consumer, and who tells it from others.
func (w *walk) identity(entry *posture.Entry) (bool, Fact) {
	id := posture.Identity{Type: "uri", Match: "exact", Value: w.consumer.Identity.URI}
	if id.Value == "" {
		id = posture.Identity{Type: "dns", Match: "exact", Value: w.consumer.Identity.DNS}
	}
	accepted := entry.Identities.Value
	switch {
	case accepted.Everybody:
		fact := setting(w, w.to, "accepts everybody whom the CA signs, "+id.Value+" among them", entry.Identities)
		if by := w.consumer.Identity.EnforcedBy; by != "" && by != "gateway" {
			fact.Enforcer = posture.Enforcer(by)
		}
		return true, fact
	case slices.ContainsFunc(accepted.Accepted, func(a posture.Identity) bool { return matches(a, id) }):
		return true, setting(w, w.to, "accepts "+id.Value, entry.Identities)
	}
	return false, setting(w, w.to, "does not accept "+id.Value, entry.Identities)
}

// matches reports whether an accepted name covers an identity.
func matches(a, id posture.Identity) bool {
	value := id.Value
	if a.Type == "principal" { // SPIFFE without its scheme
		value = strings.TrimPrefix(value, "spiffe://")
	} else if a.Type != id.Type {
		return false
	}
	switch a.Match {
	case "exact":
		return value == a.Value
	case "prefix":
		return strings.HasPrefix(value, a.Value)
	case "suffix":
		return strings.HasSuffix(value, a.Value)
	case "regex":
		re, err := regexp.Compile(`^(?:` + a.Value + `)$`)
		return err == nil && re.MatchString(value)
	}
	return false
}

// route is the hop from the listener to the Service, and to its pods.
func (w *walk) route(wanted controller.WantedEntry, entry *posture.Entry) bool {
	service := wanted.Service
	for _, r := range entry.Routes {
		for _, b := range r.Backends {
			if b.Ref.Kind != "Service" || b.Ref.Namespace != service.Namespace || b.Ref.Name != service.Name {
				continue
			}
			w.hop(w.to, "route", w.told(w.to, fmt.Sprintf("%s %s/%s, %s", r.Ref.Kind, r.Ref.Namespace, r.Ref.Name, cmp.Or(strings.Join(r.Paths, ", "), "every path")), r.Ref))
			return w.grant(r, b) && w.service(wanted, b, entry.TLS.Value == posture.TLSPassthrough)
		}
	}
	return w.missing(w.to, "route", fmt.Sprintf("no route of the listener leads to Service %s/%s", service.Namespace, service.Name), generateHint)
}

func (w *walk) grant(r posture.Route, b posture.Backend) bool {
	if r.Ref.Namespace == b.Ref.Namespace {
		return true
	}
	for _, g := range w.to.Posture.Grants {
		if g.FromNamespace == r.Ref.Namespace && g.FromKind == r.Ref.Kind && g.By.Namespace == b.Ref.Namespace && g.ToKind == b.Ref.Kind && (g.ToName == "" || g.ToName == b.Ref.Name) {
			target := "every " + g.ToKind
			if g.ToName != "" {
				target = g.ToKind + " " + g.ToName
			}
			w.hop(w.to, "grant", w.told(w.to, fmt.Sprintf("%s of namespace %s may refer to %s", g.FromKind, g.FromNamespace, target), g.By))
			return true
		}
	}
	return w.missing(w.to, "grant", fmt.Sprintf("no ReferenceGrant in namespace %s lets %s %s/%s refer to Service %s", b.Ref.Namespace, r.Ref.Kind, r.Ref.Namespace, r.Ref.Name, b.Ref.Name), generateHint)
}

// service is the end of the path: the Service, and the pods behind it. Where TLS was passed through, the pods hold what a gateway would.
func (w *walk) service(wanted controller.WantedEntry, b posture.Backend, through bool) bool {
	name := w.told(w.to, fmt.Sprintf("Service %s/%s port %d", b.Ref.Namespace, b.Ref.Name, b.Port), b.From)
	facts := []Fact{w.declared("pods "+labels(wanted.Pods)+" of namespace "+wanted.Service.Namespace, "exposures", w.exposureName, "service", "selector")}
	if through {
		w.hop(w.to, "service", name)
		facts = append(facts, w.attested(wanted)...)
	} else {
		w.hop(w.to, "service", name,
			setting(w, w.to, "TLS to the pods: "+b.TLS.Value, b.TLS),
			setting(w, w.to, "trusts: "+Anchors(b.CA.Value), b.CA),
			setting(w, w.to, "checks the name: "+cmp.Or(b.Name.Value, "none"), b.Name),
		)
	}
	for _, s := range w.to.Posture.Services {
		if s.Subject.Namespace == wanted.Service.Namespace && s.Subject.Name == wanted.Service.Name {
			admitted := "everybody in the cluster"
			if !s.Network.Value.Everybody {
				admitted = cmp.Or(strings.Join(s.Network.Value.Admitted, "; "), "nobody")
			}
			facts = append(facts, setting(w, w.to, "admit: "+admitted, s.Network))
		}
	}
	w.hop(w.to, "pods", facts...)
	return true
}

// attested is what the fleet says that the pods behind a listener hold which passes TLS through, and who says it. Without an attestation
// nobody does.
func (w *walk) attested(wanted controller.WantedEntry) []Fact {
	a := w.exposure.TLS.Attestation
	if a == nil {
		return []Fact{{Text: "nothing says that they end TLS and verify the client", Enforcer: posture.ByNobody}}
	}
	at := []string{"exposures", w.exposureName, "tls", "attestation"}
	holds := func(text string) Fact {
		fact := w.declared(text, at...)
		fact.Enforcer = posture.ByWorkload
		return fact
	}
	return []Fact{
		holds("TLS floor: " + wanted.MinTLS),
		holds("client certificate: required, signed by trust domain " + wanted.TrustDomain),
		w.declared("attested by "+a.By+": "+a.Evidence, at...),
	}
}
