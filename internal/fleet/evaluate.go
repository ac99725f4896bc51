package fleet

import (
	"fmt"
	"io/fs"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
	"sigs.k8s.io/json"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/schema"
)

// schemaPrefix begins the file names of the schema's positions, which users never see.
const schemaPrefix = "\x00schema/"

// evaluator evaluates units with one copy of the schema. CUE keeps what it has evaluated for as long as its context lives, so
// an evaluator is thrown away after some hundred units.
type evaluator struct {
	ctx    *cue.Context
	loads  *build.Context
	pkg    *build.Instance
	schema cue.Value // the package
	fleet  cue.Value // #Fleet
}

// newEvaluator compiles the schema. When open, what files import under its name accepts anything: then a user's value can be
// looked at although the schema refuses it.
func newEvaluator(open bool) (*evaluator, error) {
	e := &evaluator{ctx: cuecontext.New()}
	// Imports are resolved by this function alone, never by a module or a registry; nil is for CUE's own packages.
	e.loads = build.NewContext(build.Loader(func(_ token.Pos, imported string) *build.Instance {
		if isSchema(imported) {
			return e.pkg
		}
		return nil
	}))
	var err error
	if e.pkg, err = e.compile(false); err != nil {
		return nil, err
	}
	e.schema = e.ctx.BuildInstance(e.pkg)
	e.fleet = e.schema.LookupPath(cue.ParsePath("#Fleet"))
	if open {
		if e.pkg, err = e.compile(true); err != nil {
			return nil, err
		}
	}
	return e, e.fleet.Err()
}

// compile makes the schema a package that can be imported.
func (e *evaluator) compile(open bool) (*build.Instance, error) {
	files, err := schemaFiles(open)
	if err != nil {
		return nil, err
	}
	pkg := e.loads.NewInstance("schema", nil)
	pkg.ImportPath, pkg.PkgName = schema.ImportPath, "schema"
	for _, file := range files {
		if err := pkg.AddSyntax(file); err != nil {
			return nil, err
		}
	}
	return pkg, nil
}

// schemaFiles parses the embedded schema.
func schemaFiles(open bool) ([]*ast.File, error) {
	names, err := fs.Glob(schema.Files, "*.cue")
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range names {
		data, err := schema.Files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(schemaPrefix+name, data, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		if open {
			file.Decls = opened(file.Decls)
		}
		files = append(files, file)
	}
	return files, nil
}

// opened keeps the names of the definitions and lets each be anything.
func opened(decls []ast.Decl) []ast.Decl {
	var out []ast.Decl
	for _, decl := range decls {
		switch d := decl.(type) {
		case *ast.Package:
			out = append(out, d)
		case *ast.Field:
			out = append(out, &ast.Field{Label: d.Label, Value: ast.NewIdent("_")})
		}
	}
	return out
}

// unit is what is evaluated together: the shared files, or one file below exposures/.
type unit struct {
	sources []source
	shared  bool
}

// name is the file that an error without a place is reported in.
func (u unit) name() string { return u.sources[0].name }

// value evaluates a unit without the schema's opinion, except where the files import it.
func (e *evaluator) value(u unit, files []*ast.File) (cue.Value, error) {
	inst := e.loads.NewInstance("fleet", nil)
	out := e.ctx.CompileString("_")
	var hasCUE bool
	for i, file := range files {
		if format(u.sources[i].name) == "cue" {
			hasCUE = true
			if err := inst.AddSyntax(file); err != nil {
				return cue.Value{}, err
			}
			continue
		}
		v := e.ctx.BuildFile(file)
		if err := v.Err(); err != nil && !v.Exists() {
			return cue.Value{}, err
		}
		out = out.Unify(v)
	}
	if hasCUE {
		if inst.Err != nil {
			return cue.Value{}, inst.Err
		}
		v := e.ctx.BuildInstance(inst)
		if inst.Err != nil {
			return cue.Value{}, inst.Err
		}
		out = out.Unify(v)
	}
	return out, nil
}

// result is what a unit declares.
type result struct {
	unit  unit
	fleet Fleet
	index index
	errs  Errors
}

// evaluate evaluates a unit against the schema and decodes it.
func (e *evaluator) evaluate(u unit, known *Known, l limits) (result, error) {
	out := result{unit: u, index: index{}}
	files := make([]*ast.File, len(u.sources))
	for i, src := range u.sources {
		file, errs := parse(src, l)
		out.errs = append(out.errs, errs...)
		if file != nil {
			out.index.add(src.name, file)
		}
		files[i] = file
	}
	out.errs = append(out.errs, packages(u, files)...)
	if len(out.errs) > 0 {
		return out, nil
	}

	value, err := e.value(u, files)
	if err == nil {
		value = value.Unify(e.fleet)
		err = value.Validate(cue.Concrete(true), cue.All())
	}
	if err != nil {
		out.errs, err = explain(u, l, out.index, err)
		return out, err
	}
	data, err := value.MarshalJSON()
	if err != nil {
		out.errs, err = explain(u, l, out.index, err)
		return out, err
	}
	valid := evaluated{data, out.index}
	known.keep(u, valid)
	return valid.decode(u)
}

// decode is what a unit declares, each time anew: defaults are filled into it.
func (e evaluated) decode(u unit) (result, error) {
	out := result{unit: u, index: e.index}
	if err := json.UnmarshalCaseSensitivePreserveInts(e.json, &out.fleet); err != nil {
		return out, fmt.Errorf("%s: the schema and the types of gatespan differ: %w", u.name(), err)
	}
	return out, nil
}

// packages refuses CUE files of different packages in one unit: cue would not load them together either.
func packages(u unit, files []*ast.File) Errors {
	var (
		errs        Errors
		first, from string
	)
	for i, file := range files {
		if file == nil || format(u.sources[i].name) != "cue" {
			continue
		}
		name := file.PackageName()
		if from == "" {
			first, from = name, u.sources[i].name
			continue
		}
		if name != first {
			errs.add(finding.Position{File: u.sources[i].name, Line: 1, Column: 1}, fmt.Sprintf("give all files of a folder the package clause of %s", from),
				"is of package %q, but %s of package %q", name, from, first)
		}
	}
	return errs
}
