package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/posture"
)

// Installation is what the exposures of one cluster need to be installed there.
type Installation struct {
	Cluster      string             `json:"cluster"`
	Controller   string             `json:"controller"`
	Distribution string             `json:"distribution"`
	Version      string             `json:"version"`       // that the fleet names
	GatewayAPI   string             `json:"gatewayAPI"`    // that the fleet names
	Channel      string             `json:"channel"`       // that the fleet names
	NeedsAPI     string             `json:"needsAPI"`      // the oldest that serves everything that is used
	Abilities    []AbilityInUse     `json:"abilities"`     // sorted as the matrix
	Needs        []InstallationNeed `json:"prerequisites"` // in the profile's order
}

// AbilityInUse is one ability that exposures use, and what says it.
type AbilityInUse struct {
	ID    controller.AbilityID `json:"id"`
	Title string               `json:"title"`
	How   string               `json:"how"`
}

// InstallationNeed is one prerequisite.
type InstallationNeed struct {
	ID     string           `json:"id"`
	Text   string           `json:"text"`
	How    string           `json:"how"`
	Source string           `json:"source"`
	State  string           `json:"state"` // met, violated, unseen
	Why    string           `json:"why"`
	Place  finding.Position `json:"place"`
}

// InUse are the abilities of a list in the matrix' order, with what each is said by.
func InUse(profile controller.Profile, distribution, version string, uses []controller.AbilityID) []AbilityInUse {
	used := map[controller.AbilityID]bool{}
	for _, id := range uses {
		used[id] = true
	}
	out := []AbilityInUse{}
	for _, line := range matrix {
		if used[line.ID] {
			a, _ := profile.Ability(line.ID, distribution, version)
			out = append(out, AbilityInUse{line.ID, line.Text, a.How})
		}
	}
	return out
}

// stateOf is a prerequisite's state, as people read it.
var stateOf = map[string]cell{
	posture.PrerequisiteMet: {"met     ", green}, posture.PrerequisiteViolated: {"not met ", red}, posture.PrerequisiteUnseen: {"not seen", yellow},
}

// InstallationText prints what a cluster needs.
func InstallationText(w io.Writer, in Installation, style Style) error {
	p := &page{style: style}
	name := join2(in.Controller, in.Version)
	if in.Distribution != "" && in.Distribution != "upstream" {
		name += " (" + in.Distribution + ")"
	}
	p.say(bold, in.Cluster+" needs")
	p.wrapped("  ", none, name)
	p.wrapped("  ", none, fmt.Sprintf("the CRDs of Gateway API %s or newer; the fleet says %s", in.NeedsAPI, join2(in.GatewayAPI, in.Channel)))
	if len(in.Abilities) == 0 {
		p.wrapped("  ", faint, "no exposure uses the controller")
	}
	if len(in.Needs) > 0 {
		p.end()
		p.say(bold, "of the installation")
	}
	for _, n := range in.Needs {
		state := stateOf[n.State]
		p.put(state.color, "  "+state.text+"  ")
		p.put(bold, n.ID)
		if !n.Place.IsZero() {
			p.put(none, "  "+place(n.Place))
		}
		p.end()
		p.wrapped("    ", none, n.Text)
		p.wrapped("    how: ", none, n.How)
		p.wrapped("    now: ", faint, n.Why)
		p.wrapped("    source: ", faint, n.Source)
	}
	if len(in.Abilities) > 0 {
		p.end()
		p.say(bold, "because exposures use it to")
	}
	for _, a := range in.Abilities {
		p.wrapped("  ", none, a.Title+": "+a.How)
	}
	return p.print(w)
}

// InstallationMarkdown prints the same as tables.
func InstallationMarkdown(w io.Writer, in Installation) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n%s, and the CRDs of Gateway API %s or newer.\n\n| needs | how | state |\n|---|---|---|\n",
		markdown(in.Cluster), markdown(join2(in.Controller, in.Version)), markdown(in.NeedsAPI))
	for _, n := range in.Needs {
		fmt.Fprintf(&b, "| %s | %s | %s: %s |\n", markdown(n.Text), markdown(n.How), markdown(strings.TrimSpace(stateOf[n.State].text)), markdown(n.Why))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func join2(a, b string) string { return strings.TrimSpace(a + " " + b) }
