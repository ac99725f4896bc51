package gatewayapi

import (
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Match is whether something that is only partly in Git matches.
type Match int

// The answers. Possibly is taken as yes where yes is the less safe answer.
const (
	Never Match = iota
	Possibly
	Always
)

func sure(yes bool) Match {
	if yes {
		return Always
	}
	return Never
}

// nameLabel is on every namespace, set by the API server to its name.
const nameLabel = "kubernetes.io/metadata.name"

// namespaceMatches compares a selector with a namespace. The labels of a namespace without a Namespace object in Git are not
// known, except for its name. A selector that is not there matches nothing (apimachinery, LabelSelectorAsSelector).
func (w *World) namespaceMatches(selector *metav1.LabelSelector, namespace string) Match {
	if selector == nil {
		return Never
	}
	labels, known := map[string]string{}, false
	if o := w.Objects.Find("", "Namespace", "", namespace); o != nil {
		known = true
		for k, v := range o.Labels {
			labels[k] = v
		}
	}
	labels[nameLabel] = namespace
	result := Always
	for _, r := range requirements(selector) {
		value, present := labels[r.Key]
		if !present && !known {
			result = min(result, Possibly)
			continue
		}
		if !holds(r, value, present) {
			return Never
		}
	}
	return result
}

// requirements are all conditions of a selector as expressions, sorted by key.
func requirements(selector *metav1.LabelSelector) []metav1.LabelSelectorRequirement {
	var out []metav1.LabelSelectorRequirement
	for k, v := range selector.MatchLabels {
		out = append(out, metav1.LabelSelectorRequirement{Key: k, Operator: metav1.LabelSelectorOpIn, Values: []string{v}})
	}
	slices.SortFunc(out, func(a, b metav1.LabelSelectorRequirement) int { return strings.Compare(a.Key, b.Key) })
	return append(out, selector.MatchExpressions...)
}

// holds evaluates one requirement. An operator that Kubernetes does not have holds: the less safe answer.
func holds(r metav1.LabelSelectorRequirement, value string, present bool) bool {
	switch r.Operator {
	case metav1.LabelSelectorOpIn:
		return present && slices.Contains(r.Values, value)
	case metav1.LabelSelectorOpNotIn:
		return !present || !slices.Contains(r.Values, value)
	case metav1.LabelSelectorOpExists:
		return present
	case metav1.LabelSelectorOpDoesNotExist:
		return !present
	default:
		return true
	}
}

// NearlyAll reports whether a namespace selector asks for nothing that a namespace would have to be given on purpose: it is
// empty, only excludes some, or asks for the label that every namespace has.
func NearlyAll(selector *metav1.LabelSelector) bool {
	if selector == nil {
		return false
	}
	for _, r := range requirements(selector) {
		switch r.Operator {
		case metav1.LabelSelectorOpNotIn, metav1.LabelSelectorOpDoesNotExist:
		case metav1.LabelSelectorOpExists:
			if r.Key != nameLabel {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// Namespaces returns the names that a selector lists by the name label, and whether it lists them at all.
func Namespaces(selector *metav1.LabelSelector) ([]string, bool) {
	if selector == nil {
		return nil, false
	}
	for _, r := range requirements(selector) {
		if r.Key == nameLabel && r.Operator == metav1.LabelSelectorOpIn {
			return slices.Clone(r.Values), true
		}
	}
	return nil, false
}

// SelectorText writes a selector as kubectl does: "a=b,c in (d,e)".
func SelectorText(selector *metav1.LabelSelector) string {
	if selector == nil {
		return ""
	}
	var parts []string
	for _, r := range requirements(selector) {
		values := slices.Sorted(slices.Values(r.Values))
		switch {
		case r.Operator == metav1.LabelSelectorOpIn && len(values) == 1:
			parts = append(parts, r.Key+"="+values[0])
		case r.Operator == metav1.LabelSelectorOpIn:
			parts = append(parts, r.Key+" in ("+strings.Join(values, ",")+")")
		case r.Operator == metav1.LabelSelectorOpNotIn:
			parts = append(parts, r.Key+" notin ("+strings.Join(values, ",")+")")
		case r.Operator == metav1.LabelSelectorOpExists:
			parts = append(parts, r.Key)
		case r.Operator == metav1.LabelSelectorOpDoesNotExist:
			parts = append(parts, "!"+r.Key)
		default:
			parts = append(parts, r.Key+" "+string(r.Operator))
		}
	}
	return strings.Join(parts, ",")
}

// Selects reports whether a selector certainly selects something with these labels. An empty selector selects everything, one with an
// operator that Kubernetes does not have nothing.
func Selects(selector *metav1.LabelSelector, labels map[string]string) bool {
	if selector == nil {
		return false
	}
	for _, r := range requirements(selector) {
		value, present := labels[r.Key]
		switch r.Operator {
		case metav1.LabelSelectorOpIn, metav1.LabelSelectorOpNotIn, metav1.LabelSelectorOpExists, metav1.LabelSelectorOpDoesNotExist:
			if !holds(r, value, present) {
				return false
			}
		default:
			return false
		}
	}
	return true
}
