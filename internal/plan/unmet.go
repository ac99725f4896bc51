package plan

import (
	"fmt"
	"slices"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

// Unmet is what a cluster's posture lacks of what the fleet wants of it, one sentence for each gap and none when the law holds:
// each intent is met by its own entry or exit. Peers are the postures of the fleet's clusters, for exits whose floor the other
// end holds.
func Unmet(w controller.Wanted, p posture.Posture, peers ...posture.Posture) []string {
	var out []string
	for _, want := range w.Entries {
		for _, gap := range unmetEntry(want, p) {
			out = append(out, "exposure "+want.Exposure+": "+gap)
		}
	}
	for _, want := range w.Exits {
		for _, gap := range unmetExit(want, p, peers) {
			out = append(out, "exposure "+want.Exposure+", consumer "+want.Consumer+": "+gap)
		}
	}
	return out
}

// gaps gathers sentences.
type gaps []string

func (g *gaps) unless(ok bool, format string, args ...any) {
	if !ok {
		*g = append(*g, fmt.Sprintf(format, args...))
	}
}

func unmetEntry(want controller.WantedEntry, p posture.Posture) []string {
	i := slices.IndexFunc(p.Entries, want.Is)
	if i < 0 {
		return []string{"there is no " + want.Listener.String()}
	}
	e := p.Entries[i]
	var g gaps
	g.unless(e.Served.Value, "the listener is not served: %s", e.Served.Why)
	g.unless(e.Port == want.Port, "the port is %d instead of %d", e.Port, want.Port)
	g.unless(slices.Equal(e.Hostnames, []string{want.Hostname}), "the hostnames are %v instead of %s", e.Hostnames, want.Hostname)
	if want.Mode == "Passthrough" {
		g.unless(e.TLS.Value == posture.TLSPassthrough, "TLS is %s instead of passthrough", e.TLS.Value)
		return append(g, unmetRoutes(want, e)...)
	}
	g.unless(e.TLS.Value == posture.TLSTerminate, "TLS is %s instead of terminate", e.TLS.Value)
	g.unless(atLeast(e.MinTLS, want.MinTLS), "the TLS floor is %q: %s", e.MinTLS.Value, e.MinTLS.Why)
	g.unless(e.ClientAuth.Value == posture.ClientRequired && held(e.ClientAuth.Enforcer), "a client certificate is %s: %s", e.ClientAuth.Value, e.ClientAuth.Why)
	g.unless(pinnedTo(e.ClientCA.Value, want.SHA256), "clients may be signed by others than trust domain %s: %s", want.TrustDomain, e.ClientCA.Why)
	g.unless(!e.Expired.Value, "expired client certificates are accepted: %s", e.Expired.Why)
	if want.PinIdentities {
		g.unless(!e.Identities.Value.Everybody && held(e.Identities.Enforcer) && sameIdentities(e.Identities.Value.Accepted, want.Identities),
			"the accepted identities are %v instead of %v", e.Identities.Value, want.Identities)
	}
	if want.JWT != nil {
		g.unless(e.JWT.Value.Value == posture.JWTRequired && held(e.JWT.Enforcer) && slices.Equal(e.JWT.Value.Issuers, []string{want.JWT.Issuer}) &&
			slices.Equal(e.JWT.Value.Audiences, want.JWT.Audiences) && slices.Equal(e.JWT.Value.Keys, []string{want.JWT.JWKSURI}), "the token that is asked for is %v instead of %v: %s", e.JWT.Value, *want.JWT, e.JWT.Why)
	}
	return append(g, unmetRoutes(want, e)...)
}

// unmetRoutes: every route leads to the Service and nowhere else, by TLS with a pinned CA and a checked name.
func unmetRoutes(want controller.WantedEntry, e posture.Entry) []string {
	var g gaps
	reached := false
	for _, r := range e.Routes {
		g.unless(len(r.Mirrors) == 0, "%s %s mirrors requests", r.Ref.Kind, r.Ref.Name)
		for _, b := range r.Backends {
			at := fmt.Sprintf("%s %s/%s, port %d", b.Ref.Kind, b.Ref.Namespace, b.Ref.Name, b.Port)
			g.unless(b.Ref.Kind == "Service" && b.Ref.Namespace == want.Service.Namespace && slices.Contains(want.Services, b.Ref.Name) && b.Port == want.ServicePort,
				"a route leads to %s", at)
			g.unless(b.Granted, "no ReferenceGrant lets the route reach %s", at)
			reached = true
			if want.Mode == "Passthrough" {
				continue // TLS goes through: the pods end it
			}
			g.unless(b.TLS.Value == "tls", "the hop to %s has TLS %s: %s", at, b.TLS.Value, b.TLS.Why)
			if want.Attested {
				continue // the fleet says who answers for the way to the pods
			}
			g.unless(pinnedTo(b.CA.Value, want.BackendSHA256), "the hop to %s pins another CA: %s", at, b.CA.Why)
			g.unless(b.Name.Value == want.BackendName, "the hop to %s checks the name %q instead of %q: %s", at, b.Name.Value, want.BackendName, b.Name.Why)
		}
	}
	g.unless(reached, "no route leads to Service %s/%s", want.Service.Namespace, want.Service.Name)
	return g
}

func unmetExit(want controller.WantedExit, p posture.Posture, peers []posture.Posture) []string {
	i := slices.IndexFunc(p.Exits, func(x posture.Exit) bool {
		return x.Subject == want.Gateway && x.Port == want.Port && (x.SNI == want.Hostname || x.Host == want.Hostname)
	})
	if i < 0 {
		return []string{fmt.Sprintf("nothing leads from %s %s/%s to %s:%d", want.Gateway.Kind, want.Gateway.Namespace, want.Gateway.Name, want.Hostname, want.Port)}
	}
	x := p.Exits[i]
	var g gaps
	g.unless(x.TLS.Value == "tls", "TLS is %s: %s", x.TLS.Value, x.TLS.Why)
	g.unless(x.SNI == want.Hostname, "the server name that is asked for is %q instead of %q", x.SNI, want.Hostname)
	g.unless(x.Certificate.Value != "", "no client certificate is presented: %s", x.Certificate.Why)
	g.unless(pinnedTo(x.CA.Value, want.SHA256), "the provider may be signed by others: %s", x.CA.Why)
	g.unless(slices.Equal(x.Names.Value, []string{want.Hostname}), "the names that are checked are %v instead of %s: %s", x.Names.Value, want.Hostname, x.Names.Why)
	g.unless(!x.Users.Value.Everybody && held(x.Users.Enforcer), "anybody may use it: %s", x.Users.Why)
	if !atLeast(x.MinTLS, want.MinTLS) {
		g.unless(want.FloorBy == "attested" || want.FloorBy == "peer" && peersHold(want, peers), "the TLS floor is %q, and no listener that it meets is known to hold %s: %s", x.MinTLS.Value, want.MinTLS, x.MinTLS.Why)
	}
	return g
}

// peersHold: some listener has the name and port, and all that do have the floor.
func peersHold(want controller.WantedExit, peers []posture.Posture) bool {
	met := false
	for _, p := range peers {
		for _, e := range p.Entries {
			if e.Port != want.Port || !slices.Contains(e.Hostnames, want.Hostname) {
				continue
			}
			if !atLeast(e.MinTLS, want.MinTLS) {
				return false
			}
			met = true
		}
	}
	return met
}

func held(by posture.Enforcer) bool { return by != "" && by != posture.ByNobody }

func atLeast(have posture.Setting[string], want string) bool {
	return have.Value != "" && held(have.Enforcer) && controller.CompareVersions(have.Value, want) >= 0
}

// pinnedTo: there is a bundle, the roots of every bundle are known, and each is one of those (SHA-256 in hex) that may be there.
func pinnedTo(anchors []posture.Anchor, roots []string) bool {
	for _, a := range anchors {
		if a.System || len(a.SHA256) == 0 {
			return false
		}
		for _, sum := range a.SHA256 {
			if !slices.Contains(roots, sum) {
				return false
			}
		}
	}
	return len(anchors) > 0
}

func sameIdentities(have, want []posture.Identity) bool {
	if len(have) != len(want) {
		return false
	}
	for _, id := range want {
		if !slices.Contains(have, id) {
			return false
		}
	}
	return true
}
