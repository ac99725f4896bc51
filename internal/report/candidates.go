package report

import (
	"io"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/plan"
)

// Candidate is one controller for an exposure: it can serve it, with what the fleet would have to say for it, or what it lacks.
type Candidate struct {
	Name         string `json:"name"`
	Distribution string `json:"distribution"`
	Version      string `json:"version"`
	Can          bool   `json:"can"`
	Lacks        []Lack `json:"lacks"`
	Asks         []Ask  `json:"asks"`
}

// Lack is an ability that an exposure needs and a controller does not have.
type Lack struct {
	Ability string `json:"ability"`
	Title   string `json:"title"`
	Why     string `json:"why"`
	Instead string `json:"instead,omitempty"`
}

// Ask is what the fleet would have to say, or leave out.
type Ask struct {
	What string `json:"what"`
	Hint string `json:"hint,omitempty"`
}

// Candidates is what the plan says of each controller.
func Candidates(all []plan.Candidate) []Candidate {
	out := []Candidate{}
	for _, c := range all {
		one := Candidate{Name: c.Name, Distribution: c.Distribution, Version: c.Version, Can: len(c.Lacks) == 0, Lacks: []Lack{}, Asks: []Ask{}}
		for _, l := range c.Lacks {
			one.Lacks = append(one.Lacks, Lack{string(l.ID), abilityTexts[l.ID], l.How, l.Instead})
		}
		for _, a := range c.Asks {
			one.Asks = append(one.Asks, Ask{a.Message, a.Hint})
		}
		out = append(out, one)
	}
	return out
}

// CandidatesText prints which controllers could serve an exposure, what that would ask of the fleet, and why the others cannot.
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
		if !c.Can {
			continue // what else it would ask for helps nobody
		}
		for _, a := range c.Asks {
			p.wrapped("         if: ", none, a.What)
			if a.Hint != "" {
				p.wrapped("         hint: ", none, a.Hint)
			}
		}
	}
	return p.print(w)
}
