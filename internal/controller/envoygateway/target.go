package envoygateway

import (
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// scope is how narrowly a policy is attached. The narrowest one counts alone, nothing is merged; among policies of one scope
// the oldest counts. Source: ProcessClientTrafficPolicies in internal/gatewayapi/clienttrafficpolicy.go.
type scope int

const (
	bySection scope = iota
	byListenerSet
	byGateway
	notAttached
)

// policy is a decoded policy with what it is attached to.
type policy[S any] struct {
	object  *object.Object
	spec    S
	targets policyTargets
}

func (p policy[S]) String() string { return p.object.String() }

// attached are the policies of the narrowest scope that reach a listener, and those that they replace.
func attached[S any](r *reader, all []policy[S], l *gatewayapi.Listener) (winners, replaced []policy[S]) {
	var byScope [notAttached][]policy[S]
	var strays []policy[S]
	for _, p := range all {
		s, stray := r.reaches(p.object, p.targets, l)
		switch {
		case stray:
			strays = append(strays, p)
		case s != notAttached:
			byScope[s] = append(byScope[s], p)
		}
	}
	for _, found := range byScope {
		if len(winners) == 0 {
			winners = found
		} else {
			replaced = append(replaced, found...)
		}
	}
	return append(slices.Clone(winners), strays...), replaced
}

// reaches is the narrowest scope at which a policy's targets hold a listener. A stray names the Gateway and, as section, a
// listener that only a ListenerSet has: Envoy Gateway applies it to the first such listener, and then other policies on top.
func (r *reader) reaches(o *object.Object, t policyTargets, l *gatewayapi.Listener) (best scope, stray bool) {
	best = notAttached
	for _, ref := range t.references() {
		section := string(deref(ref.SectionName, ""))
		if section != "" && section != string(l.Spec.Name) {
			continue
		}
		switch {
		case ref.Group != "" && ref.Group != gatewayapi.Group:
		case named(ref, "ListenerSet", o.Namespace, l.Owner) && section == "":
			best = min(best, byListenerSet)
		case named(ref, "ListenerSet", o.Namespace, l.Owner), named(ref, "Gateway", o.Namespace, l.Owner) && section != "":
			best = min(best, bySection)
		case named(ref, "Gateway", o.Namespace, l.Gateway.Object) && section == "":
			best = min(best, byGateway)
		case named(ref, "Gateway", o.Namespace, l.Gateway.Object) && !ownListener(l.Gateway, section):
			stray = true
		}
	}
	for i, s := range t.TargetSelectors {
		if s.Kind == "ListenerSet" && l.Owner.Kind == "ListenerSet" && r.selects(o, i, s, l.Owner) {
			best = min(best, byListenerSet)
		}
		if s.Kind == "Gateway" && r.selects(o, i, s, l.Gateway.Object) {
			best = min(best, byGateway)
		}
	}
	return best, stray && best == notAttached
}

// references are the plain targets: the deprecated targetRef alone when it is set (GetTargetRefs in api/v1alpha1/policy_helpers.go).
func (t policyTargets) references() []gatewayv1.LocalPolicyTargetReferenceWithSectionName {
	if t.TargetRef != nil {
		return []gatewayv1.LocalPolicyTargetReferenceWithSectionName{*t.TargetRef}
	}
	return t.TargetRefs
}

func (t policyTargets) field(i int) string {
	if t.TargetRef != nil {
		return "spec.targetRef"
	}
	return object.Item("spec.targetRefs", i)
}

// named reports whether a local reference means an object: it can only mean one of the policy's own namespace.
func named(ref gatewayv1.LocalPolicyTargetReferenceWithSectionName, kind, namespace string, o *object.Object) bool {
	return string(ref.Kind) == kind && o.Kind == kind && string(ref.Name) == o.Name && namespace == o.Namespace
}

func ownListener(g *gatewayapi.Gateway, name string) bool {
	return slices.ContainsFunc(g.Spec.Listeners, func(l gatewayv1.Listener) bool { return string(l.Name) == name })
}

// selects evaluates a target selector. Across namespaces it needs a ReferenceGrant from the policy's kind, and without one it
// selects nothing and says nothing (resolvePolicyTargetsFromSelectors in internal/gatewayapi/helpers.go; from 1.8).
func (r *reader) selects(o *object.Object, i int, s targetSelector, target *object.Object) bool {
	if deref(s.Group, gatewayapi.Group) != gatewayapi.Group || !matches(s.labels(), target.Labels) {
		return false
	}
	if target.Namespace == o.Namespace {
		return r.inNamespaces(o, i, s, target.Namespace)
	}
	granted := slices.ContainsFunc(gatewayapi.Grants(r.Objects, nil), func(g posture.Grant) bool {
		return g.Subject.Namespace == target.Namespace && g.FromGroup == Group && g.FromKind == o.Kind && g.FromNamespace == o.Namespace &&
			g.ToGroup == target.Group() && g.ToKind == target.Kind && (g.ToName == "" || g.ToName == target.Name)
	})
	if r.olderThan("1.8") || !granted || !r.inNamespaces(o, i, s, target.Namespace) {
		return false
	}
	r.Resolve(o, object.Item("spec.targetSelectors", i), target.ID(), closed) // what the grant is used by
	return true
}

func (s targetSelector) labels() *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: s.MatchLabels, MatchExpressions: s.MatchExpressions}
}

