package fleet

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/scanner"
	"cuelang.org/go/cue/token"
)

// maxRun is how many words may follow each other without a comma or a new line: each label and each operator of "a: b: c: 1 + 2"
// lies one level deeper than the one before.
const maxRun = 1000

// nested refuses CUE and JSON that is nested too deep, before CUE's parser sees it: the parser bounds parentheses but not
// labels, and Go cannot recover from a stack that is full. YAML is bounded by its own parser.
func nested(src source, l limits) Errors {
	if format(src.name) == "yaml" {
		return nil
	}
	var (
		s       scanner.Scanner
		errs    Errors
		file    = token.NewFile(src.name, -1, len(src.data))
		runs    = []int{0}      // words since the last comma, by level
		texts   = []bool{false} // whether the level is an interpolation's parenthesis
		resumes = false         // whether the next parenthesis is
	)
	s.Init(file, src.data, func(token.Pos, string, []interface{}) {}, 0)
	for {
		pos, tok, _ := s.Scan()
		top := len(runs) - 1
		if runs[top]++; runs[top] > maxRun || top > l.depth {
			errs.add(position(pos, src.name), "", "is nested more than %d levels deep", l.depth)
			return errs
		}
		switch tok {
		case token.EOF:
			return nil
		case token.COMMA:
			runs[top] = 0
		case token.INTERPOLATION:
			resumes = true
		case token.LPAREN, token.LBRACE, token.LBRACK:
			runs, texts = append(runs, 0), append(texts, resumes && tok == token.LPAREN)
			resumes = false
		case token.RPAREN, token.RBRACE, token.RBRACK:
			if top == 0 {
				continue // the parser reports it
			}
			runs, texts = runs[:top], texts[:top+1]
			if texts[top] {
				resumes = strings.HasSuffix(s.ResumeInterpolation(), "(")
			}
			texts = texts[:top]
		}
	}
}

// tooDeep finds a node that lies deeper than depth.
func tooDeep(file *ast.File, depth int) (token.Pos, bool) {
	var (
		level int
		at    token.Pos
		found bool
	)
	ast.Walk(file, func(n ast.Node) bool {
		level++
		if level > 4*depth && !found { // a nested field takes four nodes: declaration, field, struct, element
			at, found = n.Pos(), true
		}
		return !found
	}, func(ast.Node) { level-- })
	return at, found
}
