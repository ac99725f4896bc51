package policy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/gatespan/gatespan/internal/posture"
)

// Options of an engine.
type Options struct {
	User  fs.FS    // more rules, in the form of the built-in ones; nil for none
	Kinds []string // of objects, as far as they are known: a user's rule must not misspell one
	Today string   // YYYY-MM-DD: data.gatespan.today, the only clock that rules have
	// Deadline for judging one cluster; a minute when zero. Rules that take longer are an error, never a pass.
	Deadline time.Duration
}

// Engine judges inputs. It is safe for use by several goroutines at once.
type Engine struct {
	rules []Rule
	byID  map[string]*Rule
	query rego.PreparedEvalQuery

	deadline time.Duration
	// objects: some rule reads input.objects.
	objects bool
}

// New makes an engine of all rules.
//
//  1. compile them; the built-in ones alone are compiled once in a process
//  2. judge the canary
func New(ctx context.Context, options Options) (*Engine, error) {
	build := builtIn
	if options.User != nil {
		build = func() (compiled, error) { return compileAll(options) }
	}
	all, err := build()
	if err != nil {
		return nil, err
	}
	e := &Engine{rules: all.rules, byID: map[string]*Rule{}, deadline: cmp.Or(options.Deadline, time.Minute), objects: all.objects}
	for i := range e.rules {
		e.byID[e.rules[i].ID] = &e.rules[i]
	}
	store := inmem.NewFromObject(map[string]any{"gatespan": map[string]any{"today": options.Today}})
	e.query, err = rego.New(
		rego.Query("deny := data.gatespan.rules[topic][name].deny"),
		rego.Compiler(all.compiler), rego.Store(store), rego.StrictBuiltinErrors(true),
	).PrepareForEval(ctx)
	if err != nil {
		return nil, fmt.Errorf("prepare rules: %w", err)
	}
	return e, e.canary(ctx)
}

// compiled is what engines of the same rules share; nothing in it is written to once it is made.
type compiled struct {
	rules    []Rule // sorted by id
	compiler *ast.Compiler
	objects  bool // some rule reads input.objects
}

var builtIn = sync.OnceValues(func() (compiled, error) { return compileAll(Options{}) })

// Warm compiles the built-in rules ahead of New, which gives the error if there is one. It is for a goroutine beside other work.
func Warm() { _, _ = builtIn() }

// compileAll compiles the built-in rules and the user's, if there are any.
//
//  1. list and parse the modules; every rule must be documented, and its id be its folder and its package
//  2. compile them strictly, with the capabilities left; a user's must not name what is not there
func compileAll(options Options) (compiled, error) {
	from, err := sources(options.User)
	if err != nil {
		return compiled{}, err
	}
	caps := capabilities()
	parsed, err := parse(from, caps)
	if err != nil {
		return compiled{}, err
	}
	var out compiled
	if out.rules, err = rulesOf(from, parsed); err != nil {
		return compiled{}, err
	}
	out.objects = slices.ContainsFunc(parsed, readsObjects)
	if out.compiler, err = compile(from, parsed, caps); err != nil {
		return compiled{}, err
	}
	return out, checkNames(from, parsed, out.compiler, options.Kinds)
}

// Rules lists the compiled rules, sorted by id.
func (e *Engine) Rules() []Rule { return slices.Clone(e.rules) }

// capabilities leaves out every builtin that is nondeterministic (http.send, time.now_ns, rand.intn, opa.runtime, … by OPA's own
// mark), reads the clock without that mark, or compiles more Rego, and every host: a rule that names one does not compile.
func capabilities() *ast.Capabilities {
	caps := ast.CapabilitiesForThisVersion()
	caps.AllowNet = []string{}
	caps.Builtins = slices.DeleteFunc(caps.Builtins, func(b *ast.Builtin) bool { return b.IsNondeterministic() || slices.Contains(unmarked, b.Name) })
	return caps
}

// unmarked: a token or a chain of certificates is verified at the time of the run (topdown/tokens.go, topdown/crypto.go).
var unmarked = []string{
	"io.jwt.decode_verify", "crypto.x509.parse_and_verify_certificates", "crypto.x509.parse_and_verify_certificates_with_options", "rego.parse_module",
}

func rulesOf(from []source, modules []*ast.Module) ([]Rule, error) {
	var out []Rule
	var failed []error
	seen := map[string]string{}
	for i, s := range from {
		if s.id == "" {
			if !modules[i].Package.Path.HasPrefix(libPath) {
				failed = append(failed, fmt.Errorf("%s: package %s is not below gatespan.lib", s.file, modules[i].Package.Path))
			}
			continue
		}
		if first, ok := seen[s.id]; ok {
			failed = append(failed, fmt.Errorf("%s: rule %s is in %s already", s.file, s.id, first))
			continue
		}
		seen[s.id] = s.file
		rule, err := ruleOf(s, modules[i])
		failed = append(failed, err)
		out = append(out, rule)
	}
	slices.SortFunc(out, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	return out, errors.Join(failed...)
}

func compile(from []source, parsed []*ast.Module, caps *ast.Capabilities) (*ast.Compiler, error) {
	modules := make(map[string]*ast.Module, len(from))
	for i, s := range from {
		modules[s.module()] = parsed[i]
	}
	compiler := ast.NewCompiler().WithCapabilities(caps).WithStrict(true)
	if slices.ContainsFunc(from, func(s source) bool { return s.user }) {
		schemas := ast.NewSchemaSet() // which make the compiler check types, and take longer
		schemas.Put(ast.SchemaRootRef, inputSchema())
		compiler = compiler.WithSchemas(schemas)
	}
	if compiler.Compile(modules); compiler.Failed() {
		return nil, compiler.Errors
	}
	return compiler, nil
}

// canaryRule must block the canary.
const canaryRule = "mtls/client-certificate-not-required"

// canary judges an input that must be blocked. All that could make a gate vacuously green (a query that selects nothing, an input
// whose names are not those that rules read, an empty embed) makes this fail, in every run and not only in the tests.
func (e *Engine) canary(ctx context.Context) error {
	subject := posture.Subject{Kind: "Gateway", Namespace: "canary", Name: "canary", Listener: "canary"}
	entry := posture.Entry{Subject: subject, Gateway: subject, Protocol: "HTTPS"}
	entry.Served.Value = true
	entry.TLS.Value = posture.TLSTerminate
	entry.ClientAuth.Value = posture.ClientNone
	judged, err := e.Judge(ctx, Input{Posture: posture.Posture{Entries: []posture.Entry{entry}}})
	if err != nil {
		return fmt.Errorf("judge the canary: %w", err)
	}
	for _, raw := range judged.Findings {
		if raw.Rule == canaryRule && raw.Subject == subject {
			return nil
		}
	}
	return fmt.Errorf("the rules let the canary pass: %s did not block a listener without client certificates", canaryRule)
}
