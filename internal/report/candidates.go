package report

import (
	"fmt"
	"io"
	"slices"
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

// Lack is an ability that an exposure needs and a controller does not have; see home for one that is none of the profile.
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

// saysAs reports whether there is the same to say of another candidate, which is one of the same controller then.
func (c Candidate) saysAs(other Candidate) bool {
	return c.Name == other.Name && slices.Equal(c.Lacks, other.Lacks) && (!c.Can || slices.Equal(c.Asks, other.Asks))
}

// Candidates is what the plan says of each controller.
func Candidates(all []plan.Candidate) []Candidate {
	out := []Candidate{}
	for _, c := range all {
		one := Candidate{Name: c.Name, Distribution: c.Distribution, Version: c.Version, Can: len(c.Lacks)+len(c.Nowhere) == 0, Lacks: []Lack{}, Asks: []Ask{}}
		for _, n := range c.Nowhere {
			one.Lacks = append(one.Lacks, Lack{home, "run there", n.Message, n.Hint})
		}
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
	for _, c := range variants(all) {
		if c.Can {
			p.put(green, "  yes  ")
		} else {
			p.put(red, "  no   ")
		}
		p.put(none, c.Name)
		p.end()
		why := reasons(c.Lacks)
		for i, l := range why {
			p.wrapped("         ", none, "cannot "+l.Title+": "+l.Why)
			if l.Instead != "" && (i == len(why)-1 || why[i+1].Instead != l.Instead) { // one way out often is that of several reasons
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

// variants are the candidates with one for several of which there is the same to say, by all their names.
func variants(all []Candidate) []Candidate {
	var out []Candidate
	for i := 0; i < len(all); {
		c, names := all[i], []string{}
		for ; i < len(all) && all[i].saysAs(c); i++ {
			names = append(names, column{controller.Profile{Name: all[i].Name}, all[i].Distribution}.name())
		}
		c.Name = strings.Join(names, ", ")
		out = append(out, c)
	}
	return out
}

// home is the ability to run in the provider's cloud at all.
const home = "home"

// reasons are what takes abilities away, each once: one reason often takes away several. What a controller lacks that cannot even run there
// helps nobody.
func reasons(all []Lack) []Lack {
	if other := slices.IndexFunc(all, func(l Lack) bool { return l.Ability != home }); other > 0 {
		all = all[:other]
	}
	var out []Lack
	for i, l := range all {
		if i > 0 && l.Why == all[i-1].Why {
			out[len(out)-1].Title += ", " + l.Title
			continue
		}
		out = append(out, l)
	}
	return out
}

// CandidatesMarkdown prints the same as a table.
func CandidatesMarkdown(w io.Writer, exposure string, all []Candidate) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### Who could serve %s\n\n| controller | can | why not, or what the fleet would have to say |\n|---|---|---|\n", markdown(exposure))
	for _, c := range variants(all) {
		can, why := "yes", []string{}
		if !c.Can {
			can = "no"
			for _, l := range reasons(c.Lacks) {
				why = append(why, "cannot "+l.Title+": "+l.Why)
				if l.Instead != "" {
					why = append(why, "instead: "+l.Instead)
				}
			}
		}
		for _, a := range c.Asks {
			if c.Can {
				why = append(why, a.What)
				if a.Hint != "" {
					why = append(why, "hint: "+a.Hint)
				}
			}
		}
		for i := range why {
			why[i] = markdown(why[i])
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", markdown(c.Name), can, strings.Join(why, "<br>"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
