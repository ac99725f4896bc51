package report

import (
	"cmp"
	"io"
	"slices"
)

// directions of a change in reading order, with what they mean and how they look.
var directions = []struct{ name, color string }{
	{"weaker", red}, {"exchanged", red}, {"mass", red}, {"wider", yellow}, {"gone", yellow}, {"new", blue}, {"other", none}, {"stronger", green},
}

// ChangesText prints a posture difference as a reviewer would want to read it: what got weaker first.
func ChangesText(w io.Writer, all []Change, style Style) error {
	p := &page{style: style}
	if len(all) == 0 && !style.Quiet {
		p.say(none, "the posture is the same")
	}
	changes(p, all)
	return p.print(w)
}

// ChangesJSON prints a posture difference for machines.
func ChangesJSON(w io.Writer, all []Change) error {
	return JSON(w, map[string]any{"version": "1", "changes": list(all)})
}

func changes(p *page, all []Change) {
	for _, c := range inReadingOrder(all) {
		color := none
		for _, d := range directions {
			if d.name == c.Direction {
				color = d.color
			}
		}
		oneChange(p, c, color)
	}
}

// inReadingOrder is what got weaker first; what has a direction that nobody knows is with the other ones.
func inReadingOrder(all []Change) []Change {
	rank := func(c Change) int {
		other := 0
		for i, d := range directions {
			switch d.name {
			case c.Direction:
				return i
			case "other":
				other = i
			}
		}
		return other
	}
	out := sorted(all)
	slices.SortStableFunc(out, func(a, b Change) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}

func oneChange(p *page, c Change, color string) {
	p.put(color, cmp.Or(c.Direction, "other"))
	p.put(bold, "  "+SubjectText(c.Subject))
	if c.Field != "" {
		p.put(none, "  "+c.Field)
	}
	if c.Cluster != "" {
		p.put(faint, "  "+c.Cluster)
	}
	p.end()
	if c.Before != "" || c.After != "" {
		p.wrapped("  ", none, cmp.Or(c.Before, "nothing")+" → "+cmp.Or(c.After, "nothing"))
	}
	if c.Why != "" {
		p.wrapped("  ", none, c.Why)
	}
	if c.Exposure != "" {
		p.wrapped("  exposure: ", none, c.Exposure)
	}
	if c.File != "" {
		p.wrapped("  ", faint, place(c.Position))
	}
}

// sorted orders changes by cluster, subject and field.
func sorted(all []Change) []Change {
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b Change) int {
		return cmp.Or(
			cmp.Compare(a.Cluster, b.Cluster), cmp.Compare(a.Subject.Kind, b.Subject.Kind),
			cmp.Compare(a.Subject.Namespace, b.Subject.Namespace), cmp.Compare(a.Subject.Name, b.Subject.Name),
			cmp.Compare(a.Subject.Listener, b.Subject.Listener), cmp.Compare(a.Field, b.Field),
			cmp.Compare(a.Before, b.Before), cmp.Compare(a.After, b.After),
		)
	})
	return out
}
