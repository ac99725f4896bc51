package change

import (
	"fmt"
	"slices"

	"github.com/gatespan/gatespan/internal/posture"
)

func exitKey(e posture.Exit) string { return fmt.Sprintf("%s to %s:%d", e.Subject, e.Host, e.Port) }

func (c *comparison) exit(b, a posture.Exit) {
	var exposure string
	var declared []string
	for _, w := range c.wanted.Exits {
		if w.Hostname == a.Host && w.Gateway.Name == a.Gateway.Name && w.Gateway.Namespace == a.Gateway.Namespace {
			exposure, declared = w.Exposure, w.SHA256
		}
	}
	s := a.Subject
	setting(c, s, exposure, "tls", b.TLS, a.TLS, posture.CompareTLS, plain)
	setting(c, s, exposure, "minTLS", b.MinTLS, a.MinTLS, posture.CompareVersion, plain)
	setting(c, s, exposure, "certificate", b.Certificate, a.Certificate, compareCertificate, plain)
	c.anchors(s, exposure, "ca", b.CA, a.CA, declared)
	setting(c, s, exposure, "names", b.Names, a.Names, posture.CompareNames, list)
	users := func(u posture.Users) []string {
		return append(append([]string{}, u.Principals...), u.Pods...)
	}
	// Whoever is admitted in addition may borrow the certificate.
	order := comparePeers(b.Users.Value.Everybody, users(b.Users.Value), a.Users.Value.Everybody, users(a.Users.Value))
	text := func(u posture.Users) string {
		if u.Everybody {
			return "everybody"
		}
		return list(users(u))
	}
	c.record(s, exposure, "users", order, a.Users.By, text(b.Users.Value), text(a.Users.Value), a.Users.Why)
}

// compareCertificate orders what is presented: nothing is weakest, and of two certificates neither is stricter.
func compareCertificate(before, after string) posture.Order {
	switch {
	case before == after:
		return posture.Same
	case after == "":
		return posture.Weaker
	case before == "":
		return posture.Stronger
	default:
		return posture.Exchanged
	}
}

func (c *comparison) exitNew(e posture.Exit) {
	c.out = append(c.out, Change{Subject: e.Subject, By: e.Destination, After: fmt.Sprintf("%s:%d", e.Host, e.Port), Direction: New})
}

// exitGone: a call is no longer made. One by a workload itself still is, without what was said of it, while its destination is there.
func (c *comparison) exitGone(e posture.Exit) {
	change := Change{Subject: e.Subject, By: e.Destination, Before: fmt.Sprintf("%s:%d", e.Host, e.Port), Direction: Gone}
	same := func(d posture.Destination) bool { return d.Host == e.Host && d.Port == e.Port }
	i := slices.IndexFunc(c.after.Destinations, func(d posture.Destination) bool { return same(d) && d.Subject == e.Subject })
	if i < 0 {
		i = slices.IndexFunc(c.after.Destinations, same)
	}
	if e.Gateway.Name == "" && e.Certificate.Value != "" && i >= 0 {
		change.Field, change.Before, change.Direction = "certificate", e.Certificate.Value, Weaker
		change.By, change.Why = c.after.Destinations[i].By, fmt.Sprintf("nothing presents a certificate to %s:%d any more", e.Host, e.Port)
	}
	c.out = append(c.out, change)
}
