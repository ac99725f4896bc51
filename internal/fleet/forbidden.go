package fleet

import (
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/gatespan/gatespan/schema"
)

// builtins are CUE's own packages that a fleet may import: pure functions, of which none runs templates or commands.
var builtins = []string{
	"crypto/sha256", "encoding/base64", "encoding/hex", "encoding/json", "encoding/yaml", "list", "math", "math/bits", "net",
	"path", "strconv", "strings", "struct", "time",
}

// giants are functions that fill any memory in one call, before the watch over it can look.
var giants = []string{"strings.Repeat", "strings.Replace", "list.Repeat"}

// attributes are those with which CUE would read other files or leave parts of this one out. gatespan passes no tags, and what
// it judges must be what everybody sees.
var attributes = []string{"embed", "extern", "if", "ifonly", "ignore", "tag", "experiment"}

// forbidden finds what a fleet in CUE may not have: imports from elsewhere, attributes that change what is read, and what makes
// a value of any size out of two words.
func forbidden(name string, file *ast.File) Errors {
	f := forbids{name: name, packages: map[string]string{}}
	ast.Walk(file, f.visit, nil)
	return f.errs
}

type forbids struct {
	name     string
	packages map[string]string // import by local name
	errs     Errors
}

func (f *forbids) add(at token.Pos, hint, format string, args ...any) {
	f.errs.add(position(at, f.name), hint, format, args...)
}

func (f *forbids) visit(n ast.Node) bool {
	switch x := n.(type) {
	case *ast.ImportSpec:
		f.importSpec(x)
		return false
	case *ast.Attribute:
		if key, _ := x.Split(); slices.Contains(attributes, key) {
			f.add(x.Pos(), "write the values themselves", "attribute @%s is not allowed", key)
		}
	case *ast.Field: // a label is not a reference
		if _, plain := x.Label.(*ast.Ident); plain {
			ast.Walk(x.Value, f.visit, nil)
			for _, attribute := range x.Attrs {
				f.visit(attribute)
			}
			return false
		}
	case *ast.SelectorExpr:
		if pkg, ok := x.X.(*ast.Ident); ok && f.packages[pkg.Name] != "" {
			f.selector(x, f.packages[pkg.Name])
			return false
		}
		ast.Walk(x.X, f.visit, nil)
		return false
	case *ast.Ident: // reached for a package only when it is not selected from
		if imported := f.packages[x.Name]; imported != "" {
			f.add(x.Pos(), "write "+x.Name+".Name", "package %q can only be used by the names in it", imported)
		}
	case *ast.BinaryExpr:
		if x.Op == token.MUL {
			f.add(x.OpPos, "write the value itself", "multiplication is not allowed: it makes texts of any length")
		}
	}
	return true
}

// selector checks what is taken from a package.
func (f *forbids) selector(x *ast.SelectorExpr, imported string) {
	name, isIdent := x.Sel.(*ast.Ident)
	switch {
	case !isIdent:
		f.add(x.Sel.Pos(), "write it without quotes", "the names of package %q are not quoted", imported)
	case slices.Contains(giants, imported+"."+name.Name):
		f.add(x.Sel.Pos(), "write the value itself", "%s.%s is not allowed: it makes values of any size", imported, name.Name)
	}
}

// importSpec checks an import and remembers its local name.
func (f *forbids) importSpec(x *ast.ImportSpec) {
	imported, err := strconv.Unquote(x.Path.Value)
	if err != nil || !isSchema(imported) && !slices.Contains(builtins, imported) {
		f.add(x.Pos(), "a fleet may import "+schema.ImportPath+" and "+strings.Join(builtins, ", "),
			"import %s is not allowed: fleets are evaluated offline", x.Path.Value)
		return
	}
	local := imported[strings.LastIndex(imported, "/")+1:]
	if isSchema(imported) {
		local = "schema"
	}
	if x.Name != nil {
		local = x.Name.Name
	}
	if !isSchema(imported) {
		f.packages[local] = imported
	}
}

// isSchema reports whether an import is the schema's, in any of the spellings that mean the same.
func isSchema(imported string) bool {
	p := ast.ParseImportPath(imported)
	return p.Path == schema.ImportPath && (p.Version == "" || p.Version == "v0") && p.Qualifier == "schema"
}
