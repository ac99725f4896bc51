package istio

import (
	"fmt"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// forced is what the compliance policy of a control plane makes of every TLS context, after everything else, both ways.
type forced struct {
	lowest, highest string
	at              posture.Ref
	why             string
}

// compliancePolicy is what a COMPLIANCE_POLICY of istiod makes of the versions (pkg/model/fips.go EnforceCompliance). The one of FIPS 140-3
// is Envoy's own, which is applied last and sets 1.2 to 1.3 whatever the mesh says (FIPS_202205).
func compliancePolicy(name string) (lowest, highest string, known bool) {
	switch name {
	case "fips-140-2":
		return "1.2", "1.2", true
	case "fips-140-3":
		return "1.2", "1.3", true
	case "pqc":
		return "1.3", "1.3", true
	default:
		return "", "", false
	}
}

// compliance is the weakest policy that a control plane in Git is given, by its Deployment or by the values of its chart; nil when none
// is. Where one of several has none, only what is weaker counts.
func (r *reader) compliance() *forced {
	if r.forced.read {
		return r.forced.policy
	}
	r.forced.read = true
	planes := 0
	consider := func(o *object.Object, field, name string) {
		lowest, highest, known := compliancePolicy(name)
		if !known {
			r.Unknown(o, "value", field, fmt.Sprintf("%q is no compliance policy that is known", name))
			return
		}
		f := &forced{lowest, highest, gatewayapi.Nearest(o, field), "COMPLIANCE_POLICY of istiod is " + name}
		if have := r.forced.policy; have == nil || f.lowest < have.lowest || f.lowest == have.lowest && f.highest < have.highest {
			r.forced.policy = f
		}
	}
	for _, o := range r.Objects.Kind("apps", "Deployment") {
		if !istiod(o) {
			continue
		}
		planes++
		if field, name := environment(o, "COMPLIANCE_POLICY"); name != "" {
			planes--
			consider(o, field, name)
		}
	}
	for _, release := range r.releases() {
		planes++
		for _, path := range [][]string{{"env", "COMPLIANCE_POLICY"}, {"pilot", "env", "COMPLIANCE_POLICY"}} {
			if name := release.text(path...); name != "" {
				planes--
				consider(release.object, release.field+"."+strings.Join(path, "."), name)
				break
			}
		}
	}
	if p := r.forced.policy; p != nil && planes > 0 && p.lowest > "1.2" {
		r.forced.policy = nil
	}
	return r.forced.policy
}

func istiod(o *object.Object) bool {
	return o.Labels["app"] == "istiod" || o.Name == "istiod" || strings.HasPrefix(o.Name, "istiod-")
}

// environment is a variable of a Deployment's containers, and where it is.
func environment(o *object.Object, name string) (field, value string) {
	containers, _ := o.Get("spec.template.spec.containers").([]any)
	for i := range containers {
		at := object.Item("spec.template.spec.containers", i) + ".env"
		variables, _ := o.Get(at).([]any)
		for j := range variables {
			if v := object.Item(at, j); o.Text(v+".name") == name {
				return v + ".value", o.Text(v + ".value")
			}
		}
	}
	return "", ""
}
