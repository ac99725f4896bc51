package fleet

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	cueerrors "cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
	cuejson "cuelang.org/go/encoding/json"
	cueyaml "cuelang.org/go/encoding/yaml"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/schema"
)

// builtins are CUE's own packages that a fleet may import: pure functions. The tool packages and those that run templates are
// left out.
var builtins = []string{
	"crypto/sha256", "encoding/base64", "encoding/hex", "encoding/json", "encoding/yaml", "list", "math", "math/bits", "net",
	"path", "regexp", "strconv", "strings", "struct", "time",
}

// attributes are those with which CUE would read other files or leave parts of this one out. gatespan passes no tags, and what
// it judges must be what everybody sees.
var attributes = []string{"embed", "extern", "if", "ifonly", "ignore", "tag", "experiment"}

// parse returns the file's syntax, whatever its language, or what is wrong with it.
func parse(src source, l limits) (*ast.File, Errors) {
	var (
		file *ast.File
		err  error
	)
	switch format(src.name) {
	case "cue":
		file, err = parser.ParseFile(src.name, src.data, parser.ParseComments)
	case "yaml":
		file, err = cueyaml.Extract(src.name, src.data)
	case "json":
		var expr ast.Expr
		if expr, err = cuejson.Extract(src.name, src.data); err == nil {
			file = &ast.File{Filename: src.name, Decls: []ast.Decl{&ast.EmbedDecl{Expr: expr}}}
		}
	}
	if err != nil {
		return nil, syntaxErrors(src.name, err)
	}
	file.Filename = src.name

	var errs Errors
	if format(src.name) != "cue" {
		errs = dataFile(src.name, file)
	}
	// The depth comes first: what follows walks the tree.
	if at, ok := tooDeep(file, l.depth); ok {
		errs.add(position(at, src.name), "", "is nested more than %d levels deep", l.depth)
		return nil, errs
	}
	errs = append(errs, forbidden(src.name, file)...)
	if format(src.name) != "cue" {
		errs = append(errs, duplicates(src.name, file)...)
	}
	return file, errs
}

// dataFile makes the fields of a YAML or JSON document those of the file; anything but one document with fields is an error.
func dataFile(name string, file *ast.File) Errors {
	var errs Errors
	if len(file.Decls) == 0 {
		return nil
	}
	embedded, ok := file.Decls[0].(*ast.EmbedDecl)
	if !ok {
		return nil // fields already
	}
	switch x := embedded.Expr.(type) {
	case *ast.StructLit:
		file.Decls = x.Elts
		return nil
	case *ast.BasicLit:
		if x.Kind == token.NULL { // an empty document
			file.Decls = nil
			return nil
		}
	}
	errs.add(finding.Position{File: name, Line: 1, Column: 1}, "begin with a field such as clusters or exposures; write one document per file",
		"must be one document with the fields of a fleet")
	return errs
}

// syntaxErrors are the parser's errors, without its own file names.
func syntaxErrors(name string, err error) Errors {
	var errs Errors
	for _, e := range cueerrors.Errors(err) {
		at := finding.Position{File: name, Line: 1, Column: 1}
		for _, p := range cueerrors.Positions(e) {
			if p.IsValid() && p.Filename() == name {
				at = position(p, name)
				break
			}
		}
		message := syntaxMessage(name, e)
		if found := yamlLine.FindStringSubmatch(message); found != nil { // the YAML parser knows the line only
			at.Line, _ = strconv.Atoi(found[1])
			message = found[2]
		}
		errs.add(at, "", "%s", message)
	}
	return errs
}

// yamlLine is how the YAML parser says where, after the file's name.
var yamlLine = regexp.MustCompile(`^([0-9]+): (.*)$`)

// syntaxMessage is a parser's message without the file's name and position, which users see before it.
func syntaxMessage(name string, e cueerrors.Error) string {
	format, args := e.Msg()
	message := plain(format, args)
	if message == "" || strings.HasPrefix(message, "invalid JSON") { // a wrapped error has the reason
		message = plain("%v", []any{e})
		if _, reason, ok := strings.Cut(message, strconv.Quote(name)+": "); ok {
			message = reason
		}
	}
	return strings.TrimPrefix(strings.TrimPrefix(message, name+":"), " ")
}

// position translates a CUE position; without one, the beginning of the file.
func position(p token.Pos, name string) finding.Position {
	if !p.IsValid() {
		return finding.Position{File: name, Line: 1, Column: 1}
	}
	return finding.Position{File: name, Line: p.Line(), Column: p.Column()}
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

// forbidden finds imports and attributes that a fleet may not have.
func forbidden(name string, file *ast.File) Errors {
	var errs Errors
	ast.Walk(file, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.ImportSpec:
			imported, err := strconv.Unquote(x.Path.Value)
			if err != nil || !(isSchema(imported) || slices.Contains(builtins, imported)) {
				errs.add(position(x.Pos(), name), "a fleet may import "+schema.ImportPath+" and "+strings.Join(builtins, ", "),
					"import %s is not allowed: fleets are evaluated offline", x.Path.Value)
			}
		case *ast.Attribute:
			key, _ := x.Split()
			if slices.Contains(attributes, key) {
				errs.add(position(x.Pos(), name), "write the values themselves", "attribute @%s is not allowed", key)
			}
		}
		return true
	}, nil)
	return errs
}

// isSchema reports whether an import is the schema's, in any of the spellings that mean the same.
func isSchema(imported string) bool {
	p := ast.ParseImportPath(imported)
	return p.Path == schema.ImportPath && (p.Version == "" || p.Version == "v0") && p.Qualifier == "schema"
}

// duplicates finds fields that a YAML or JSON document has twice: readers differ in which of them they take.
func duplicates(name string, file *ast.File) Errors {
	var errs Errors
	check := func(decls []ast.Decl) {
		first := map[string]token.Pos{}
		for _, decl := range decls {
			field, ok := decl.(*ast.Field)
			if !ok {
				continue
			}
			label, ok := labelName(field.Label)
			if !ok {
				continue
			}
			if before, ok := first[label]; ok {
				errs.add(position(field.Label.Pos(), name), "write it once", "field %q is here twice, first at line %d", label, before.Line())
				continue
			}
			first[label] = field.Label.Pos()
		}
	}
	check(file.Decls)
	ast.Walk(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.StructLit); ok {
			check(s.Elts)
		}
		return true
	}, nil)
	return errs
}

// labelName is a field's plain name; false for a pattern, an interpolation, a definition, a hidden field or an alias.
func labelName(label ast.Label) (string, bool) {
	name, isIdent, err := ast.LabelName(label)
	if err != nil || isIdent && (strings.HasPrefix(name, "_") || strings.HasPrefix(name, "#")) {
		return "", false
	}
	return name, true
}
