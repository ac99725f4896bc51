//go:build e2e && linux

package suite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/object"
)

const areaExports = "Exports: the rules in other engines"

// exportsIn is a suite of one engine.
func exportsIn(name, claim string, run func(context.Context, *Env) error, needs ...string) Suite {
	return Suite{Name: "exports-" + name, Area: areaExports, Claim: claim, Needs: needs, run: run}
}

func exports() []Suite {
	return []Suite{
		exportsIn("opa", "the bundle denies what the check blocks", runOPA, "opa"),
		exportsIn("conftest", "the bundle denies what the check blocks", runConftest, "conftest"),
		exportsIn("gatekeeper", "the templates refuse what they say, and nothing else", runGator, "gator"),
		exportsIn("admission", "the policies refuse what they say, and nothing else", runAdmission, "kube-apiserver", "etcd"),
	}
}

// browsers is a fleet with the public gateway of the export's own examples.
const browsers = `{"clusters": {"one": {"cloud": "eks", "controller": {"name": "envoy-gateway", "version": "1.9.1", "gatewayClassName": "eg"}, "path": "one",
  "publicGateways": [{"namespace": "browsers", "name": "web", "reason": "browsers"}]}}}
`

// exported is the file that an export writes, for a fleet with a public gateway.
func (e *Env) exported(ctx context.Context, what string) (string, error) {
	dir := filepath.Join(e.State, "exports")
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, "fleet.json"), []byte(browsers), 0o644)); err != nil {
		return "", err
	}
	out, err := e.gatespan(ctx, dir, "export", what, "--fleet", "fleet.json", "--cluster", "one")
	if err != nil {
		return "", fmt.Errorf("export %s: %w: %s", what, err, out)
	}
	file := filepath.Join(dir, what+".yaml")
	return file, os.WriteFile(file, out, 0o644)
}

// examples are the objects of the export's own tests; each says in an annotation which rule refuses it, or "allowed".
func (e *Env) examples() (file string, all []*object.Object, err error) {
	file = filepath.Join(e.Root, "internal", "export", "testdata", "admission.yaml")
	content, err := os.ReadFile(file)
	if err != nil {
		return "", nil, err
	}
	all, err = decode(content)
	return file, all, err
}

// runGator gives gator the templates, the constraints and the examples at once.
func runGator(ctx context.Context, e *Env) error {
	templates, err := e.exported(ctx, "gatekeeper")
	if err != nil {
		return err
	}
	file, all, err := e.examples()
	if err != nil {
		return err
	}
	out, err := e.output(ctx, e.State, "gator", "test", "--filename", templates, "--filename", file, "--output", "json")
	if err != nil {
		return err
	}
	var violations []struct {
		Msg             string
		ViolatingObject map[string]any
	}
	if err := json.Unmarshal(out, &violations); err != nil {
		return fmt.Errorf("gator: %w: %s", err, out)
	}
	by := map[string][]string{}
	for _, v := range violations {
		o, err := object.New(v.ViolatingObject, object.Origin{})
		if err != nil {
			return err
		}
		rule, _, _ := strings.Cut(v.Msg, ": ")
		by[o.String()] = append(by[o.String()], rule)
	}
	var differences []string
	for _, o := range all {
		want, got := o.Annotations["want"], strings.Join(by[o.String()], ", ")
		if want == "allowed" {
			want = ""
		}
		if got != want {
			differences = append(differences, fmt.Sprintf("%s: refused by %q instead of %q", o, got, want))
		}
	}
	return e.record(areaExports, "export gatekeeper: each example is refused by the rule that it names, and by no other", "gator", differences, fmt.Sprintf("%d objects", len(all)))
}

// output is what a component prints on standard output, whether it finds something or not; what it says of a mistake is the error.
func (e *Env) output(ctx context.Context, dir, component string, arguments ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, e.Components[component].Path, arguments...)
	command.Dir = dir
	command.Env = append(os.Environ(), "HOME="+e.State)
	out, err := command.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(out) > 0 && exit.ExitCode() == 1 {
		return out, nil // findings
	}
	if errors.As(err, &exit) {
		return nil, fmt.Errorf("%s: %w: %s", component, err, exit.Stderr)
	}
	return out, err
}

// judged is a cluster that the bundle judges, with what the check blocks in it.
type judged struct {
	name, dir, input string
	blocked          []string
}

// judge writes the bundle, packed and unpacked, and the inputs: the example fleet as it is, and with optional client certificates.
func (e *Env) judge(ctx context.Context) (dir string, all []judged, err error) {
	dir = filepath.Join(e.State, "bundle")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", nil, err
	}
	packed, err := e.gatespan(ctx, e.Root, "export", "opa-bundle")
	if err != nil {
		return "", nil, fmt.Errorf("export opa-bundle: %w: %s", err, packed)
	}
	file := filepath.Join(dir, "gatespan.tar.gz")
	if err := errors.Join(os.WriteFile(file, packed, 0o644), os.MkdirAll(filepath.Join(dir, "unpacked"), 0o755)); err != nil {
		return "", nil, err
	}
	if out, err := exec.CommandContext(ctx, "tar", "-xzf", file, "-C", filepath.Join(dir, "unpacked")).CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("tar: %w: %s", err, out)
	}
	for name, change := range map[string][2]string{"as it is": {}, "with optional client certificates": {"mode: RequireAndVerify", "mode: VerifyIfGiven"}} {
		j := judged{name: name, dir: filepath.Join(dir, strings.ReplaceAll(name, " ", "-"))}
		for _, part := range []string{"testdata/relay", "overlays"} {
			if err := copyTree(filepath.Join(e.Root, part), filepath.Join(j.dir, part)); err != nil {
				return "", nil, err
			}
		}
		if change[0] != "" {
			if err := rewrite(filepath.Join(j.dir, "overlays", "eks-prod", "gateways", "edge", "edge.yaml"), change[0], change[1]); err != nil {
				return "", nil, err
			}
		}
		input, err := e.gatespan(ctx, j.dir, "export", "opa-input", "--fleet", "testdata/relay", "--cluster", "eks-prod")
		if err != nil {
			return "", nil, fmt.Errorf("export opa-input: %w: %s", err, input)
		}
		j.input = filepath.Join(j.dir, "input.json")
		if err := os.WriteFile(j.input, input, 0o644); err != nil {
			return "", nil, err
		}
		if j.blocked, err = e.blocked(ctx, j.dir); err != nil {
			return "", nil, err
		}
		all = append(all, j)
	}
	slices.SortFunc(all, func(a, b judged) int { return strings.Compare(a.name, b.name) })
	if len(all[0].blocked) > 0 || len(all[1].blocked) == 0 {
		return "", nil, fmt.Errorf("the check blocks %q as it is, and %q after a change", all[0].blocked, all[1].blocked)
	}
	return dir, all, nil
}

