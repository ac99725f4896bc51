package envoygateway

import (
	"slices"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// unprotected points the settings that no policy reaches at the policy that was meant to.
func unprotected(e *posture.Entry, at posture.Ref, why string) {
	if e.MinTLS.Value != "1.3" {
		e.MinTLS.By, e.MinTLS.Why = at, why
	}
	if e.ClientAuth.Value != posture.ClientRequired {
		e.ClientAuth.By, e.ClientAuth.Why = at, why
		e.ClientCA.By, e.ClientCA.Why = at, why
	}
	if e.Identities.Value.Everybody {
		e.Identities.By, e.Identities.Why = at, why
	}
}

// unprotectedBy adds to the settings that a replacing policy leaves weak what it replaced.
func unprotectedBy(e *posture.Entry, o *object.Object, why string) {
	add := func(by posture.Ref, text *string) {
		if by.Kind == o.Kind && by.Namespace == o.Namespace && by.Name == o.Name {
			*text += ", and " + why
		}
	}
	if e.MinTLS.Value != "1.3" {
		add(e.MinTLS.By, &e.MinTLS.Why)
	}
	if e.ClientAuth.Value != posture.ClientRequired {
		add(e.ClientAuth.By, &e.ClientAuth.Why)
	}
	if e.Identities.Value.Everybody {
		add(e.Identities.By, &e.Identities.Why)
	}
}

// weakest joins what two policies would make of one listener when Git does not tell which of them counts.
func weakest(a, b posture.Entry, tie string) posture.Entry {
	out := a
	out.Served = weaker(a.Served, b.Served, posture.CompareFlag, tie)
	out.MinTLS = weaker(a.MinTLS, b.MinTLS, posture.CompareVersion, tie)
	out.MaxTLS = weaker(a.MaxTLS, b.MaxTLS, posture.CompareVersion, tie)
	out.HTTP3 = weaker(a.HTTP3, b.HTTP3, posture.CompareFlag, tie)
	out.Resumption = weaker(a.Resumption, b.Resumption, posture.CompareFlag, tie)
	out.ClientAuth = weaker(a.ClientAuth, b.ClientAuth, posture.CompareClientAuth, tie)
	out.Expired = weaker(a.Expired, b.Expired, posture.CompareFlag, tie)
	out.Revocation = weaker(a.Revocation, b.Revocation, posture.CompareRevocation, tie)
	out.Forwarding = weaker(a.Forwarding, b.Forwarding, posture.CompareForwarding, tie)
	out.ClientCA = union(a.ClientCA, b.ClientCA, compareAnchors, joinAnchors, undeclared, tie)
	out.Identities = union(a.Identities, b.Identities, compareIdentities, joinIdentities, byPattern, tie)
	return out
}

// weaker is the less strict of two settings; where they differ, the reason names the tie.
func weaker[T any](a, b posture.Setting[T], compare func(T, T) posture.Order, tie string) posture.Setting[T] {
	order := compare(a.Value, b.Value)
	if order == posture.Same {
		return a
	}
	out := a
	if order == posture.Weaker {
		out = b
	}
	if tie != "" {
		out.Why += "; " + tie
	}
	return out
}

// union is weaker for sets: of two that are not comparable it accepts what either accepts. The one that is suspect by itself is named
// as what decided.
func union[T any](a, b posture.Setting[T], compare func(T, T) posture.Order, join func(T, T) T, suspect func(T) bool, tie string) posture.Setting[T] {
	if compare(a.Value, b.Value) != posture.Exchanged {
		return weaker(a, b, compare, tie)
	}
	out := b
	if suspect(a.Value) && !suspect(b.Value) {
		out = a
	}
	out.Value = join(a.Value, b.Value)
	out.Why += "; " + tie
	return out
}

func compareAnchors(a, b []posture.Anchor) posture.Order {
	return posture.CompareSets(false, posture.AnchorKeys(a), false, posture.AnchorKeys(b))
}

func joinAnchors(a, b []posture.Anchor) []posture.Anchor {
	out := slices.Clone(a)
	for _, anchor := range b {
		if !slices.ContainsFunc(a, func(x posture.Anchor) bool { return x.Ref == anchor.Ref }) {
			out = append(out, anchor)
		}
	}
	return out
}

func compareIdentities(a, b posture.Identities) posture.Order {
	return posture.CompareSets(a.Everybody, a.Keys(), b.Everybody, b.Keys())
}

func joinIdentities(a, b posture.Identities) posture.Identities {
	out := posture.Identities{Everybody: a.Everybody || b.Everybody, Accepted: slices.Clone(a.Accepted)}
	for _, id := range b.Accepted {
		if !slices.Contains(a.Accepted, id) {
			out.Accepted = append(out.Accepted, id)
		}
	}
	return out
}

// undeclared: some anchor is of no trust domain of the fleet.
func undeclared(anchors []posture.Anchor) bool {
	return slices.ContainsFunc(anchors, func(a posture.Anchor) bool { return a.System || a.TrustDomain == "" })
}

// byPattern: some identity is not one name.
func byPattern(i posture.Identities) bool {
	return i.Everybody || slices.ContainsFunc(i.Accepted, func(id posture.Identity) bool { return id.Match != "exact" })
}
