//go:build e2e && linux

package suite

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/e2e/claims"
)

const areaRead = "Controllers that cannot be had: what was read instead"

// unbuildable are the controllers that nothing here can build or run, and why. Gateway API's own part of their overlays is proven by
// the API server.
var unbuildable = map[string]string{
	"nginx":       "the module proxy does not serve its module",
	"haproxy":     "its controllers are in no module that builds",
	"vpc-lattice": "what enforces is a service of AWS",
	"aws-lb":      "what enforces is a service of AWS",
	"agc":         "what enforces is a service of Azure",
}

func readOnly() Suite {
	return Suite{Name: "read", Area: areaRead, Claim: "each claim of a profile carries its source", run: runRead}
}

func runRead(context.Context, *Env) error {
	left := maps.Clone(unbuildable)
	err := each(catalog.All(), func(c controller.Controller) error {
		p := c.Profile()
		why, ok := left[p.Name]
		if !ok {
			return nil
		}
		delete(left, p.Name)
		return claims.Record(read(p, why))
	})
	for _, name := range slices.Sorted(maps.Keys(left)) {
		err = errors.Join(err, fmt.Errorf("there is no profile %s", name))
	}
	return err
}

// read is the row of a profile: one that claims something without a source disagrees.
func read(p controller.Profile, why string) claims.Row {
	row := claims.Row{Area: areaRead, Claim: "each claim of its profile carries its source", Component: p.Name, Outcome: claims.Read}
	if n := len(p.Versions); n > 0 {
		row.Version = p.Versions[n-1].To
	}
	sources := map[string]string{}
	for _, a := range p.Abilities {
		sources["ability "+string(a.ID)] = a.Source
	}
	for _, r := range p.References {
		sources["reference "+r.From+" to "+r.To] = r.Source
	}
	for _, r := range p.Prerequisites {
		sources["prerequisite "+r.ID] = r.Source
	}
	for _, v := range p.Versions {
		sources["version "+v.Distribution+" "+v.From] = v.Source
	}
	var without []string
	for _, claim := range slices.Sorted(maps.Keys(sources)) {
		if strings.TrimSpace(sources[claim]) == "" {
			without = append(without, claim+" has no source")
		}
	}
	row.Detail = fmt.Sprintf("%s; %d claims were read in %d places", why, len(sources), len(slices.Compact(slices.Sorted(maps.Values(sources)))))
	if len(without) > 0 {
		row.Outcome, row.Detail = claims.Differs, strings.Join(without, "\n")
	}
	return row
}
