package change

import (
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/posture"
)

// asked is what a rule asks of requests for some hosts.
type asked struct {
	posture.Asked
	hosts []string // empty: every one
}

// demands compares what requests must pass beside what their listener asks. For each match that was guarded, what takes its requests now must
// ask as much: the same match of whichever route, where there is none all that may take some of them, and every new one for a part of them.
func (c *comparison) demands(s posture.Subject, exposure string, before, after posture.Entry) {
	old, now := askedBy(before), askedBy(after)
	for _, b := range old {
		for _, d := range b.Demands {
			for _, a := range facing(b, old, now) {
				if slices.ContainsFunc(a.Demands, func(n posture.Demand) bool { return asksAsMuch(d, n) }) {
					continue
				}
				by := a.By
				if i := slices.IndexFunc(a.Demands, func(n posture.Demand) bool { return n.By == d.By }); i >= 0 {
					by = d.By // it is still asked, and for less
				}
				c.out = append(c.out, Change{Subject: s, By: by, Field: "authorization of " + a.Match, Before: demand(d), After: demandText(a.Demands), Direction: Weaker, Exposure: exposure,
					Why: "requests for " + b.Match + " had to pass " + d.By.Kind + " " + d.By.Namespace + "/" + d.By.Name})
			}
		}
	}
}

func askedBy(e posture.Entry) []asked {
	var out []asked
	for _, r := range e.Routes {
		hosts := r.Hostnames
		if len(hosts) == 0 {
			hosts = e.Hostnames
		}
		for _, a := range r.Asks {
			out = append(out, asked{a, hosts})
		}
	}
	return out
}

// facing are the matches that take now what one took at the base.
func facing(b asked, old, now []asked) []asked {
	same := func(a asked) bool { return a.Match == b.Match && meet(a.hosts, b.hosts) }
	stands := slices.ContainsFunc(now, same)
	known := func(a asked) bool {
		return slices.ContainsFunc(old, func(o asked) bool { return o.Match == a.Match && meet(o.hosts, a.hosts) })
	}
	var out []asked
	for _, a := range now {
		switch {
		case same(a):
		case !meet(a.hosts, b.hosts):
			continue
		case within(b.Path, a.Path) && !known(a): // a part of it that nobody had taken
		case !stands && (within(b.Path, a.Path) || within(a.Path, b.Path)):
		default:
			continue
		}
		out = append(out, a)
	}
	return out
}

// within reports whether requests for a path may be for another one: "PathPrefix /v1" takes those of "Exact /v1/a".
func within(path, of string) bool {
	kind, value, _ := strings.Cut(path, " ")
	inner, part, _ := strings.Cut(of, " ")
	if kind == "RegularExpression" || inner == "RegularExpression" {
		return true
	}
	value, part = strings.TrimSuffix(value, "/"), strings.TrimSuffix(part, "/")
	return part == value || kind == "PathPrefix" && strings.HasPrefix(part, value+"/")
}

// meet reports whether two lists of hosts may have one in common.
func meet(a, b []string) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(name string) bool {
		return slices.ContainsFunc(b, func(other string) bool { return gatewayapi.Meet(name, other) })
	})
}

// asksAsMuch reports whether a demand lets nothing through that an old one would not have.
func asksAsMuch(old, now posture.Demand) bool {
	if old.What != now.What || len(now.Sources) == 0 && len(old.Sources) > 0 { // what a list of none means is the controller's
		return false
	}
	return !slices.ContainsFunc(now.Sources, func(source string) bool {
		return !slices.ContainsFunc(old.Sources, func(o string) bool { return holds(o, source) })
	})
}

func demand(d posture.Demand) string {
	if len(d.Sources) == 0 {
		return d.What
	}
	return d.What + " " + strings.Join(d.Sources, ", ")
}

func demandText(all []posture.Demand) string {
	if len(all) == 0 {
		return "none"
	}
	var out []string
	for _, d := range all {
		out = append(out, demand(d))
	}
	return strings.Join(out, "; ")
}
