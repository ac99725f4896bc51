package fleet

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gatespan/gatespan/internal/finding"
)

// Load reads and checks a fleet. fsys is the repository, with slash paths; root is the fleet's directory or file in it;
// overlays is where overlays are, for the default of a cluster's path.
//
// What is wrong with the user's files is an Errors, with everything that could be found in one run. errors.Is(err,
// fs.ErrNotExist) holds when there is nothing at root.
func Load(fsys fs.FS, root, overlays string) (*Fleet, error) {
	return load(fsys, root, overlays, nil, defaultLimits)
}

func load(fsys fs.FS, root, overlays string, known *Known, l limits) (*Fleet, error) {
	shared, single, errs := find(fsys, path.Clean(root), l)
	return loadSources(shared, single, errs, overlays, known, l)
}

// loadSources makes a fleet of files that were read; errs is what was wrong before.
func loadSources(shared, single []source, errs Errors, overlays string, known *Known, l limits) (*Fleet, error) {
	var units []unit
	if len(shared) > 0 {
		units = append(units, unit{sources: shared, shared: true})
	}
	for _, src := range single {
		units = append(units, unit{sources: []source{src}})
	}

	results, err := evaluateAll(units, known, l)
	if err != nil {
		var stopped stopError
		if errors.As(err, &stopped) {
			errs.add(finding.Position{File: stopped.name}, "write the values out instead of computing them", "%v", stopped.cause)
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

// stopError is an evaluation that a limit stopped.
type stopError struct {
	name  string
	cause error
}

func (e stopError) Error() string { return e.name + ": " + e.cause.Error() }
func (e stopError) Unwrap() error { return e.cause }

// evaluateAll evaluates units, some at a time; the results are in the order of the units. Each worker takes a run of units and
// an evaluator for it: small enough for CUE not to keep everything it has ever seen, large enough to compile the schema
// seldom.
func evaluateAll(units []unit, known *Known, l limits) ([]result, error) {
	deadline := time.Now().Add(l.total)
	results := make([]result, len(units))
	workers := min(runtime.GOMAXPROCS(0), 8)
	run := min(max((len(units)+workers-1)/workers, 25), 200)

	group, ctx := errgroup.WithContext(context.Background())
	group.SetLimit(workers)
	for start := 0; start < len(units); start += run {
		group.Go(func() error {
			var e *evaluator
			for i := start; i < min(start+run, len(units)) && ctx.Err() == nil; i++ {
				if valid, ok := known.find(units[i]); ok {
					var err error
					if results[i], err = valid.decode(units[i]); err != nil {
						return err
					}
					continue
				}
				err := bounded(l, deadline, func() (err error) {
					if e == nil {
						if e, err = newEvaluator(false); err != nil {
							return err
						}
					}
					results[i], err = e.evaluate(units[i], known, l)
					return err
				})
				if errors.Is(err, errLimit) {
					return stopError{name: units[i].name(), cause: err}
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	return results, group.Wait()
}

// join makes one fleet of what the units declare, and checks it as a whole unless the shared files are wrong: then everything
// that refers to them would be.
func join(results []result, overlays string) (*Fleet, Errors) {
	var errs Errors
	out := &Fleet{
		Name: "default", TrustDomains: map[string]TrustDomain{}, Clusters: map[string]Cluster{}, Exposures: map[string]Exposure{},
		positions: map[string]finding.Position{},
	}
	sharedFails := false
	for _, r := range results {
		errs = append(errs, r.errs...)
		if r.unit.shared {
			sharedFails = len(r.errs) > 0
			out.Name, out.Waivers = r.fleet.Name, r.fleet.Waivers
			maps.Copy(out.TrustDomains, r.fleet.TrustDomains)
			maps.Copy(out.Clusters, r.fleet.Clusters)
		} else {
			errs = append(errs, exposuresOnly(r)...)
		}
		for _, name := range sorted(r.fleet.Exposures) {
			if _, ok := out.Exposures[name]; ok {
				at, _, _ := r.index.nearest([]string{"exposures", name})
				errs.add(at.label, "give one of them another name, or keep both in one file", "exposure %s is already in %s", name,
					placeName(out.Position("exposures", name)))
				continue
			}
			out.Exposures[name] = r.fleet.Exposures[name]
		}
		for k, at := range r.index {
			if _, ok := out.positions[k]; !ok {
				out.positions[k] = at.label
			}
		}
	}
	setDefaults(out, overlays)
	if !sharedFails {
		errs = append(errs, check(out)...)
	}
	return out, errs
}

// exposuresOnly checks that a file below exposures/ declares nothing else: who may change an exposure may not change what it is
// judged by.
func exposuresOnly(r result) Errors {
	var errs Errors
	for _, field := range []struct {
		name string
		set  bool
	}{
		{"clusters", len(r.fleet.Clusters) > 0},
		{"name", r.fleet.Name != "" && r.fleet.Name != "default"},
		{"trustDomains", len(r.fleet.TrustDomains) > 0},
		{"waivers", len(r.fleet.Waivers) > 0},
	} {
		at, exact := r.index[field.name]
		if !exact && !field.set {
			continue
		}
		if !exact {
			at.label = finding.Position{File: r.unit.name(), Line: 1, Column: 1}
		}
		errs.add(at.label, "move it to a file of the folder above", "%s cannot be in a file below %s/", field.name, exposuresDir)
	}
	return errs
}

// Parse reads and checks a fleet whose files are in memory, by slash path: those below exposures/ of root one at a time, as Load does.
func Parse(files map[string][]byte, root, overlays string) (*Fleet, error) {
	var shared, single []source
	for _, name := range sorted(files) {
		switch src := (source{name: name, data: files[name]}); {
		case format(name) == "":
		case path.Dir(name) == path.Join(root, exposuresDir):
			single = append(single, src)
		case path.Dir(name) == path.Clean(root):
			shared = append(shared, src)
		}
	}
	return loadSources(shared, single, nil, overlays, nil, defaultLimits)
}
