package fleet

import (
	"strconv"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/gatespan/gatespan/internal/finding"
)

// place is where a field is: its label, and its value.
type place struct {
	label, value finding.Position
}

// index is where a set of files say things, by key of the path. A field that several files have is indexed where it comes
// first. What a comprehension makes under computed names is not in it.
type index map[string]place

// add indexes a file.
func (x index) add(name string, file *ast.File) {
	x.decls(name, nil, file.Decls)
}

func (x index) decls(name string, path []string, decls []ast.Decl) {
	for _, decl := range decls {
		switch d := decl.(type) {
		case *ast.Field:
			if label, ok := labelName(d.Label); ok {
				x.field(name, append(path, label), d.Label.Pos(), d.Value)
			}
		case *ast.EmbedDecl:
			x.expr(name, path, d.Expr)
		case *ast.Comprehension:
			x.expr(name, path, d.Value)
		}
	}
}

func (x index) field(name string, path []string, label token.Pos, value ast.Expr) {
	path = path[:len(path):len(path)]
	if k := key(path); x[k] == (place{}) {
		x[k] = place{label: position(label, name), value: position(value.Pos(), name)}
	}
	x.expr(name, path, value)
}

// expr indexes the fields that an expression is sure to bring: those of structs, of conjunctions and of lists.
func (x index) expr(name string, path []string, expr ast.Expr) {
	switch e := expr.(type) {
	case *ast.StructLit:
		x.decls(name, path, e.Elts)
	case *ast.ParenExpr:
		x.expr(name, path, e.X)
	case *ast.BinaryExpr:
		if e.Op == token.AND {
			x.expr(name, path, e.X)
			x.expr(name, path, e.Y)
		}
	case *ast.ListLit:
		for i, element := range e.Elts {
			x.field(name, append(path, strconv.Itoa(i)), element.Pos(), element)
		}
	}
}

// nearest is the place of a path, or of its nearest parent; missing is how many elements of the path have no place.
func (x index) nearest(path []string) (at place, missing int, ok bool) {
	for n := len(path); n > 0; n-- {
		if at, ok := x[key(path[:n])]; ok {
			return at, len(path) - n, true
		}
	}
	return place{}, len(path), false
}
