package policy

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/open-policy-agent/opa/v1/ast"
)

// A user's rule that names something that is not there would never fire, and nobody would notice: Rego calls it undefined and goes on.
// What can be known before judging is an error here:
//
//   - a field that an Input does not have (OPA's type checker, with the schema below)
//   - a helper or a datum below data that does not exist
//   - a kind that nothing has and that is nearly one that something has

// inputSchema is a JSON Schema of Input as valueOf makes it: every field is there, and there is no other.
func inputSchema() any { return schemaOf(reflect.TypeFor[Input]()) }

func schemaOf(t reflect.Type) map[string]any {
	switch t.Kind() {
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64, reflect.Float64:
		return map[string]any{"type": "number"}
	case reflect.Slice, reflect.Array:
		return map[string]any{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": schemaOf(t.Elem())}
	case reflect.Struct:
		properties := map[string]any{}
		for i, name := range names(t) {
			properties[name] = schemaOf(t.Field(i).Type)
		}
		return map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	}
	return map[string]any{} // a pointer that may be null, and what has no type of its own
}

// checkNames checks what users' modules name. parsed are the modules in the order of from; the compiler has compiled them.
func checkNames(from []source, parsed []*ast.Module, compiler *ast.Compiler, kinds []string) error {
	var failed []error
	for i, s := range from {
		if s.user {
			failed = append(failed, checkReferences(compiler.Modules[s.module()], compiler.RuleTree), checkKinds(parsed[i], kinds))
		}
	}
	return errors.Join(failed...)
}

// checkReferences refuses what a user's module takes from data and what is not there.
func checkReferences(m *ast.Module, rules *ast.TreeNode) error {
	var failed []error
	ast.WalkRefs(m, func(ref ast.Ref) bool {
		if !ref.HasPrefix(ast.DefaultRootRef) || len(ref) == 1 || ref.HasPrefix(today) {
			return false
		}
		node := rules.Child(ref[0].Value)
		for _, term := range ref[1:] {
			if _, constant := term.Value.(ast.String); !constant || node == nil || len(node.Values) > 0 {
				return false
			}
			next := node.Child(term.Value)
			if next == nil {
				var known []string
				for name := range node.Children {
					known = append(known, strings.Trim(name.String(), `"`))
				}
				failed = append(failed, fmt.Errorf("%s: there is no %s%s", cmp.Or(term.Location, ref[0].Location), ref, meant(strings.Trim(term.String(), `"`), known)))
				return false
			}
			node = next
		}
		return false
	})
	return errors.Join(failed...)
}

var today = ast.MustParseRef("data.gatespan.today")

// checkKinds refuses a misspelt kind that a user's module compares with: one that is not known, and nearly one that is.
func checkKinds(m *ast.Module, known []string) error {
	var failed []error
	check := func(t *ast.Term) {
		ast.WalkTerms(t, func(t *ast.Term) bool {
			kind, constant := t.Value.(ast.String)
			if !constant || slices.Contains(known, string(kind)) {
				return false
			}
			if hint := meant(string(kind), known); hint != "" {
				failed = append(failed, fmt.Errorf("%s: nothing is of kind %s%s", t.Location, string(kind), hint))
			}
			return false
		})
	}
	compared := func(operands []*ast.Term) {
		for i, operand := range operands {
			if namesKind(operand) && len(operands) == 2 {
				check(operands[1-i])
			}
		}
	}
	ast.WalkExprs(m, func(x *ast.Expr) bool {
		if x.IsCall() && slices.Contains(comparisons, x.Operator().String()) {
			compared(x.Operands())
		}
		return false
	})
	ast.WalkTerms(m, func(t *ast.Term) bool {
		if call, ok := t.Value.(ast.Call); ok && slices.Contains(comparisons, call[0].Value.String()) {
			compared(call[1:])
		}
		return false
	})
	return errors.Join(failed...)
}

var comparisons = []string{ast.Equality.Name, ast.Equal.Name, ast.NotEqual.Name, ast.Member.Ref().String()}

// namesKind: the term is a kind of an object (x.kind, reference.to.kind, grant.fromKind, …).
func namesKind(t *ast.Term) bool {
	ref, ok := t.Value.(ast.Ref)
	if !ok || len(ref) < 2 {
		return false
	}
	name, ok := ref[len(ref)-1].Value.(ast.String)
	return ok && (name == "kind" || name == "fromKind" || name == "toKind")
}

// meant is a hint at what a misspelt word means: a word that is one letter away, or has two letters swapped; "" when there is none.
func meant(word string, known []string) string {
	for _, k := range slices.Sorted(slices.Values(known)) {
		d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(k))
		if d <= 1 || d == 2 && letters(word) == letters(k) {
			return "\nhint: did you mean " + k + "?"
		}
	}
	return ""
}

func letters(word string) string {
	sorted := []byte(strings.ToLower(word))
	slices.Sort(sorted)
	return string(sorted)
}
