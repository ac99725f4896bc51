package fleet

import (
	"errors"
	"io/fs"
	"path"
	"time"

	"github.com/gatespan/gatespan/internal/finding"
)

// Load reads and checks a fleet. fsys is the repository, with slash paths; root is the fleet's directory or file in it;
// overlays is where overlays are, for the default of a cluster's path.
//
// What is wrong with the user's files is an Errors, with everything that could be found in one run. errors.Is(err,
// fs.ErrNotExist) holds when there is nothing at root.
func Load(fsys fs.FS, root, overlays string) (*Fleet, error) {
	return load(fsys, root, overlays, defaultLimits)
}

func load(fsys fs.FS, root, overlays string, l limits) (*Fleet, error) {
	root = path.Clean(root)
	shared, single, errs := find(fsys, root, l)
	var units []unit
	if len(shared) > 0 {
		units = append(units, unit{sources: shared, shared: true})
	}
	for _, src := range single {
		units = append(units, unit{sources: []source{src}})
	}

	results, err := evaluateAll(units, l)
	if err != nil {
		if errors.Is(err, errLimit) {
			errs.add(finding.Position{File: root}, "write the values out instead of computing them", "%v", err)
			return nil, errs.sorted()
		}
		return nil, err
	}
	out, more := join(results, overlays)
	if err := append(errs, more...).sorted(); err != nil {
		return nil, err
	}
	return out, nil
}

// evaluateAll evaluates units in order.
func evaluateAll(units []unit, l limits) ([]result, error) {
	deadline := time.Now().Add(l.total)
	var (
		e       *evaluator
		results = make([]result, len(units))
	)
	for i, u := range units {
		err := bounded(l, deadline, func() (err error) {
			if i%200 == 0 {
				if e, err = newEvaluator(false); err != nil {
					return err
				}
			}
			results[i], err = e.evaluate(u, l)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return results, nil
}

// join makes one fleet of what the units declare.
func join(results []result, overlays string) (*Fleet, Errors) {
	var errs Errors
	out := &Fleet{Name: "default", Exposures: map[string]Exposure{}, positions: map[string]finding.Position{}}
	for _, r := range results {
		errs = append(errs, r.errs...)
		if r.unit.shared {
			out.Name, out.TrustDomains, out.Clusters, out.Waivers = r.fleet.Name, r.fleet.TrustDomains, r.fleet.Clusters, r.fleet.Waivers
		}
		for name, x := range r.fleet.Exposures {
			out.Exposures[name] = x
		}
		for k, at := range r.index {
			if _, ok := out.positions[k]; !ok {
				out.positions[k] = at.label
			}
		}
	}
	setDefaults(out, overlays)
	return out, errs
}
