package fleet

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/gatespan/gatespan/internal/finding"
)

// checker checks what the schema cannot say: names that refer, exactly one of several, and things that must agree across
// clusters, exposures and files.
type checker struct {
	fleet *Fleet
	errs  Errors
}

// check returns what is wrong with a fleet whose files are each as the schema wants them.
func check(f *Fleet) Errors {
	c := checker{fleet: f}
	c.names()
	c.trustDomains()
	c.clusters()
	c.exposures()
	c.services()
	c.gateways()
	c.consumers()
	c.roles()
	c.waivers()
	return c.errs
}

// at adds an error at a path of the fleet.
func (c *checker) at(path []string, hint, format string, args ...any) {
	c.errs.add(c.fleet.Position(path...), hint, "%s: %s", dotted(path), fmt.Sprintf(format, args...))
}

// refer adds an error when a name is none of those there are; where is "" or begins with " in".
func (c *checker) refer(path []string, what, name, where string, there []string) {
	if slices.Contains(there, name) {
		return
	}
	hint := "there is no " + what + where + " at all"
	if near := closest(name, there); near != "" {
		hint = "did you mean " + near + "?"
	} else if len(there) > 0 {
		hint = "there is " + strings.Join(there, ", ")
	}
	c.at(path, hint, "there is no %s %q%s", what, name, where)
}

// place is a position as other messages refer to it.
func (c *checker) place(path ...string) string { return placeName(c.fleet.Position(path...)) }

func placeName(p finding.Position) string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// sorted is a map's names in order.
func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// certificates checks that exactly one way is set.
func (c *checker) certificates(path []string, ways *Certificates) {
	if ways == nil {
		return
	}
	n := 0
	for _, set := range []bool{ways.CertManager != nil, ways.ExternalSecret != nil, ways.KeyVaultCSI != nil, ways.ACM != "", ways.Secret != ""} {
		if set {
			n++
		}
	}
	if n != 1 {
		c.at(path, "write one of certManager, externalSecret, keyVaultCSI, acm, secret", "has %d ways to make a certificate, not one", n)
	}
	if ways.CertManager != nil {
		c.lifetime(append(slices.Clone(path), "certManager"), *ways.CertManager)
	}
}

// longest is how long a certificate may be valid, in hours: 398 days, as public CAs have it; byDefault is cert-manager's 90 days
// (pkg/apis/certmanager/v1/const.go, DefaultCertificateDuration).
const longest, byDefault = 398 * 24, 90 * 24

// lifetime checks how long certificates are valid, and that they are renewed while they are (what cert-manager's webhook refuses, too).
func (c *checker) lifetime(path []string, made CertManager) {
	hours := func(text string, otherwise int) int {
		n, err := strconv.Atoi(strings.TrimSuffix(text, "h")) // the schema lets nothing else through
		if err != nil {
			return otherwise
		}
		return n
	}
	duration := hours(made.Duration, byDefault)
	if duration > longest {
		c.at(append(slices.Clone(path), "duration"), "write 9552h or less", "%s is more than 398 days: a key that is lost is good for as long", made.Duration)
	}
	if renew := hours(made.RenewBefore, 0); renew >= duration {
		c.at(append(slices.Clone(path), "renewBefore"), "write less than the duration, which is "+strconv.Itoa(duration)+"h", "%s is not less than the duration", made.RenewBefore)
	}
}
