package policy

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/gatespan/gatespan/internal/posture"
)

// Judgement is what the rules say of one cluster.
type Judgement struct {
	Findings       []Raw // sorted by rule, subject, object, field and message
	RulesEvaluated int   // every rule that is compiled, or Judge returns an error
}

// Raw is a finding before its place in the repository is known. The JSON names are what a rule's deny holds; rule, and severity
// and remediation where the rule does not say, come from its METADATA.
type Raw struct {
	Rule        string          `json:"-"`
	Severity    string          `json:"severity"`
	Subject     posture.Subject `json:"subject"`
	By          posture.Ref     `json:"by"`
	Field       string          `json:"-"` // By.Field
	Value       string          `json:"value"`
	Message     string          `json:"message"`
	Remediation string          `json:"remediation"`
	Related     []Related       `json:"related"`
	// File, Line and Column are set when a fact of rendering or drift carries its own place.
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// Related is another object that a reader of the finding wants to see.
type Related struct {
	By      posture.Ref `json:"by"`
	Message string      `json:"message"`
}

// Judge evaluates every rule on one cluster's input. A rule that fails or is undefined is an error, never a pass, and so are a
// cancelled context and a passed deadline.
func (e *Engine) Judge(ctx context.Context, input Input) (Judgement, error) {
	facts, err := e.facts(input)
	if err != nil {
		return Judgement{}, err
	}
	if !e.objects {
		input.Objects = nil
	}
	ctx, cancel := context.WithTimeout(ctx, e.deadline)
	defer cancel()
	results, err := e.query.Eval(ctx, rego.EvalParsedInput(valueOf(input)))
	if err != nil {
		return Judgement{}, fmt.Errorf("evaluate rules: %w", err)
	}
	var out Judgement
	seen := make(map[string]bool, len(e.rules))
	for _, result := range results {
		id := fmt.Sprintf("%v/%v", result.Bindings["topic"], result.Bindings["name"])
		rule := e.byID[id]
		if rule == nil || seen[id] {
			return Judgement{}, fmt.Errorf("evaluate rules: %s was not compiled, or answers twice", id)
		}
		seen[id] = true
		raws, err := rule.findings(result.Bindings["deny"])
		if err != nil {
			return Judgement{}, err
		}
		if facts[id] && len(raws) == 0 {
			return Judgement{}, fmt.Errorf("evaluate rules: %s does not report the facts that name it", id)
		}
		out.Findings = append(out.Findings, raws...)
	}
	for _, rule := range e.rules {
		if !seen[rule.ID] {
			return Judgement{}, fmt.Errorf("evaluate rules: %s is undefined", rule.ID)
		}
	}
	out.RulesEvaluated = len(seen)
	slices.SortStableFunc(out.Findings, compareRaw)
	return out, nil
}

// facts are the rules that must report something: those that a fact of rendering, drift or a reader names. A fact whose rule does
// not exist would be lost in silence, so it is an error.
func (e *Engine) facts(input Input) (map[string]bool, error) {
	named := map[string]bool{}
	for _, fact := range input.Render {
		named[fact.Rule] = true
	}
	for _, drift := range input.Drift {
		named["drift/"+drift.Kind] = true
	}
	for _, fact := range input.Gate {
		named[fact.Rule] = true
	}
	for _, unknown := range input.Posture.Unknowns {
		named["unknown/"+unknown.Rule] = true
	}
	for _, id := range slices.Sorted(maps.Keys(named)) {
		if e.byID[id] == nil {
			return nil, fmt.Errorf("a fact names rule %s, which does not exist", id)
		}
	}
	return named, nil
}

// findings decodes one rule's deny. A finding without subject or message, or with a field that findings do not have, is an error
// of the rule: it must not get lost.
func (r *Rule) findings(deny any) ([]Raw, error) {
	list, ok := deny.([]any)
	if !ok {
		return nil, fmt.Errorf("rule %s: deny is not a set", r.ID)
	}
	if len(list) == 0 {
		return nil, nil
	}
	text, err := json.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("rule %s: %w", r.ID, err)
	}
	var raws []Raw
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&raws); err != nil {
		return nil, fmt.Errorf("rule %s: a finding is not well formed: %w", r.ID, err)
	}
	for i := range raws {
		raw := &raws[i]
		raw.Rule, raw.Field = r.ID, raw.By.Field
		raw.Severity = cmp.Or(raw.Severity, r.Severity)
		raw.Remediation = cmp.Or(raw.Remediation, r.Remediation)
		if raw.Subject.Kind == "" || strings.TrimSpace(raw.Message) == "" || !severity(raw.Severity) {
			return nil, fmt.Errorf("rule %s: a finding has no subject, no message or no known severity: %s", r.ID, text)
		}
	}
	return raws, nil
}

func compareRaw(a, b Raw) int {
	return cmp.Or(
		cmp.Compare(a.Rule, b.Rule),
		compareSubject(a.Subject, b.Subject),
		cmp.Compare(a.By.Kind, b.By.Kind), cmp.Compare(a.By.Namespace, b.By.Namespace), cmp.Compare(a.By.Name, b.By.Name),
		cmp.Compare(a.Field, b.Field), cmp.Compare(a.Message, b.Message), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
	)
}

func compareSubject(a, b posture.Subject) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Listener, b.Listener))
}
