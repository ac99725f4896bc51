package controller

import "slices"

// Home is the one cloud that a controller, or some distributions of it, run in.
type Home struct {
	Cloud         string   // eks, aks
	Distributions []string // empty: all
	Classes       []string // GatewayClasses that mean such a distribution, whatever the fleet says of the cluster
	Why           string   // one clause, no period
	Instead       string   // what works in another cloud
	Source        string
}

// Vulnerability is a known one of a controller.
type Vulnerability struct {
	ID            string     // CVE-2026-53718, or GHSA-… where there is no CVE
	Distributions []string   // empty: all; of those that others patch, versions say little
	Affected      []Affected // oldest first
	// Undermines: what the posture says does not hold while it is there: somebody gets past client certificates, identities or grants, or
	// gets at private keys. Others are worth an upgrade, and nothing more.
	Undermines bool
	What       string // what somebody can do, as a clause without a period
	Source     string
}

// Affected is a line of versions: From and newer, before Fixed.
type Affected struct{ From, Fixed string }

// Misplaced is the home of a distribution, or of one of some GatewayClasses, that is not the cloud; false when there is none, or nobody says
// which cloud it is.
func (p Profile) Misplaced(cloud, distribution string, classes ...string) (Home, bool) {
	for _, h := range p.Homes {
		there := len(h.Distributions) == 0 || slices.Contains(h.Distributions, distribution) ||
			slices.ContainsFunc(classes, func(class string) bool { return slices.Contains(h.Classes, class) })
		if there && cloud != "" && h.Cloud != cloud {
			return h, true
		}
	}
	return Home{}, false
}

// Oldest is the oldest version of a distribution that the profile was checked with; "" when it does not know the distribution.
func (p Profile) Oldest(distribution string) string {
	oldest := ""
	for _, r := range p.Versions {
		if r.Distribution == distribution && (oldest == "" || CompareVersions(r.From, oldest) < 0) {
			oldest = r.From
		}
	}
	return oldest
}

// Line is the line of versions that a version belongs to.
func (p Profile) Line(distribution, version string) (VersionRange, bool) {
	for _, r := range p.Versions {
		if r.Distribution == distribution && CompareVersions(version, r.From) >= 0 && CompareVersions(version, r.To) <= 0 {
			return r, true
		}
	}
	return VersionRange{}, false
}

// Fixed is the version that mends the vulnerability for somebody who runs a version; "" when that is not affected. It is not certain when
// the version is too short to tell: "1.8" may be 1.8.0 or 1.8.1.
func (v Vulnerability) Fixed(distribution, version string) (fixed string, certain bool) {
	if len(v.Distributions) > 0 && !slices.Contains(v.Distributions, distribution) {
		return "", false
	}
	for _, a := range v.Affected {
		if CompareVersions(version, a.From) < 0 {
			continue
		}
		switch order := CompareVersions(version, a.Fixed); {
		case order < 0:
			return a.Fixed, true
		case order == 0 && len(numbers(version)) < len(numbers(a.Fixed)):
			return a.Fixed, false
		}
	}
	return "", false
}
