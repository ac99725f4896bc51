package gate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/policy"
	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/trust"
)

// judgeGate turns facts about the gate itself into findings: those of each cluster, and of the repository, by themselves.
func judgeGate(ctx context.Context, engine *policy.Engine, facts []trust.Fact) ([]finding.Finding, error) {
	of := map[string][]trust.Fact{}
	var clusters []string
	for _, f := range facts {
		if of[f.Cluster] == nil {
			clusters = append(clusters, f.Cluster)
		}
		of[f.Cluster] = append(of[f.Cluster], f)
	}
	var out []finding.Finding
	for _, cluster := range clusters {
		judgement, err := engine.Judge(ctx, policy.Input{Cluster: controller.Cluster{Name: cluster}, Gate: of[cluster]})
		if err != nil {
			return nil, err
		}
		for _, raw := range judgement.Findings {
			f := finding.Finding{
				Rule: raw.Rule, Severity: raw.Severity, Cluster: cluster, Subject: raw.Subject, Field: raw.Field, Value: raw.Value,
				Object:   finding.Object{APIVersion: raw.By.APIVersion, Kind: raw.By.Kind, Namespace: raw.By.Namespace, Name: raw.By.Name},
				Position: finding.Position{File: raw.File, Line: raw.Line, Column: raw.Column},
				Message:  raw.Message, Remediation: raw.Remediation, Related: []finding.Related{}, Introduced: true,
			}
			f.Seal()
			out = append(out, f)
		}
	}
	return out, nil
}

// isGate: what a change does to the gate is told whatever paths the user asked for.
func isGate(f finding.Finding) bool { return strings.HasPrefix(f.Rule, "gate/") }

// waive marks the findings that a waiver accepts, and returns what is to be said of the waivers themselves: those that have expired
// while their finding is still there, and those that nothing needs any more.
func waive(findings []finding.Finding, head *side, at string, o Options) []trust.Fact {
	var out []trust.Fact
	for _, w := range head.fleet.Waivers {
		name := fmt.Sprintf("%s of %s %s", w.Rule, w.Object.Kind, w.Object.Name)
		fact := trust.Fact{
			Cluster: w.Cluster, Subject: posture.Subject{Kind: "Waiver", Name: name}, By: posture.Ref{Kind: "Waiver", Name: name}, Value: w.Fingerprint + " " + w.Expires,
		}
		place := head.own.Position("waivers", fmt.Sprint(slices.Index(head.own.Waivers, w)))
		if place.IsZero() {
			place.File = at
		}
		fact.File, fact.Line, fact.Column = place.File, place.Line, place.Column
		used := slices.ContainsFunc(findings, func(f finding.Finding) bool { return trust.Accepts(w, f) })
		switch {
		case used && trust.Valid(w, o.Today):
			for i := range findings {
				findings[i].Waived = findings[i].Waived || trust.Accepts(w, findings[i])
			}
		case used:
			fact.Rule, fact.Message = "gate/waiver-expired", fmt.Sprintf("the waiver of %s for %s expired on %s", w.Owner, name, w.Expires)
			out = append(out, fact)
		case o.Base != "" || !strings.HasPrefix(w.Rule, "gate/") && !strings.HasPrefix(w.Rule, "change/"): // only a base shows those
			fact.Rule, fact.Message = "gate/waiver-unused", fmt.Sprintf("the waiver of %s for %s waives nothing", w.Owner, name)
			out = append(out, fact)
		}
	}
	return out
}
