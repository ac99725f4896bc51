package report

import (
	"io"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/plan"
)

// Candidate is one controller for an exposure: it can serve it, or what it lacks.
type Candidate struct {
	Name         string `json:"name"`
	Distribution string `json:"distribution"`
	Can          bool   `json:"can"`
	Lacks        []Lack `json:"lacks"`
}

// Lack is an ability that an exposure needs and a controller does not have.
type Lack struct {
	Ability string `json:"ability"`
	Title   string `json:"title"`
	Why     string `json:"why"`
	Instead string `json:"instead,omitempty"`
}

// Candidates holds every controller against the abilities that an exposure needs.
func Candidates(profiles []controller.Profile, needs []controller.AbilityID) []Candidate {
	out := []Candidate{}
	for _, c := range columns(profiles) {
		one := Candidate{Name: c.profile.Name, Distribution: c.distribution, Can: true, Lacks: []Lack{}}
		for _, line := range matrix {
			for _, need := range needs {
				if need != line.ID {
					continue
				}
				if a, ok := c.profile.Ability(need, c.distribution, ""); !ok {
					one.Can = false
					one.Lacks = append(one.Lacks, Lack{string(need), line.Text, a.How, a.Instead})
				}
			}
		}
		out = append(out, one)
	}
	return out
}

// CandidatesText prints which controllers could serve an exposure, and why the others cannot.
func CandidatesText(w io.Writer, exposure string, all []Candidate, style Style) error {
	p := &page{style: style}
	p.say(bold, "who could serve "+exposure)
	for _, c := range all {
		name := column{controller.Profile{Name: c.Name}, c.Distribution}.name()
		if c.Can {
			p.put(green, "  yes  ")
		} else {
			p.put(red, "  no   ")
		}
		p.put(none, name)
		p.end()
		for i, l := range c.Lacks {
			if i > 0 && l.Why == c.Lacks[i-1].Why { // one reason often takes away several abilities
				continue
			}
			var titles []string
			for _, same := range c.Lacks[i:] {
				if same.Why != l.Why {
					break
				}
				titles = append(titles, same.Title)
			}
			p.wrapped("         ", none, "cannot "+strings.Join(titles, ", ")+": "+l.Why)
			if l.Instead != "" {
				p.wrapped("         instead: ", none, l.Instead)
			}
		}
	}
	return p.print(w)
}

// Needs lists what an exposure asks of the controller that serves it, as plan asks it.
func Needs(x fleet.Exposure) []controller.AbilityID {
	needs := plan.Asks(x)
	if x.TLS.Mode == "Passthrough" {
		return needs
	}
	needs = append(needs, controller.EntryBackendTLS)
	for _, c := range x.Consumers {
		if by := c.Identity.EnforcedBy; by != "" && by != "gateway" {
			continue
		}
		if c.Identity.URI != "" {
			needs = append(needs, controller.EntryIdentityURI)
		} else {
			needs = append(needs, controller.EntryIdentityDNS)
		}
	}
	slices.Sort(needs)
	return slices.Compact(needs)
}
