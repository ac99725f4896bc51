// Package export carries the rules out of gatespan: all of them as an OPA bundle, and what one object alone decides to admission
// controllers.
//
// An admission controller sees one object at a time. It has no posture, so it can hold the last line, never replace the check: what it
// cannot carry is listed with what it can.
package export

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/policy"
	"github.com/gatespan/gatespan/policies"
)

// Form is what one object of a kind decides of a rule: an entry of policies/<topic>/<rule>/admission.yaml.
type Form struct {
	Group    string `json:"group"`
	Resource string `json:"resource"` // plural
	Kind     string `json:"kind"`
	// Scope is "gateway" where the gateways for browsers are left alone.
	Scope    string `json:"scope,omitempty"`
	Message  string `json:"message"`
	Allowed  string `json:"allowed"`  // CEL: the object is well
	Violated string `json:"violated"` // the body of a Rego rule: it is not
}

// Carried is a rule with its forms.
type Carried struct {
	Rule  policy.Rule
	Forms []Form
}

// carried lists the rules with forms, and the ids of the others; both sorted.
func carried() (with []Carried, without []string, err error) {
	rules, err := policy.Rules(nil)
	if err != nil {
		return nil, nil, err
	}
	for _, rule := range rules {
		file := path.Join(rule.ID, "admission.yaml")
		raw, err := fs.ReadFile(policies.FS, file)
		if err != nil {
			without = append(without, rule.ID)
			continue
		}
		c := Carried{Rule: rule}
		if err := yaml.UnmarshalStrict(raw, &c.Forms); err != nil || len(c.Forms) == 0 {
			return nil, nil, fmt.Errorf("%s: no forms: %w", file, err)
		}
		with = append(with, c)
	}
	return with, without, nil
}

// name is what objects of a rule are called: gatespan-grants-target-not-named.
func (c Carried) name() string { return "gatespan-" + strings.ReplaceAll(c.Rule.ID, "/", "-") }

// public are the cluster's gateways for browsers, as namespace/name.
func public(c controller.Cluster) []string {
	out := []string{}
	for _, g := range c.PublicGateways {
		out = append(out, g.Namespace+"/"+g.Name)
	}
	slices.Sort(out)
	return out
}

// stream writes objects as YAML documents behind a comment that says what is not carried.
func stream(title string, without []string, objects []map[string]any) ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# %s, from the rules of gatespan.\n", title)
	out.WriteString("# An admission controller sees one object at a time. These rules need more than that (the controller's posture,\n")
	out.WriteString("# other objects, the fleet or the change), and only gatespan check judges them:\n")
	for _, id := range without {
		fmt.Fprintf(&out, "#   %s\n", id)
	}
	for _, o := range objects {
		raw, err := yaml.Marshal(o)
		if err != nil {
			return nil, err
		}
		out.WriteString("---\n")
		out.Write(raw)
	}
	return out.Bytes(), nil
}

// list is a slice for an object of any.
func list[T any](in []T) []any {
	out := []any{}
	for _, v := range in {
		out = append(out, v)
	}
	return out
}
