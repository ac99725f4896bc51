package posture

import (
	"slices"
	"strings"
)

// Order is how one value compares with another in strictness.
type Order int

// The orders. Exchanged is neither stricter nor weaker: other values than before.
const (
	Same Order = iota
	Stronger
	Weaker
	Exchanged
)

// ranked compares two values by their place in a list from weakest to strictest. A value that the list does not know is weaker than
// every known one: what is not understood is never a tightening.
func ranked(scale []string, before, after string) Order {
	b, a := slices.Index(scale, before), slices.Index(scale, after)
	switch {
	case before == after:
		return Same
	case a > b:
		return Stronger
	default:
		return Weaker
	}
}

// CompareClientAuth orders none, optional, required.
func CompareClientAuth(before, after string) Order {
	return ranked([]string{ClientNone, ClientOptional, ClientRequired}, before, after)
}

// CompareVersion orders TLS versions; "" (no TLS of the gateway's own) is below all.
func CompareVersion(before, after string) Order {
	return ranked([]string{"", "1.0", "1.1", "1.2", "1.3"}, before, after)
}

// CompareTLS orders what an entry or a hop does with TLS. Between termination and passthrough nothing is stricter: another
// party authenticates.
func CompareTLS(before, after string) Order {
	if before == after {
		return Same
	}
	switch {
	case before == TLSNone:
		return Stronger
	case after == TLSNone:
		return Weaker
	default:
		return Exchanged
	}
}

// CompareRevocation orders none, leaf, chain.
func CompareRevocation(before, after string) Order {
	return ranked([]string{"none", "leaf", "chain"}, before, after)
}

// CompareForwarding orders what happens to identity headers: forward (forged by anybody), append (by an authenticated client), sanitize.
func CompareForwarding(before, after string) Order {
	return ranked([]string{"forward", "append", "sanitize"}, before, after)
}

// CompareScheme orders by how far away an entry can be reached from; unknown is as far as can be.
func CompareScheme(before, after string) Order {
	if before == SchemeUnknown {
		before = SchemeInternetFacing
	}
	if after == SchemeUnknown {
		after = SchemeInternetFacing
	}
	return ranked([]string{SchemeInternetFacing, SchemeInternal, SchemeCluster}, before, after)
}

// CompareFlag orders a switch whose being on is weak.
func CompareFlag(before, after bool) Order {
	switch {
	case before == after:
		return Same
	case after:
		return Weaker
	default:
		return Stronger
	}
}

// CompareSets orders two sets of what is accepted: fewer is stricter, other members are exchanged. Everybody is the largest
// set; an empty one accepts nobody.
func CompareSets(beforeAll bool, before []string, afterAll bool, after []string) Order {
	switch {
	case beforeAll && afterAll:
		return Same
	case afterAll:
		return Weaker
	case beforeAll:
		return Stronger
	}
	added, removed := missing(before, after), missing(after, before)
	switch {
	case len(added) == 0 && len(removed) == 0:
		return Same
	case len(removed) == 0:
		return Weaker
	case len(added) == 0:
		return Stronger
	default:
		return Exchanged
	}
}

// CompareNames orders names that are checked in a certificate: they are alternatives, so more are weaker, but none at all checks nothing.
func CompareNames(before, after []string) Order {
	return CompareSets(len(before) == 0, before, len(after) == 0, after)
}

// CompareJWT orders none, optional, required; of two that are required, fewer issuers and audiences are stricter, and none at all are any.
// Keys from elsewhere sign whatever the issuer would.
func CompareJWT(before, after JWT) Order {
	if order := ranked([]string{JWTNone, JWTOptional, JWTRequired}, before.Value, after.Value); order != Same || after.Value != JWTRequired {
		return order
	}
	if len(missing(before.Keys, after.Keys)) > 0 {
		return Weaker
	}
	issuers, audiences := CompareNames(before.Issuers, after.Issuers), CompareNames(before.Audiences, after.Audiences)
	switch {
	case issuers == Same:
		return audiences
	case audiences == Same, issuers == audiences:
		return issuers
	case issuers == Weaker || audiences == Weaker:
		return Weaker
	default:
		return Exchanged
	}
}

// LeastJWT is what two ways to the same thing ask of a request: the one that asks for less, and where both require a token, what either
// accepts.
func LeastJWT(a, b Setting[JWT]) Setting[JWT] {
	out := a
	if CompareJWT(a.Value, b.Value) == Weaker {
		out = b
	}
	if a.Value.Value == JWTRequired && b.Value.Value == JWTRequired {
		out.Value.Issuers, out.Value.Audiences = either(a.Value.Issuers, b.Value.Issuers), either(a.Value.Audiences, b.Value.Audiences)
		out.Value.Keys = union(a.Value.Keys, b.Value.Keys)
	}
	return out
}

// either joins two lists of alternatives of which an empty one is all.
func either(a, b []string) []string {
	if len(a) == 0 || len(b) == 0 {
		return []string{}
	}
	return union(a, b)
}

func union(a, b []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
}

// missing returns the members of b that are not in a.
func missing(a, b []string) []string {
	var out []string
	for _, x := range b {
		if !slices.Contains(a, x) {
			out = append(out, x)
		}
	}
	return out
}

// AnchorKeys names what trust anchors trust, so that sets of them can be compared: fingerprints where they are known, otherwise the object.
func AnchorKeys(anchors []Anchor) []string {
	var keys []string
	for _, a := range anchors {
		switch {
		case a.System:
			keys = append(keys, "system roots")
		case len(a.SHA256) > 0:
			for _, sum := range a.SHA256 {
				keys = append(keys, "sha256:"+sum)
			}
		default:
			key := a.Ref.Kind + " " + a.Ref.Namespace + "/" + a.Ref.Name
			if a.Made != "" {
				key += " from " + a.Made
			}
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Keys names the accepted identities, sorted.
func (i Identities) Keys() []string {
	var keys []string
	for _, id := range i.Accepted {
		keys = append(keys, id.Type+" "+id.Match+" "+id.Value)
	}
	slices.Sort(keys)
	return keys
}

// Text is a label set as "a=b,c=d", sorted.
func Text(labels Labels) string {
	parts := make([]string, 0, len(labels))
	for k, v := range labels {
		parts = append(parts, k+"="+v)
	}
	slices.Sort(parts)
	return strings.Join(parts, ",")
}

// String names a subject as people write it: "Gateway edge/edge listener relay".
func (s Subject) String() string {
	name := s.Name
	if s.Namespace != "" {
		name = s.Namespace + "/" + name
	}
	out := strings.TrimSpace(s.Kind + " " + name)
	if s.Listener != "" {
		out += " listener " + s.Listener
	}
	return out
}
