package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// supported adds what the profiles know of the controllers that have Gateways in the cluster: whether they can be there, and whether the
// version that the fleet declares is read, supported and safe. What nobody says of a version is an assumption, where it would matter.
func supported(cluster controller.Cluster, profiles []controller.Profile, objects *object.Set, p *posture.Posture) {
	classes := map[string][]string{}
	for _, e := range p.Entries {
		if !slices.Contains(classes[e.Controller], e.Class) {
			classes[e.Controller] = append(classes[e.Controller], e.Class)
		}
	}
	for _, profile := range profiles {
		list, there := classes[profile.Name]
		if !there {
			continue
		}
		i := installation(cluster, profile, objects, list)
		p.Installations = append(p.Installations, i)
		if ids := undermining(profile); i.Version == "" && len(ids) > 0 {
			p.Assumptions = append(p.Assumptions, posture.Assumption{
				By: i.By, Text: fmt.Sprintf("%s is no version with %s, because the fleet does not say which it is", i.Called, strings.Join(ids, ", ")),
			})
		}
	}
}

func installation(cluster controller.Cluster, profile controller.Profile, objects *object.Set, classes []string) posture.Installation {
	out := posture.Installation{
		Subject: posture.Subject{Kind: "Controller", Name: profile.Name}, Called: profile.Title,
		By: posture.Ref{Kind: "Controller", Name: profile.Name, Field: "version"}, Vulnerabilities: []posture.Vulnerability{},
	}
	distribution := ""
	if declared := cluster.Controller; declared.Name == profile.Name {
		distribution = declared.Distribution
		out.Version = declared.Version
		out.Called = strings.TrimSpace(out.Called + " " + out.Version)
	}
	if home, misplaced := profile.Misplaced(cluster.Cloud, distribution, classes...); misplaced {
		out.Misplaced = fmt.Sprintf("it runs on %s only: %s (%s)", strings.ToUpper(home.Cloud), home.Why, home.Source)
	}
	if out.Version == "" {
		return out
	}
	distribution = cmp.Or(distribution, "upstream")
	if oldest := profile.Oldest(distribution); oldest != "" && controller.CompareVersions(out.Version, oldest) < 0 {
		out.Oldest = oldest
	}
	if line, known := profile.Line(distribution, out.Version); known {
		out.EndOfLife, out.Source = line.EndOfLife, line.Source
	}
	for _, v := range profile.Vulnerabilities {
		if fixed, certain := v.Fixed(distribution, exact(profile.Name, out.Version, objects)); fixed != "" {
			out.Vulnerabilities = append(out.Vulnerabilities, posture.Vulnerability{
				ID: v.ID, Fixed: fixed, Certain: certain, Undermines: v.Undermines, Why: v.What, Source: v.Source,
			})
		}
	}
	return out
}

// exact is the version that Git installs, where the fleet's says no more than its line: the oldest of several.
func exact(name, version string, objects *object.Set) string {
	best := ""
	for _, install := range Installs(name, objects) {
		if controller.CompareVersions(install.Version, version) == 0 && len(install.Version) > len(version) &&
			(best == "" || controller.CompareVersions(install.Version, best) < 0) {
			best = install.Version
		}
	}
	return cmp.Or(best, version)
}

// undermining lists the vulnerabilities of a profile that no verdict could stand with.
func undermining(p controller.Profile) []string {
	var out []string
	for _, v := range p.Vulnerabilities {
		if v.Undermines {
			out = append(out, v.ID)
		}
	}
	return out
}
