package gatewayapi

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
)

// ModuleVersion is the Gateway API version whose types this package decodes with (go.mod).
const ModuleVersion = "1.6"

// CheckFields decodes an object strictly. Fields that its type does not have become unknown/field, or unknown/newer-field where the
// cluster's Gateway API is newer than the types; Flux variables in fields that decide something become unknown/variable. It is
// false, and unknown/value says so, when the API server would refuse the object.
func (w *World) CheckFields(o *object.Object, into any) bool {
	unknown, err := o.Decode(into)
	if err != nil {
		w.undecodable(o, err)
		return false
	}
	for _, field := range unknown {
		if !decides(field) {
			continue
		}
		if o.Group() == Group && w.Cluster.GatewayAPI.Version != "" && controller.CompareVersions(w.Cluster.GatewayAPI.Version, ModuleVersion) > 0 {
			w.Unknown(o, "newer-field", field, "Gateway API "+ModuleVersion+" does not have the field, and what it does in "+w.Cluster.GatewayAPI.Version+" is not known")
			continue
		}
		w.Unknown(o, "field", field, fmt.Sprintf("%s %s does not have the field", o.APIVersion, o.Kind))
	}
	for _, field := range Variables(o) {
		w.Unknown(o, "variable", field, "a variable that is replaced after the check decides the value")
	}
	return true
}

func (w *World) undecodable(o *object.Object, err error) {
	rule, why := "value", err.Error()
	if fields := Variables(o); len(fields) > 0 {
		rule, why = "variable", "a variable that is replaced after the check stands where the API wants another type"
		w.Unknown(o, rule, fields[0], why)
		return
	}
	w.Unknown(o, rule, "", "the API server would refuse it: "+why)
}

// decides reports whether an unknown field can matter: metadata and status decide nothing that is not read anyway.
func decides(field string) bool {
	top, _, _ := strings.Cut(field, ".")
	return top != "metadata" && top != "status"
}

// substitution is what Flux's postBuild replaces: ${NAME} with an optional default or operation.
var substitution = regexp.MustCompile(`\$\{[A-Za-z_][A-Za-z0-9_]*[^}]*\}`)

func variable(text string) bool {
	return strings.Contains(text, "${") && substitution.MatchString(text)
}

// Variables returns the fields of an object's spec that hold a Flux variable and can decide a posture, sorted. Names of hosts and of
// certificates' Secrets, matches of requests and annotations are ordinary places for one: whatever they become, the entry is
// judged the same.
func Variables(o *object.Object) []string {
	if o.Annotations["kustomize.toolkit.fluxcd.io/substitute"] == "disabled" {
		return nil
	}
	var out []string
	object.Walk("spec", o.Data["spec"], func(field, text string) {
		if variable(text) && !ordinary(field) {
			out = append(out, field)
		}
	})
	slices.Sort(out)
	return out
}

func ordinary(field string) bool {
	for _, part := range []string{".hostname", ".hostnames[", ".matches[", ".certificateRefs[", ".annotations", ".dnsNames["} {
		if strings.Contains(field, part) {
			return true
		}
	}
	return false
}