func (r *reader) inNamespaces(o *object.Object, i int, s targetSelector, namespace string) bool {
	from := "Same"
	if s.Namespaces != nil && s.Namespaces.From != "" {
		from = s.Namespaces.From
	}
	switch from {
	case "Same":
		return namespace == o.Namespace
	case "All":
		return true
	case "Selector":
		ns := r.Objects.Find("", "Namespace", "", namespace)
		if ns == nil {
			r.Unknown(o, "value", object.Item("spec.targetSelectors", i)+".namespaces.selector",
				fmt.Sprintf("namespace %s is not in Git, so whether the selector matches its labels is not known", namespace))
			return false
		}
		return s.Namespaces.Selector != nil && matches(s.Namespaces.Selector, ns.Labels)
	default:
		r.Unknown(o, "value", object.Item("spec.targetSelectors", i)+".namespaces.from", fmt.Sprintf("%q is none of Same, All, Selector", from))
		return false
	}
}

func matches(selector *metav1.LabelSelector, set map[string]string) bool {
	s, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && s.Matches(labels.Set(set))
}

// inert finds a ClientTrafficPolicy that reads as if it were meant for a listener and reaches none, so that a finding can point
// at the line that detaches it. Policies of the Gateway's namespace come first.
func (r *reader) inert(l *gatewayapi.Listener) (posture.Ref, string) {
	var elsewhere posture.Ref
	var elsewhereWhy string
	for _, p := range r.clientPolicies {
		at, why := r.misses(p, l)
		if why == "" {
			continue
		}
		if p.object.Namespace == l.Gateway.Object.Namespace {
			return at, why
		}
		if elsewhereWhy == "" {
			elsewhere, elsewhereWhy = at, why
		}
	}
	return elsewhere, elsewhereWhy
}

// misses says how a policy fails to reach a listener that it seems meant for.
func (r *reader) misses(p policy[clientTrafficPolicySpec], l *gatewayapi.Listener) (posture.Ref, string) {
	o, g := p.object, l.Gateway.Object
	same := o.Namespace == g.Namespace
	for i, ref := range p.targets.references() {
		field := p.targets.field(i)
		section := string(deref(ref.SectionName, ""))
		switch {
		case ref.Kind == "Gateway" && string(ref.Name) == g.Name && !same:
			return gatewayapi.RefOf(o, "metadata.namespace"), fmt.Sprintf("%s targets Gateway %s of its own namespace, not of %s", o, ref.Name, g.Namespace)
		case ref.Kind == "Gateway" && same && r.Objects.Find(gatewayapi.Group, "Gateway", o.Namespace, string(ref.Name)) == nil:
			return gatewayapi.Nearest(o, field+".name"), fmt.Sprintf("%s targets Gateway %s, which does not exist", o, ref.Name)
		case ref.Kind == "Gateway" && same && string(ref.Name) == g.Name && section != "" && section != string(l.Spec.Name):
			return gatewayapi.Nearest(o, field+".sectionName"), fmt.Sprintf("%s targets listener %s alone", o, section)
		}
	}
	for i, s := range p.targets.TargetSelectors {
		field := object.Item("spec.targetSelectors", i)
		switch {
		case s.Kind != "Gateway":
		case same && !matches(s.labels(), g.Labels):
			return gatewayapi.Nearest(o, field), fmt.Sprintf("%s selects Gateways by labels that Gateway %s/%s does not have", o, g.Namespace, g.Name)
		case !same && matches(s.labels(), g.Labels):
			return gatewayapi.Nearest(o, field+".namespaces"), fmt.Sprintf("%s is of another namespace, and no ReferenceGrant of %s lets it select the Gateway", o, g.Namespace)
		}
	}
	return posture.Ref{}, ""
}

// olderThan reports whether the cluster's Envoy Gateway is known to be older than a version.
func (r *reader) olderThan(version string) bool {
	have := r.Cluster.Controller.Version
	return have != "" && controller.CompareVersions(have, version) < 0
}

func deref[T any](p *T, absent T) T {
	if p == nil {
		return absent
	}
	return *p
}
