package policy

import (
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/gatespan/gatespan/internal/finding"
)

// Rule is what a rule says of itself, from the METADATA of its package.
type Rule struct {
	ID          string `json:"id"` // <topic>/<rule>: its folder and its package
	Title       string `json:"title"`
	Severity    string `json:"severity"` // block, change or warn; a finding of the rule may differ
	Description string `json:"description"`
	Remediation string `json:"remediation"`
	Bad         string `json:"bad"`
	Good        string `json:"good"`
	Links       []Link `json:"links"`
	User        bool   `json:"user"` // from --policies
}

// Link is further reading.
type Link struct {
	Ref         string `json:"ref"`
	Description string `json:"description"`
}

// The package of the rule mtls/http3 is gatespan.rules.mtls["http3"]; the shared helpers are below gatespan.lib.
var (
	rulesPath = ast.DefaultRootRef.Append(ast.StringTerm("gatespan")).Append(ast.StringTerm("rules"))
	libPath   = ast.DefaultRootRef.Append(ast.StringTerm("gatespan")).Append(ast.StringTerm("lib"))
)

// ruleOf reads a rule from its parsed module, and refuses what is not a rule: an undocumented one, one in another package than
// its folder says, one that does not make findings.
func ruleOf(s source, m *ast.Module) (Rule, error) {
	r := Rule{ID: s.id, User: s.user}
	if got := m.Package.Path; len(got) != len(rulesPath)+2 || !got.HasPrefix(rulesPath) || idOf(got) != s.id {
		topic, name, _ := strings.Cut(s.id, "/")
		return r, fmt.Errorf("%s: package %s is not the folder's\nhint: write package gatespan.rules.%s[%q]", m.Package.Location, m.Package.Path, topic, name)
	}
	if err := r.describe(m); err != nil {
		return r, err
	}
	denies := 0
	for _, rule := range m.Rules {
		if len(rule.Head.Ref()) == 0 || !rule.Head.Ref()[0].Equal(ast.VarTerm("deny")) {
			continue
		}
		if rule.Default || rule.Head.RuleKind() != ast.MultiValue || len(rule.Head.Ref()) != 1 {
			return r, fmt.Errorf("%s: deny is not a set of findings\nhint: write deny contains finding if { … }", rule.Location)
		}
		denies++
	}
	if denies == 0 {
		return r, fmt.Errorf("%s: rule %s has no deny", m.Package.Location, r.ID)
	}
	return r, nil
}

// describe fills the rule from its package's METADATA; every part is required but the links.
func (r *Rule) describe(m *ast.Module) error {
	var note *ast.Annotations
	for _, a := range m.Annotations {
		if a.Scope == "package" {
			note = a
		}
	}
	if note == nil {
		return fmt.Errorf("%s: rule %s has no METADATA with scope package", m.Package.Location, r.ID)
	}
	r.Title, r.Description = note.Title, note.Description
	for _, link := range note.RelatedResources {
		r.Links = append(r.Links, Link{Ref: link.Ref.String(), Description: link.Description})
	}
	for name, field := range map[string]*string{"severity": &r.Severity, "remediation": &r.Remediation, "bad": &r.Bad, "good": &r.Good} {
		*field, _ = note.Custom[name].(string)
	}
	for _, part := range []struct{ name, value string }{
		{"title", r.Title}, {"description", r.Description}, {"custom.severity", r.Severity}, {"custom.remediation", r.Remediation}, {"custom.bad", r.Bad}, {"custom.good", r.Good},
	} {
		if strings.TrimSpace(part.value) == "" {
			return fmt.Errorf("%s: the METADATA of rule %s has no %s", m.Package.Location, r.ID, part.name)
		}
	}
	if !severity(r.Severity) {
		return fmt.Errorf("%s: rule %s has severity %q\nhint: one of block, change, warn", m.Package.Location, r.ID, r.Severity)
	}
	return nil
}

func severity(s string) bool { return s == finding.Block || s == finding.Change || s == finding.Warn }

// idOf is the rule's id for its package path, data.gatespan.rules.<topic>.<rule>.
func idOf(path ast.Ref) string {
	parts := make([]string, 0, 2)
	for _, term := range path[len(rulesPath):] {
		s, _ := term.Value.(ast.String)
		parts = append(parts, string(s))
	}
	return strings.Join(parts, "/")
}
