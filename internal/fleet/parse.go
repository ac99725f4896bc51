package fleet

import (
	"regexp"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	cueerrors "cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
	cuejson "cuelang.org/go/encoding/json"
	cueyaml "cuelang.org/go/encoding/yaml"

	"github.com/gatespan/gatespan/internal/finding"
)

// parse returns the file's syntax, whatever its language, or what is wrong with it.
func parse(src source, l limits) (*ast.File, Errors) {
	var (
		file *ast.File
		err  error
	)
	// The depth comes first: the parser and everything after it walk the tree.
	if errs := nested(src, l); len(errs) > 0 {
		return nil, errs
	}
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
	case *ast.BinaryExpr: // *null | _, which is how CUE reads a document without any value
		file.Decls = nil
		return nil
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
