package fleet

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
)

// describe says in words what a leaf of the schema accepts: the comment of the definition that it refers to.
func (w *walker) describe(s cue.Value) string {
	if root, path := s.ReferencePath(); root.Exists() && len(path.Selectors()) > 0 {
		return w.definition(path.String())
	}
	op, operands := s.Expr()
	if op == cue.AndOp || op == cue.OrOp {
		for _, operand := range operands {
			if text := w.describe(operand); text != "" {
				return text
			}
		}
	}
	return ""
}

// definition is what the comment of a definition says.
func (w *walker) definition(name string) string {
	return doc(w.evaluator.schema.LookupPath(cue.ParsePath(name)))
}

// doc is the first sentence of a value's comment, as the end of a sentence.
func doc(v cue.Value) string {
	groups := v.Doc()
	if len(groups) == 0 {
		return ""
	}
	text, _, _ := strings.Cut(strings.Join(strings.Fields(groups[0].Text()), " "), ". ")
	if len(text) > 1 && text[0] >= 'A' && text[0] <= 'Z' && (text[1] == ' ' || text[1] >= 'a' && text[1] <= 'z') {
		text = strings.ToLower(text[:1]) + text[1:]
	}
	return strings.TrimSuffix(text, ".")
}

// alternatives are the strings that a leaf accepts, when it accepts nothing else.
func alternatives(s cue.Value) []string {
	if s.IsConcrete() && s.Kind() == cue.StringKind {
		if op, _ := s.Expr(); op == cue.NoOp {
			text, err := s.String()
			if err != nil {
				return nil
			}
			return []string{text}
		}
	}
	op, operands := s.Expr()
	if op != cue.OrOp {
		return nil
	}
	var out []string
	for _, operand := range operands {
		text, err := operand.String()
		if err != nil || !operand.IsConcrete() {
			return nil
		}
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

func oneOf(allowed []string) string {
	quoted := make([]string, len(allowed))
	for i, a := range allowed {
		quoted[i] = strconv.Quote(a)
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	return "one of " + strings.Join(quoted, ", ")
}

// valueName shows a value, cut when it is long; what may hold a key is not shown.
func valueName(v cue.Value) string {
	switch v.IncompleteKind() {
	case cue.StructKind:
		return "a struct"
	case cue.ListKind:
		return "a list"
	case cue.StringKind:
		text, err := v.String()
		switch {
		case err != nil:
			return "a string"
		case strings.Contains(text, "\n"), secret(text):
			return "a text that is not shown here"
		case len(text) > 80:
			text = strings.ToValidUTF8(text[:80], "") + "…"
		}
		return strconv.Quote(text)
	}
	return fmt.Sprint(v)
}

// kindName is a kind in words.
func kindName(k cue.Kind) string {
	switch k {
	case cue.StructKind:
		return "a struct"
	case cue.ListKind:
		return "a list"
	case cue.StringKind:
		return "a string"
	case cue.IntKind:
		return "a whole number"
	case cue.BoolKind:
		return "true or false"
	}
	return k.String()
}

// plainName is a path element that needs no quotes.
var plainName = regexp.MustCompile(`^[A-Za-z_][-A-Za-z0-9_]*$`)

// dotted is a path as users write it: exposures.relay.http[0].matches.
func dotted(path []string) string {
	if len(path) == 0 {
		return "the fleet"
	}
	var b strings.Builder
	for i, element := range path {
		if _, err := strconv.Atoi(element); err == nil && i > 0 {
			b.WriteString("[" + element + "]")
			continue
		}
		if !plainName.MatchString(element) {
			element = strconv.Quote(element)
		}
		if i > 0 {
			b.WriteString(".")
		}
		b.WriteString(element)
	}
	return b.String()
}