func rewrite(file, old, new string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !strings.Contains(string(content), old) {
		return fmt.Errorf("%s has no %q", file, old)
	}
	return os.WriteFile(file, []byte(strings.ReplaceAll(string(content), old, new)), 0o644)
}

// blocked is what the check says of eks-prod, as the bundle would.
func (e *Env) blocked(ctx context.Context, repo string) ([]string, error) {
	out, err := e.gatespan(ctx, repo, "check", "--fleet", "testdata/relay", "-o", "json")
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		return nil, fmt.Errorf("check: %w: %s", err, out)
	}
	var report struct {
		Findings []struct{ Rule, Severity, Cluster, Message string }
	}
	if err := json.NewDecoder(strings.NewReader(string(out))).Decode(&report); err != nil {
		return nil, err
	}
	blocked := []string{}
	for _, f := range report.Findings {
		if f.Cluster == "eks-prod" && f.Severity == "block" {
			blocked = append(blocked, f.Rule+": "+f.Message)
		}
	}
	slices.Sort(blocked)
	return slices.Compact(blocked), nil
}

func runOPA(ctx context.Context, e *Env) error {
	dir, all, err := e.judge(ctx)
	if err != nil {
		return err
	}
	var differences []string
	for _, j := range all {
		out, err := e.output(ctx, j.dir, "opa", "eval", "--bundle", filepath.Join(dir, "gatespan.tar.gz"), "--input", j.input, "--format", "json", "data.gatespan.conftest.deny")
		if err != nil {
			return err
		}
		var answer struct {
			Result []struct {
				Expressions []struct{ Value []struct{ Msg string } }
			}
		}
		if err := json.Unmarshal(out, &answer); err != nil || len(answer.Result) != 1 {
			return fmt.Errorf("opa: %w: %s", err, out)
		}
		var denied []string
		for _, v := range answer.Result[0].Expressions[0].Value {
			denied = append(denied, v.Msg)
		}
		differences = append(differences, j.differs(denied)...)
	}
	if err := e.record(areaExports, "export opa-bundle: denied is what the check blocks", "opa", differences, fmt.Sprintf("%d inputs", len(all))); err != nil {
		return err
	}
	out, err := e.output(ctx, e.Root, "opa", "test", "policies", "--format", "json")
	if err != nil {
		return err
	}
	var tests []struct {
		Package, Name string
		Fail, Skip    bool
		Error         any
	}
	if err := json.Unmarshal(out, &tests); err != nil || len(tests) == 0 {
		return fmt.Errorf("opa test: %w: %s", err, out)
	}
	differences = nil
	for _, t := range tests {
		if t.Fail || t.Skip || t.Error != nil {
			differences = append(differences, t.Package+"."+t.Name)
		}
	}
	return e.record(areaExports, "opa test policies/ passes", "opa", differences, fmt.Sprintf("%d tests", len(tests)))
}

func runConftest(ctx context.Context, e *Env) error {
	dir, all, err := e.judge(ctx)
	if err != nil {
		return err
	}
	ask := func(j judged, arguments ...string) ([]string, error) {
		out, err := e.output(ctx, j.dir, "conftest", append([]string{"test", j.input, "--namespace", "gatespan.conftest", "--output", "json"}, arguments...)...)
		if err != nil {
			return nil, err
		}
		var answer []struct{ Failures []struct{ Msg string } }
		if err := json.Unmarshal(out, &answer); err != nil || len(answer) != 1 {
			return nil, fmt.Errorf("conftest: %w: %s", err, out)
		}
		var denied []string
		for _, f := range answer[0].Failures {
			denied = append(denied, f.Msg)
		}
		return denied, nil
	}
	unpacked := filepath.Join(dir, "unpacked")
	var differences []string
	for _, j := range all {
		denied, err := ask(j, "--policy", unpacked, "--data", unpacked)
		if err != nil {
			return err
		}
		differences = append(differences, j.differs(denied)...)
	}
	denied, err := ask(all[0], "--policy", unpacked)
	if err != nil {
		return err
	}
	var open []string
	if len(denied) == 0 {
		open = append(open, "nothing is denied")
	}
	return errors.Join(
		e.record(areaExports, "export opa-bundle: denied is what the check blocks", "conftest", differences, fmt.Sprintf("%d inputs", len(all))),
		e.record(areaExports, "without --data everything is denied, instead of nothing", "conftest", open, ""))
}

func (j judged) differs(denied []string) []string {
	slices.Sort(denied)
	if slices.Equal(denied, j.blocked) {
		return nil
	}
	return []string{fmt.Sprintf("%s: it denies %q, and the check blocks %q", j.name, denied, j.blocked)}
}
