package report

import (
	"io"

	"github.com/gatespan/gatespan/internal/trace"
)

// PathsText prints paths hop by hop, each fact with who enforces it and the line that decides it.
func PathsText(w io.Writer, paths []trace.Path, style Style) error {
	p := &page{style: style}
	for i, path := range paths {
		if i > 0 {
			p.end()
		}
		p.say(bold, path.Consumer+" ("+path.From+") → "+path.Exposure+" ("+path.To+")")
		for n, hop := range path.Hops {
			onePathHop(p, n+1, hop)
		}
		p.end()
		if path.Complete {
			p.say(green, "the path is complete")
		} else {
			p.say(red, "the path ends here")
		}
		if len(path.Assumptions) > 0 {
			p.say(none, "assumed, because it is not in Git:")
			for _, a := range path.Assumptions {
				p.wrapped("  ", none, a)
			}
		}
	}
	return p.print(w)
}

func onePathHop(p *page, n int, hop trace.Hop) {
	p.end()
	p.put(bold, number(n)+". "+hop.Title)
	p.put(faint, "  "+hop.Cluster)
	p.end()
	for _, fact := range hop.Facts {
		text := fact.Text
		if enforcer := by(fact.Enforcer); enforcer != "" {
			text += ", enforced " + enforcer
		} else if fact.Enforcer != "" {
			text += ", enforced by nobody"
		}
		p.wrapped("   ", none, text)
		if fact.File != "" {
			p.wrapped("     ", faint, place(fact.Position))
		}
	}
	if hop.Missing != "" {
		p.wrapped("   missing: ", red, hop.Missing)
	}
	if hop.Hint != "" {
		p.wrapped("   hint: ", none, hop.Hint)
	}
}

// PathsJSON prints paths for machines.
func PathsJSON(w io.Writer, paths []trace.Path) error {
	return JSON(w, map[string]any{"version": "1", "paths": list(paths)})
}
