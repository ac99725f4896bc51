package change

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

func entryKey(e posture.Entry) string { return e.Subject.String() }

func (c *comparison) wantedEntry(e posture.Entry) *controller.WantedEntry {
	for i, w := range c.wanted.Entries {
		if w.Is(e) {
			return &c.wanted.Entries[i]
		}
	}
	return nil
}

func (c *comparison) entry(b, a posture.Entry) {
	var exposure string
	var declared []string
	var identities []string
	if w := c.wantedEntry(a); w != nil {
		exposure, declared = w.Exposure, w.SHA256
		identities = posture.Identities{Accepted: w.Identities}.Keys()
	}
	s := a.Subject
	// A listener that the controller now refuses serves nobody: nothing about it can be weaker.
	if !a.Served.Value {
		c.record(s, exposure, "served", posture.CompareFlag(b.Served.Value, false), a.Served.By, flag(b.Served.Value), "false", a.Served.Why)
		return
	}
	if !b.Served.Value {
		c.out = append(c.out, Change{Subject: s, By: a.Served.By, Field: "served", Before: "false", After: "true", Direction: Wider, Exposure: exposure, Why: a.Served.Why})
		return
	}
	setting(c, s, exposure, "tls", b.TLS, a.TLS, posture.CompareTLS, plain)
	setting(c, s, exposure, "clientAuth", b.ClientAuth, a.ClientAuth, posture.CompareClientAuth, plain)
	setting(c, s, exposure, "minTLS", b.MinTLS, a.MinTLS, posture.CompareVersion, plain)
	setting(c, s, exposure, "maxTLS", b.MaxTLS, a.MaxTLS, posture.CompareVersion, plain)
	if b.Ciphers.Value != nil && a.Ciphers.Value != nil {
		setting(c, s, exposure, "ciphers", b.Ciphers, a.Ciphers, compareCiphers, list)
	}
	setting(c, s, exposure, "http3", b.HTTP3, a.HTTP3, posture.CompareFlag, flag)
	setting(c, s, exposure, "resumption", b.Resumption, a.Resumption, posture.CompareFlag, flag)
	setting(c, s, exposure, "expired", b.Expired, a.Expired, posture.CompareFlag, flag)
	setting(c, s, exposure, "revocation", b.Revocation, a.Revocation, posture.CompareRevocation, plain)
	setting(c, s, exposure, "forwarding", b.Forwarding, a.Forwarding, posture.CompareForwarding, plain)
	setting(c, s, exposure, "scheme", b.Scheme, a.Scheme, posture.CompareScheme, plain)
	c.token(s, exposure, b.JWT, a.JWT)
	c.anchors(s, exposure, "clientCA", b.ClientCA, a.ClientCA, declared)
	c.identities(s, exposure, b, a, identities)
	c.attachment(s, exposure, b, a)
	c.hostnames(s, exposure, b, a)

	cidrs := posture.CompareSets(b.SourceCIDRs.Value.Everybody, b.SourceCIDRs.Value.CIDRs, a.SourceCIDRs.Value.Everybody, a.SourceCIDRs.Value.CIDRs)
	if cidrs == posture.Exchanged {
		cidrs = posture.Weaker // addresses may connect that could not
	}
	if b.SourceCIDRs.Value.Trusted && !a.SourceCIDRs.Value.Everybody && !a.SourceCIDRs.Value.Trusted {
		cidrs = posture.Weaker // what is compared with them may be anybody's
	}
	if cidrs == posture.Weaker && a.SourceCIDRs.Value.Trusted == b.SourceCIDRs.Value.Trusted && !a.SourceCIDRs.Value.Everybody && c.declaresSources(a) {
		c.out = append(c.out, Change{Subject: s, By: a.SourceCIDRs.By, Field: "sourceCIDRs", Before: cidrText(b), After: cidrText(a), Direction: Wider, Exposure: exposure, Why: a.SourceCIDRs.Why})
	} else {
		c.record(s, exposure, "sourceCIDRs", cidrs, a.SourceCIDRs.By, cidrText(b), cidrText(a), a.SourceCIDRs.Why)
	}
	c.routes(s, exposure, b, a, declaredBackend(c.wantedEntry(a)))
}

