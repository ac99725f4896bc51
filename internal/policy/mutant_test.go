package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// mutant is one small way to break a rule: a condition less, a condition turned round, another constant, a clause less.
type mutant struct {
	line  int
	what  string // with the expression as it stands in the file, so that it outlives moved lines
	apply func() // changes the module that it was listed from
}

// mutantsOf lists every way to break a module, in the order of its text. Messages are left alone: what a finding says is no condition.
func mutantsOf(m *ast.Module) []mutant {
	var out []mutant
	add := func(at *ast.Location, apply func(), what string, args ...any) {
		out = append(out, mutant{line: at.Row, what: fmt.Sprintf(what, args...), apply: apply})
	}
	for i, rule := range m.Rules {
		same := func(other *ast.Rule) bool { return other != rule && other.Head.Ref().Equal(rule.Head.Ref()) }
		if slices.ContainsFunc(m.Rules, same) {
			add(rule.Location, func() { m.Rules = slices.Delete(m.Rules, i, i+1) }, "drop clause %d of %s", i+1, rule.Head.Ref())
		}
		for clause := rule; clause != nil; clause = clause.Else {
			if clause.Else != nil {
				add(clause.Else.Location, func() { clause.Else = nil }, "drop the else of %s", rule.Head.Ref())
			}
			for _, term := range append(clause.Head.Args, clause.Head.Key, clause.Head.Value) {
				if term != nil {
					inside(term, true, add)
				}
			}
			inside(clause.Body, false, add)
		}
	}
	return out
}

// inside lists what can be broken in a body or in a term of a head, and in everything below it.
func inside(x any, head bool, add func(at *ast.Location, apply func(), what string, args ...any)) {
	var visitor *ast.GenericVisitor
	visitor = ast.NewGenericVisitor(func(x any) bool {
		switch x := x.(type) {
		case *ast.Expr:
			if term, ok := x.Terms.(*ast.Term); ok && term.Equal(ast.BooleanTerm(true)) {
				return true // the body of a rule without one
			}
			add(x.Location, func() { *x = *ast.NewExpr(ast.BooleanTerm(true)) }, "drop %s", text(x.Location))
			_, some := x.Terms.(*ast.SomeDecl)
			_, every := x.Terms.(*ast.Every)
			if !some && !every && !x.IsAssignment() {
				add(x.Location, func() { x.Negated = !x.Negated }, "negate %s", text(x.Location))
			}
			if x.IsCall() {
				if wording(x.Operator()) {
					return true
				}
				turn(x.Terms.([]*ast.Term), x.Location, add)
				for _, operand := range x.Operands() {
					visitor.Walk(operand)
				}
				return true
			}
		case *ast.Term:
			return inTerm(x, head, visitor, add)
		}
		return false
	})
	visitor.Walk(x)
}

// inTerm reports whether nothing below the term is to be visited any more.
func inTerm(x *ast.Term, head bool, visitor *ast.GenericVisitor, add func(at *ast.Location, apply func(), what string, args ...any)) bool {
	if x.Location == nil || x.Location.Text == nil {
		return true // the true that a rule without a value has
	}
	replace := func(by ast.Value) func() { return func() { x.Value = by } }
	switch value := x.Value.(type) {
	case ast.Ref:
		for _, part := range value[1:] {
			if _, name := part.Value.(ast.String); !name {
				visitor.Walk(part)
			}
		}
		return true
	case ast.Boolean:
		add(x.Location, replace(!value), "flip %s", value)
	case ast.Number:
		if strings.HasPrefix(string(value), "-") {
			return true // of substring: to the end, whichever it is
		}
		add(x.Location, replace(ast.Number(value+"1")), "%s is another number", value)
	case ast.String:
		switch {
		case value == "block" || value == "change":
			add(x.Location, replace(ast.String("warn")), "%s is warn", value)
		case value == "warn":
			add(x.Location, replace(ast.String("block")), "%s is block", value)
		case !head: // in a head it is part of a message
			add(x.Location, replace(value+"~"), "%s is another text", value)
		}
	case ast.Set:
		for _, member := range value.Slice() {
			add(x.Location, replace(value.Diff(ast.NewSet(member))), "%s is not in the set", member)
		}
		return value.Len() > 0 && isConstant(value)
	case *ast.Array:
		for i := range value.Len() {
			var rest []*ast.Term
			value.Foreach(func(member *ast.Term) { rest = append(rest, member) })
			if value.Len() > 1 && isConstant(value) {
				add(x.Location, replace(ast.NewArray(slices.Delete(rest, i, i+1)...)), "%s is not in the list", value.Elem(i))
			}
		}
	case ast.Object:
		value.Foreach(func(_, member *ast.Term) { visitor.Walk(member) }) // its keys are names
		return true
	case ast.Call:
		if wording(value[0].Value.(ast.Ref)) {
			return true
		}
		turn(value, x.Location, add)
		if slices.Contains(joins, value[0].Value.String()) {
			add(x.Location, replace(value[1].Value), "only the first part of %s", text(x.Location))
			add(x.Location, replace(value[2].Value), "only the second part of %s", text(x.Location))
		}
		for _, operand := range value[1:] {
			visitor.Walk(operand)
		}
		return true
	}
	return false
}

// joins are what makes one collection of two.
var joins = []string{"array.concat", "object.union", "or", "and", "minus"}

// wording reports whether a function makes text for people.
func wording(operator ast.Ref) bool {
	return operator.String() == "sprintf" || operator.String() == "concat"
}

// turn lists the other comparisons in place of one that a negation does not cover.
func turn(call []*ast.Term, at *ast.Location, add func(at *ast.Location, apply func(), what string, args ...any)) {
	for _, pair := range [][2]*ast.Builtin{
		{ast.LessThan, ast.LessThanEq}, {ast.LessThanEq, ast.LessThan}, {ast.GreaterThan, ast.GreaterThanEq}, {ast.GreaterThanEq, ast.GreaterThan},
	} {
		if call[0].Value.String() == pair[0].Name {
			add(at, func() { call[0] = ast.NewTerm(pair[1].Ref()) }, "%s for %s in %s", pair[1].Infix, pair[0].Infix, text(at))
		}
	}
}

func isConstant(x ast.Value) bool {
	constant := true
	ast.WalkTerms(ast.NewTerm(x), func(t *ast.Term) bool {
		switch t.Value.(type) {
		case ast.Var, ast.Ref, ast.Call:
			constant = false
		}
		return false
	})
	return constant
}

// text is the first line of an expression.
func text(at *ast.Location) string {
	for i, b := range at.Text {
		if b == '\n' {
			return string(at.Text[:i]) + " …"
		}
	}
	return string(at.Text)
}
