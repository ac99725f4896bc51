package export

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"

	"github.com/gatespan/gatespan/internal/policy"
	"github.com/gatespan/gatespan/policies"
)

// Bundle writes all built-in rules as an OPA bundle: a gzipped tar of the rules, what they share, their severities, and the package that
// conftest asks. Its input is what gatespan export opa-input writes; without gatespan's readers there is no posture to judge. Today is
// the day that rules compare with, YYYY-MM-DD, as data.gatespan.today.
func Bundle(w io.Writer, today string) error {
	rules, err := policy.Rules(nil)
	if err != nil {
		return err
	}
	severities := map[string]any{}
	for _, r := range rules {
		severities[r.ID] = r.Severity
	}
	b := bundle.Bundle{
		Manifest: bundle.Manifest{Roots: &[]string{"gatespan"}},
		Data:     map[string]any{"gatespan": map[string]any{"today": today, "severity": severities}},
	}
	b.Manifest.SetRegoVersion(ast.RegoV1)
	err = fs.WalkDir(policies.FS, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(file) != ".rego" || strings.HasSuffix(file, "_test.rego") || strings.HasPrefix(file, "lib/testing/") {
			return err
		}
		raw, err := fs.ReadFile(policies.FS, file)
		if err == nil {
			err = add(&b, file, raw)
		}
		return err
	})
	if err == nil {
		err = add(&b, "conftest.rego", []byte(conftest))
	}
	if err != nil {
		return err
	}
	return bundle.NewWriter(w).DisableFormat(true).Write(b)
}

func add(b *bundle.Bundle, file string, raw []byte) error {
	parsed, err := ast.ParseModuleWithOpts(file, string(raw), ast.ParserOptions{RegoVersion: ast.RegoV1})
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	b.Modules = append(b.Modules, bundle.ModuleFile{URL: "/" + file, Path: "/" + file, Raw: raw, Parsed: parsed})
	return nil
}

// conftest is the package that conftest asks with --namespace gatespan.conftest: it knows deny and warn, with the text in msg. Conftest
// takes rules from --policy and data from --data alone (conftest v0.71.1, policy/engine.go): without the data nothing would be denied.
const conftest = `package gatespan.conftest

deny contains answer if {
	some answer in answers
	answer.severity == "block"
}

warn contains answer if {
	some answer in answers
	answer.severity != "block"
}

answers contains {"msg": msg, "rule": "", "severity": "block"} if {
	not data.gatespan.severity
	msg := "the bundle's data.json is not loaded: conftest needs --data beside --policy"
}

answers contains {"msg": msg, "rule": id, "severity": severity} if {
	some topic, name
	some found in data.gatespan.rules[topic][name].deny
	id := sprintf("%s/%s", [topic, name])
	severity := object.get(found, "severity", data.gatespan.severity[id])
	msg := sprintf("%s: %s", [id, found.message])
}
`