// token: another token that the fleet declares for the exposure is no weakening, as long as one is required.
func (c *comparison) token(s posture.Subject, exposure string, b, a posture.Setting[posture.JWT]) {
	order := posture.CompareJWT(b.Value, a.Value)
	before, after := b.Value.String(), a.Value.String()
	if before == after { // then their keys differ
		before, after = "signed by keys of "+list(b.Value.Keys), "by keys of "+list(a.Value.Keys)
	}
	for _, w := range c.wanted.Entries {
		if w.Exposure == exposure && w.JWT != nil && a.Value.Value == posture.JWTRequired && order != posture.Same && order != posture.Stronger &&
			slices.Equal(a.Value.Issuers, []string{w.JWT.Issuer}) && slices.Equal(a.Value.Audiences, w.JWT.Audiences) &&
			slices.Equal(a.Value.Keys, []string{w.JWT.JWKSURI}) {
			c.out = append(c.out, Change{Subject: s, By: a.By, Field: "jwt", Before: before, After: after, Direction: Wider, Exposure: exposure, Why: a.Why})
			return
		}
	}
	c.record(s, exposure, "jwt", order, a.By, before, after, a.Why)
}

// declaresSources tells whether every address that may connect is one of the fleet's: of an exposure on the same gateway, since the load
// balancer that admits them is its gateway's.
func (c *comparison) declaresSources(e posture.Entry) bool {
	var declared []string
	for _, w := range c.wanted.Entries {
		if w.Gateway.Namespace != e.Gateway.Namespace || w.Gateway.Name != e.Gateway.Name {
			continue
		}
		declared = append(declared, w.SourceCIDRs...)
	}
	return !slices.ContainsFunc(e.SourceCIDRs.Value.CIDRs, func(cidr string) bool {
		return !slices.ContainsFunc(declared, func(d string) bool { return holds(d, cidr) })
	})
}

func cidrText(e posture.Entry) string {
	if e.SourceCIDRs.Value.Everybody {
		return "everybody"
	}
	if !e.SourceCIDRs.Value.Trusted {
		return list(e.SourceCIDRs.Value.CIDRs) + ", by an address that may not be the client's"
	}
	return list(e.SourceCIDRs.Value.CIDRs)
}

// identities: one that the fleet declares for the exposure makes it wider; any other makes it weaker.
func (c *comparison) identities(s posture.Subject, exposure string, b, a posture.Entry, declared []string) {
	before, after := b.Identities.Value, a.Identities.Value
	order := posture.CompareSets(before.Everybody, before.Keys(), after.Everybody, after.Keys())
	text := func(i posture.Identities) string {
		if i.Everybody {
			return "everybody that the CA signs"
		}
		return list(i.Keys())
	}
	if (order == posture.Weaker || order == posture.Exchanged) && !after.Everybody {
		undeclared := false
		for _, k := range after.Keys() {
			if !slices.Contains(before.Keys(), k) && !slices.Contains(declared, k) {
				undeclared = true
			}
		}
		if !undeclared {
			c.out = append(c.out, Change{Subject: s, By: a.Identities.By, Field: "identities", Before: text(before), After: text(after), Direction: Wider, Exposure: exposure, Why: a.Identities.Why})
			return
		}
		order = posture.Weaker
	}
	c.record(s, exposure, "identities", order, a.Identities.By, text(before), text(after), a.Identities.Why)
}

func (c *comparison) attachment(s posture.Subject, exposure string, b, a posture.Entry) {
	before, after := b.Attachment.Value, a.Attachment.Value
	order := posture.CompareSets(before.Everybody, before.Namespaces, after.Everybody, after.Namespaces)
	if order == posture.Exchanged {
		order = posture.Weaker // a namespace that could not attach before now can
	}
	text := func(at posture.Attachment) string {
		switch {
		case at.Everybody:
			return "every namespace"
		case at.Selector != "":
			return at.Selector
		default:
			return list(at.Namespaces)
		}
	}
	if order == posture.Same && before.Selector != after.Selector {
		order = posture.Weaker // which namespaces it matches is not all in Git
	}
	if !before.Everybody && othersLabel(before.Selector, after.Selector) {
		order = posture.Weaker // whoever labels a namespace opens it, also one that is not in Git
	}
	why := a.Attachment.Why
	if !before.Everybody && labelled(before.Selector) && !after.Everybody && !labelled(after.Selector) {
		named := namedNow(b, a)
		switch {
		case len(named) == 0:
			order = posture.Stronger
		case !slices.ContainsFunc(named, func(n string) bool { return !present(b, n) }):
			c.out = append(c.out, Change{Subject: s, By: a.Attachment.By, Field: "attachment", Before: text(before), After: text(after), Direction: Wider, Exposure: exposure,
				Why: "which namespaces had the labels is not in Git, but they had routes here"})
			order = posture.Same
		default:
			order = posture.Weaker
			why += fmt.Sprintf(", and nothing at the base shows that %s did before: a Namespace object with its labels would", list(named))
		}
	}
	c.record(s, exposure, "attachment", order, a.Attachment.By, text(before), text(after), why)
	c.record(s, exposure, "allowedListeners", posture.CompareFlag(before.Listeners, after.Listeners), a.Attachment.By, flag(before.Listeners), flag(after.Listeners), a.Attachment.Why)
}

