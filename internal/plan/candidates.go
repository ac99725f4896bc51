package plan

import (
	"cmp"
	"maps"
	"slices"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/fleet"
)

// Candidate is one controller in the place of those that serve an exposure.
type Candidate struct {
	Name, Distribution, Version string
	// Lacks are the abilities that the exposure asks for and the controller does not have, in the order in which people read them.
	Lacks []Lack
	// Nowhere are the refusals of clusters whose cloud does not have the controller.
	Nowhere []fleet.Error
	// Asks are what else the plan would refuse: what the fleet would have to say, or leave out, for this controller.
	Asks []fleet.Error
}

// Lack is one ability that is asked for and not there.
type Lack struct {
	ID           controller.AbilityID
	How, Instead string
}

// Candidates plans one exposure of a fleet with each controller in turn in the clusters that provide it: a cluster that runs it already is
// as the fleet says, another has its newest version. What the consumers' clusters can do is left out: those stay as they are.
func Candidates(f *fleet.Fleet, exposure string, all []controller.Controller) []Candidate {
	var out []Candidate
	for _, known := range all {
		seen := map[string]bool{}
		for _, v := range known.Profile().Versions {
			distribution := cmp.Or(v.Distribution, "upstream")
			if seen[distribution] {
				continue
			}
			seen[distribution] = true
			out = append(out, candidate(f, exposure, known, distribution))
		}
	}
	return out
}

func candidate(f *fleet.Fleet, exposure string, known controller.Controller, distribution string) Candidate {
	profile := known.Profile()
	out := Candidate{Name: profile.Name, Distribution: distribution, Version: newest(profile, distribution)}
	alone := *f
	alone.Exposures = map[string]fleet.Exposure{exposure: f.Exposures[exposure]}
	alone.Clusters = maps.Clone(f.Clusters)
	m := &maker{refusals: refusals{fleet: &alone}, fleet: &alone, clusters: map[string]*Cluster{}}
	for name := range f.Exposures[exposure].Providers {
		if c, declared := f.Clusters[name]; declared {
			alone.Clusters[name] = running(c, out)
			m.clusters[name] = &Cluster{Facts: Facts(&alone, name), Controller: known, Folder: c.Path}
		}
	}
	m.provide(exposure)
	m.gateways()
	for _, id := range controller.AbilityIDs() {
		if i := slices.IndexFunc(m.lacks, func(l Lack) bool { return l.ID == id }); i >= 0 {
			out.Lacks = append(out.Lacks, m.lacks[i])
		}
	}
	for i, refused := range m.all {
		to := &out.Asks
		if m.nowhere[i] {
			to = &out.Nowhere
		}
		if !m.lacking[i] && !slices.ContainsFunc(*to, func(e fleet.Error) bool { return e.Message == refused.Message }) {
			*to = append(*to, refused)
		}
	}
	return out
}

// running is a cluster with a controller in the place of its own. What only the installation knows, such as where its proxies run, is made
// up: it would be said when the controller is there.
func running(c fleet.Cluster, as Candidate) fleet.Cluster {
	if c.Controller.Name == as.Name && cmp.Or(c.Controller.Distribution, "upstream") == as.Distribution {
		return c
	}
	c.Controller = fleet.Controller{
		Name: as.Name, Distribution: as.Distribution, Version: as.Version, GatewayClassName: as.Name, DataPlaneNamespace: as.Name,
		DataPlanePods: map[string]string{"app": as.Name}, MeshTrustDomain: "cluster.local",
	}
	return c
}

// newest is the last version of a distribution that the profile was checked with.
func newest(p controller.Profile, distribution string) string {
	last := ""
	for _, v := range p.Versions {
		to := cmp.Or(v.To, v.From)
		if cmp.Or(v.Distribution, "upstream") == distribution && (last == "" || controller.CompareVersions(to, last) > 0) {
			last = to
		}
	}
	return last
}
