package trace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

// leave follows the call out of the consumer's cluster: through its egress gateway, or directly.
func (w *walk) leave() bool {
	i := slices.IndexFunc(w.from.Wanted.Exits, func(x controller.WantedExit) bool {
		return x.Exposure == w.exposureName && x.Consumer == w.consumerName
	})
	if i < 0 {
		return w.missing(w.from, "exit", "nothing is planned for this consumer in cluster "+w.from.Name, "name the cluster of the consumer in the fleet, and run gatespan generate")
	}
	wanted := w.from.Wanted.Exits[i]
	if wanted.Via != "direct" && !w.egress(wanted) {
		return false
	}
	return w.exit(wanted)
}

// egress is the hop from the pods to their egress gateway.
func (w *walk) egress(wanted controller.WantedExit) bool {
	w.hop(w.from, "service name", w.declared(
		"pods call "+wanted.URL,
		"exposures", w.exposureName, "consumers", w.consumerName, "serviceName"))
	entry := entryOf(w.from, func(e posture.Entry) bool { return e.Subject == wanted.Gateway })
	if entry == nil {
		return w.missing(w.from, "egress listener", fmt.Sprintf("Gateway %s/%s has no listener for %s", wanted.Gateway.Namespace, wanted.Gateway.Name, w.exposureName), generateHint)
	}
	w.hop(w.from, "egress listener",
		w.told(w.from, listenerText(entry), entry.Listener),
		setting(w, w.from, "reached from: "+entry.Scheme.Value, entry.Scheme),
		setting(w, w.from, "TLS: "+entry.TLS.Value, entry.TLS),
		setting(w, w.from, "client certificate: "+entry.ClientAuth.Value, entry.ClientAuth),
	)
	return w.served(w.from, entry)
}

const generateHint = "run gatespan generate"

// served ends the path at a listener that the controller refuses.
func (w *walk) served(c Cluster, entry *posture.Entry) bool {
	if entry.Served.Value {
		return true
	}
	last := &w.hops[len(w.hops)-1]
	last.Missing = "the controller does not serve this listener"
	last.Facts = append(last.Facts, setting(w, c, "not served", entry.Served))
	return false
}

// exit is the hop that leaves the cluster.
func (w *walk) exit(wanted controller.WantedExit) bool {
	i := slices.IndexFunc(w.from.Posture.Exits, func(x posture.Exit) bool {
		if x.Host != wanted.Hostname && x.SNI != wanted.Hostname {
			return false
		}
		if wanted.Via == "direct" {
			return x.Gateway == (posture.Subject{}) && x.Destination.Namespace == w.consumer.Namespace
		}
		return x.Gateway.Namespace == wanted.Gateway.Namespace && x.Gateway.Name == wanted.Gateway.Name
	})
	if i < 0 {
		return w.missing(w.from, "exit", fmt.Sprintf("nothing of cluster %s calls %s:%d for this consumer", w.from.Name, wanted.Hostname, wanted.Port), generateHint)
	}
	x := w.from.Posture.Exits[i]
	floor := x.MinTLS
	if floor.Enforcer == posture.ByPeer {
		floor.Why = cmp.Or(floor.Why, "the entry that it meets has the floor")
	}
	w.hop(w.from, "exit",
		w.told(w.from, fmt.Sprintf("%s calls %s:%d", x.Subject.Kind+" "+x.Subject.Namespace+"/"+x.Subject.Name, x.Host, x.Port), x.Destination),
		setting(w, w.from, "TLS: "+x.TLS.Value, x.TLS),
		setting(w, w.from, "TLS floor: "+cmp.Or(x.MinTLS.Value, "none"), floor),
		setting(w, w.from, "presents: "+cmp.Or(x.Certificate.Value, "no certificate"), x.Certificate),
		setting(w, w.from, "trusts: "+Anchors(x.CA.Value), x.CA),
		setting(w, w.from, "checks the name: "+cmp.Or(strings.Join(x.Names.Value, ", "), "none"), x.Names),
		setting(w, w.from, "may be used by: "+Users(x.Users.Value), x.Users),
	)
	return true
}

// entryOf is the one entry that is meant; nil when there is none.
func entryOf(c Cluster, is func(posture.Entry) bool) *posture.Entry {
	if i := slices.IndexFunc(c.Posture.Entries, is); i >= 0 {
		return &c.Posture.Entries[i]
	}
	return nil
}

func listenerText(e *posture.Entry) string {
	hosts := strings.Join(e.Hostnames, ", ")
	return fmt.Sprintf("listener %s of %s %s/%s, %s port %d", e.Subject.Listener, e.Subject.Kind, e.Subject.Namespace, e.Subject.Name, cmp.Or(hosts, "every name"), e.Port)
}

// Anchors says in a few words which CAs are trusted.
func Anchors(all []posture.Anchor) string {
	var out []string
	for _, a := range all {
		switch {
		case a.System:
			out = append(out, "any public CA")
		case a.TrustDomain != "":
			out = append(out, a.TrustDomain+" ("+a.Ref.Kind+" "+a.Ref.Namespace+"/"+a.Ref.Name+")")
		default:
			out = append(out, a.Ref.Kind+" "+a.Ref.Namespace+"/"+a.Ref.Name)
		}
	}
	return cmp.Or(strings.Join(out, ", "), "nothing")
}

// Users says in a few words who may use an exit.
func Users(u posture.Users) string {
	if u.Everybody {
		return "everybody in the cluster"
	}
	return cmp.Or(strings.Join(slices.Concat(u.Principals, u.Pods), ", "), "nobody")
}