// hostnames: names that a listener did not serve are weaker, unless the fleet gives them to its exposure.
func (c *comparison) hostnames(s posture.Subject, exposure string, b, a posture.Entry) {
	order := posture.CompareSets(len(b.Hostnames) == 0, b.Hostnames, len(a.Hostnames) == 0, a.Hostnames)
	text := func(h []string) string {
		if len(h) == 0 {
			return "every name"
		}
		return strings.Join(h, ", ")
	}
	if order == posture.Exchanged {
		order = posture.Weaker
	}
	if order == posture.Weaker && len(a.Hostnames) == 1 && a.Hostnames[0] == c.declaredHost(a) {
		c.out = append(c.out, Change{Subject: s, By: a.Listener, Field: "hostnames", Before: text(b.Hostnames), After: text(a.Hostnames), Direction: Wider, Exposure: exposure, Why: "the fleet says so"})
		return
	}
	c.record(s, exposure, "hostnames", order, a.Listener, text(b.Hostnames), text(a.Hostnames), "")
}

// compareCiphers: a family of suites that was not accepted is weaker, whatever else is accepted no more.
func compareCiphers(before, after []string) posture.Order {
	order := posture.CompareSets(false, before, false, after)
	if order == posture.Exchanged {
		return posture.Weaker
	}
	return order
}

// declaredHost is the name by which the fleet has a listener called: of an exposure, or of what pods call of an egress gateway.
func (c *comparison) declaredHost(e posture.Entry) string {
	if w := c.wantedEntry(e); w != nil {
		return w.Hostname
	}
	for _, w := range c.wanted.Exits {
		if called, err := url.Parse(w.URL); w.Gateway == e.Subject && err == nil {
			return called.Hostname()
		}
	}
	return ""
}

func (c *comparison) entryNew(e posture.Entry) {
	exposure := ""
	if w := c.wantedEntry(e); w != nil {
		exposure = w.Exposure
	}
	c.out = append(c.out, Change{Subject: e.Subject, By: e.Listener, After: e.ClientAuth.Value + " client certificate, TLS " + e.MinTLS.Value, Direction: New, Exposure: exposure})
}

// entryGone: the listener is no longer there. Whether its exposure is still wanted is drift's question; here it is reported.
func (c *comparison) entryGone(e posture.Entry) {
	c.out = append(c.out, Change{Subject: e.Subject, By: e.Listener, Before: e.ClientAuth.Value + " client certificate, TLS " + e.MinTLS.Value, Direction: Gone})
}

// byName is a selector by the label that the API server sets to a namespace's own name (Kubernetes' documentation of namespaces,
// "Automatic labelling"); rule bypass/open-attachment tells selectors apart in the same way.
var byName = regexp.MustCompile(`(^|,)kubernetes\.io/metadata\.name(=| in )`)

// labelled reports whether a selector goes by labels that others may set alone, so that Git does not know all that it selects.
func labelled(selector string) bool { return selector != "" && !byName.MatchString(selector) }

// namedNow are the namespaces that may attach now and are not known to have been allowed before.
func namedNow(b, a posture.Entry) []string {
	var out []string
	for _, n := range a.Attachment.Value.Namespaces {
		if !slices.Contains(b.Attachment.Value.Namespaces, n) {
			out = append(out, n)
		}
	}
	return out
}

// present reports whether a namespace had a route at an entry, or has the Gateway itself.
func present(e posture.Entry, namespace string) bool {
	return namespace == e.Gateway.Namespace || slices.ContainsFunc(e.Routes, func(r posture.Route) bool { return r.Ref.Namespace == namespace })
}

// othersLabel reports whether a selector of namespaces goes by labels that others may set, and asks for less than the one before.
func othersLabel(before, after string) bool {
	if after == "" || after == before || byName.MatchString(after) {
		return false
	}
	old, err := labels.ParseToRequirements(before)
	now, bad := labels.ParseToRequirements(after)
	if before == "" || err != nil || bad != nil {
		return true
	}
	return slices.ContainsFunc(old, func(r labels.Requirement) bool {
		return !slices.ContainsFunc(now, func(n labels.Requirement) bool { return n.String() == r.String() })
	})
}
