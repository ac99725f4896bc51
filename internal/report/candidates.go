package report

import (
	"io"

	"github.com/gatespan/gatespan/internal/controller"
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
		for _, l := range c.Lacks {
			p.wrapped("         ", none, "cannot "+l.Title+": "+l.Why)
			if l.Instead != "" {
				p.wrapped("         instead: ", none, l.Instead)
			}
		}
	}
	return p.print(w)
}
