//go:build e2e && linux

// Package suite asks real components what gatespan claims, and records each claim as a row of the table.
//
//  1. suite.go: what a suite has at hand, and what becomes of one that cannot run
//  2. fleets.go: the example fleets, generated anew
//  3. apiserver.go: every generated object is taken by a real API server, and broken ones are not
//  4. rendering.go: gatespan, kustomize and Flux render the same objects
//  5. translator.go, translated.go, xds.go, filters.go, variants*.go; istio*.go: the translators of Envoy Gateway and Istio make of every overlay, and of
//     changes of it, what the posture says; corpus.go: of every change in testdata/corpus too
//  6. pilot.go; traefik.go, traefik_compare.go, stand.go: istiod and Traefik themselves against an API server, with the overlays of every fleet
//  7. exports.go, admission.go: the exported rules in OPA, conftest, gator and the API server
//  8. gitops.go, hand.go, flux.go: Flux reconciles the hand-off, changes and prunes
//  9. publish.go: Flux takes an artifact that the fleet's workflow signed, and no other
//  10. dataplane.go, relay.go, probe.go, matrix.go: Traefik between two clusters does what `gatespan show` says
//  11. read.go: what has no component to ask
package suite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/gatespan/gatespan/internal/e2e/claims"
	"github.com/gatespan/gatespan/internal/e2e/component"
)

// Env is what suites have at hand.
type Env struct {
	Root       string   // of gatespan's repository
	State      string   // where suites may write
	Gatespan   string   // the binary
	CRDs       []string // files
	Trees      string   // the changed repositories of testdata/corpus
	Components map[string]component.Built
	Present    bool // suites that lack a component are left out, with a word
	Log        io.Writer

	servers   *servers
	engines   []*flux  // of the servers, started when they are first needed
	generated []*fleet // likewise, as they are in the repository
}

// Suite is a group of claims that are asked together.
type Suite struct {
	Name  string
	Area  string
	Claim string   // all of its claims in one line, for the row of a suite that cannot run
	Needs []string // components; the first one is asked
	Wants []string // components whose part of the suite does not run without them
	run   func(context.Context, *Env) error
}

// All are in the order in which they run: what needs least comes first.
func All() []Suite {
	return slices.Concat([]Suite{rendering()}, translators(), exports(), []Suite{apiServer(), pilot(), traefikAPI(), gitOps(), publishing(), dataPlane(), readOnly()})
}

// Run runs a suite. One that lacks a component, or ends with an error, is a row that says so.
func (s Suite) Run(ctx context.Context, e *Env) error {
	started := time.Now()
	row := claims.Row{Area: s.Area, Claim: s.Claim, Outcome: claims.NotRun}
	if len(s.Needs) > 0 {
		row.Component, row.Version = s.Needs[0], e.Components[s.Needs[0]].Version
	}
	if missing := s.Missing(e); len(missing) > 0 {
		if row.Detail = strings.Join(missing, "\n"); e.Present {
			fmt.Fprintf(e.Log, "%s: left out: %s\n", s.Name, row.Detail)
			return nil
		}
		return claims.Record(row)
	}
	err := s.run(ctx, e)
	fmt.Fprintf(e.Log, "%s: %s\n", s.Name, time.Since(started).Round(time.Second/10))
	if err != nil {
		row.Claim, row.Detail = "the suite "+s.Name+" runs to its end", err.Error()
		return claims.Record(row)
	}
	return nil
}

// Uses reports whether the suite has something to do with a component.
func (s Suite) Uses(name string) bool {
	return slices.Contains(s.Needs, name) || slices.Contains(s.Wants, name)
}

// Missing says which components of the suite are not there, and why.
func (s Suite) Missing(e *Env) []string {
	var out []string
	for _, name := range s.Needs {
		if c := e.Components[name]; c.Problem != "" {
			out = append(out, fmt.Sprintf("%s %s: %s", name, c.Version, c.Problem))
		}
	}
	return out
}

// record is a row of a component, agreed to when nothing differs.
func (e *Env) record(area, claim, of string, differences []string, counted string) error {
	row := claims.Row{Area: area, Claim: claim, Component: of, Version: e.Components[of].Version, Outcome: claims.Agrees, Detail: counted}
	if len(differences) > 0 {
		const most = 60
		if more := len(differences) - most; more > 0 {
			differences = append(differences[:most:most], fmt.Sprintf("and %d more", more))
		}
		row.Outcome, row.Detail = claims.Differs, strings.Join(differences, "\n")
	}
	return claims.Record(row)
}

// each joins the errors of f for each name.
func each[T any](all []T, f func(T) error) error {
	var errs []error
	for _, one := range all {
		errs = append(errs, f(one))
	}
	return errors.Join(errs...)
}
