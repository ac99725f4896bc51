package export_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/bundle"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/export"
	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/object/objecttest"
)

// gatekeeperOPA is the OPA that Gatekeeper 3.23 embeds: what it does not know, a template must not use.
const gatekeeperOPA = "v1.17.1"

// browsers is a cluster with a gateway that the forms leave alone.
var browsers = controller.Cluster{PublicGateways: []controller.PublicGateway{{Namespace: "browsers", Name: "web", Reason: "browsers"}}}

func objects(t *testing.T) []*object.Object {
	t.Helper()
	raw, err := os.ReadFile("testdata/admission.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return objecttest.Objects(t, string(raw))
}

// TestGatekeeper runs every template as Gatekeeper would, with the builtins of its OPA: each object is refused by the rule that it
// names and by no other, and every template refuses something.
func TestGatekeeper(t *testing.T) {
	raw, err := export.Gatekeeper(browsers)
	if err != nil {
		t.Fatal(err)
	}
	caps, err := ast.LoadCapabilitiesVersion(gatekeeperOPA)
	if err != nil {
		t.Fatal(err)
	}
	templates, constraints := map[string]*object.Object{}, []*object.Object{}
	for _, o := range objecttest.Objects(t, string(raw)) {
		if o.Kind == "ConstraintTemplate" {
			templates[o.Text("spec.crd.spec.names.kind")] = o
		} else {
			constraints = append(constraints, o)
		}
	}
	if len(constraints) != len(templates) || len(templates) == 0 {
		t.Fatalf("%d templates, %d constraints", len(templates), len(constraints))
	}
	refused := map[string]int{}
	for _, o := range objects(t) {
		var by []string
		for _, c := range constraints {
			template := templates[c.Kind]
			if violated(t, template.Text("spec.targets[0].code[0].source.rego"), caps, o, c.Get("spec.parameters")) {
				by = append(by, template.Annotations["gatespan.dev/rule"])
			}
		}
		for _, id := range by {
			refused[id]++
		}
		if by == nil {
			by = []string{"allowed"}
		}
		if diff := cmp.Diff([]string{o.Annotations["want"]}, by); diff != "" {
			t.Errorf("%s: %s", o, diff)
		}
	}
	for _, template := range templates {
		if id := template.Annotations["gatespan.dev/rule"]; refused[id] == 0 {
			t.Errorf("no object shows that %s refuses something", id)
		}
	}
}

// violated runs a template's module on one object, as a review.
func violated(t *testing.T, module string, caps *ast.Capabilities, o *object.Object, parameters any) bool {
	t.Helper()
	compiler := ast.NewCompiler().WithCapabilities(caps).WithStrict(true)
	parsed, err := ast.ParseModuleWithOpts("template.rego", module, ast.ParserOptions{RegoVersion: ast.RegoV1, Capabilities: caps})
	if err != nil {
		t.Fatalf("%v\n%s", err, module)
	}
	if compiler.Compile(map[string]*ast.Module{"template.rego": parsed}); compiler.Failed() {
		t.Fatalf("%v\n%s", compiler.Errors, module)
	}
	input := map[string]any{"parameters": parameters, "review": map[string]any{
		"kind": map[string]any{"group": o.Group(), "kind": o.Kind}, "object": o.Data,
	}}
	results, err := rego.New(rego.Query("data.gatespan.violation"), rego.Compiler(compiler), rego.Input(input), rego.StrictBuiltinErrors(true)).Eval(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	set, ok := results[0].Expressions[0].Value.([]any)
	if !ok {
		t.Fatalf("violation is %v", results[0].Expressions[0].Value)
	}
	return len(set) > 0
}

// TestNotCarried: what an admission controller cannot judge is said, and nothing is said to be both.
func TestNotCarried(t *testing.T) {
	for name, write := range map[string]func(controller.Cluster) ([]byte, error){"gatekeeper": export.Gatekeeper, "admission policy": export.AdmissionPolicy} {
		raw, err := write(controller.Cluster{})
		if err != nil {
			t.Fatal(err)
		}
		head, body, _ := strings.Cut(string(raw), "---\n")
		if !strings.Contains(head, "#   mtls/client-certificate-not-required\n") || strings.Contains(head, "#   grants/target-not-named\n") {
			t.Errorf("%s: the head does not say what is not carried:\n%s", name, head)
		}
		if !strings.Contains(body, "gatespan.dev/rule: grants/target-not-named") {
			t.Errorf("%s carries no grants/target-not-named", name)
		}
	}
}

// TestBundle: OPA alone, with the bundle and the input that is exported, says what the check says.
func TestBundle(t *testing.T) {
	const edge = "overlays/eks-prod/gateways/edge/edge.yaml"
	r := gatetest.Relay(t)
	r.Replace(edge, "mode: RequireAndVerify\n", "mode: VerifyIfGiven\n")
	judged := r.Check(gate.Options{})
	var want []string
	for _, f := range judged.Findings {
		if f.Cluster == "eks-prod" && f.Severity == finding.Block {
			want = append(want, f.Rule+": "+f.Message)
		}
	}
	if len(want) == 0 {
		t.Fatal("the check blocks nothing")
	}
	slices.Sort(want)
	input, clusters, err := gate.Input(t.Context(), gate.Options{Dir: r.Dir, Fleet: "testdata/relay"}, "eks-prod")
	if err != nil || !slices.Contains(clusters, "eks-prod") {
		t.Fatal(clusters, err)
	}
	text, err := input.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var packed, again bytes.Buffer
	for _, into := range []*bytes.Buffer{&packed, &again} {
		if err := export.Bundle(into, "2026-11-25"); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(packed.Bytes(), again.Bytes()) {
		t.Error("two exports differ")
	}
	b, err := bundle.NewReader(&packed).Read()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := ast.ValueFromReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	denied := func() []string {
		results, err := rego.New(rego.Query("data.gatespan.conftest.deny"), rego.ParsedBundle("gatespan", &b), rego.ParsedInput(parsed), rego.StrictBuiltinErrors(true)).Eval(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, one := range results[0].Expressions[0].Value.([]any) {
			got = append(got, fmt.Sprint(one.(map[string]any)["msg"]))
		}
		slices.Sort(got)
		return got
	}
	if diff := cmp.Diff(slices.Compact(want), denied()); diff != "" {
		t.Error(diff)
	}
	// Conftest loads a policy directory without its data.
	b.Data = map[string]any{}
	if got := denied(); len(got) != 1 || !strings.Contains(got[0], "--data") {
		t.Errorf("without data: %q", got)
	}
}
