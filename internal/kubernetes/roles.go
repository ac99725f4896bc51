package kubernetes

import (
	"cmp"
	"maps"
	"slices"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/gatespan/gatespan/internal/object"
)

// role is a Role or ClusterRole, of Git or of the API server's own.
type role struct {
	object     *object.Object // nil for the API server's own
	name       string
	labels     map[string]string
	rules      []rbacv1.PolicyRule
	aggregates bool // its rules are those of the ClusterRoles that selectors select
	selectors  []labels.Selector
}

type roleID struct{ kind, namespace, name string }

// index is all roles; several of one identity are one role with the rules of all of them, as the API server adds what its own lack.
type index map[roleID][]*role

// builtin are the ClusterRoles of every API server that people are bound to, as far as they are over something that protects gateways. Source:
// k8s.io/kubernetes v1.36.3 plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go (ClusterRoles, editRules, viewRules).
func builtin() []*role {
	const aggregate = "rbac.authorization.k8s.io/aggregate-to-"
	to := func(name string) map[string]string { return map[string]string{aggregate + name: "true"} }
	from := func(name string) []labels.Selector { return []labels.Selector{labels.SelectorFromSet(to(name))} }
	return []*role{
		{name: "cluster-admin", rules: []rbacv1.PolicyRule{{APIGroups: []string{"*"}, Resources: []string{"*"}, Verbs: []string{"*"}}}},
		{name: "admin", aggregates: true, selectors: from("admin")},
		{name: "edit", aggregates: true, selectors: from("edit"), labels: to("admin")},
		{name: "view", aggregates: true, selectors: from("view"), labels: to("edit")},
		{name: "system:aggregate-to-admin", labels: to("admin")}, // roles and rolebindings, without escalate and bind
		{name: "system:aggregate-to-view", labels: to("view")},   // no Secrets
		{name: "system:aggregate-to-edit", labels: to("edit"), rules: []rbacv1.PolicyRule{
			{APIGroups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"}},
			{APIGroups: []string{""}, Resources: []string{"configmaps"}, Verbs: []string{"create", "delete", "deletecollection", "patch", "update"}},
			{APIGroups: []string{""}, Resources: []string{"serviceaccounts"}, Verbs: []string{"impersonate"}},
			{APIGroups: []string{""}, Resources: []string{"serviceaccounts/token"}, Verbs: []string{"create"}},
			{APIGroups: []string{"networking.k8s.io"}, Resources: []string{"networkpolicies"}, Verbs: []string{"create", "delete", "deletecollection", "patch", "update"}},
		}},
	}
}

// roles reads every role. One that the API server would refuse gives nobody anything.
func roles(objects *object.Set) index {
	out := index{}
	for _, one := range builtin() {
		out.put("ClusterRole", one)
	}
	for _, kind := range []string{"ClusterRole", "Role"} {
		for _, o := range objects.Kind(rbacv1.GroupName, kind) {
			one := &role{object: o, name: o.Name, labels: o.Labels}
			var decoded rbacv1.ClusterRole // a Role has the same rules
			if _, err := o.Decode(&decoded); err != nil {
				continue
			}
			one.rules = decoded.Rules
			if kind == "ClusterRole" && decoded.AggregationRule != nil {
				// What is written beside the selectors is overwritten. Source: kubernetes.io/docs, aggregated ClusterRoles.
				one.aggregates, one.rules, one.selectors = true, nil, selectors(decoded.AggregationRule)
			}
			out.put(kind, one)
		}
	}
	return out
}

func selectors(rule *rbacv1.AggregationRule) []labels.Selector {
	var out []labels.Selector
	for i := range rule.ClusterRoleSelectors {
		if s, err := metav1.LabelSelectorAsSelector(&rule.ClusterRoleSelectors[i]); err == nil {
			out = append(out, s)
		}
	}
	return out
}

func (x index) put(kind string, one *role) {
	id := roleID{kind, "", one.name}
	if one.object != nil {
		id.namespace = one.object.Namespace
	}
	x[id] = append(x[id], one)
}

func (x index) find(kind, namespace, name string) []*role { return x[roleID{kind, namespace, name}] }

// sorted is every role, in an order that does not depend on the map's.
func (x index) sorted() []*role {
	ids := slices.SortedFunc(maps.Keys(x), func(a, b roleID) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.name, b.name))
	})
	var out []*role
	for _, id := range ids {
		out = append(out, x[id]...)
	}
	return out
}

// parts are roles with those that they aggregate, and whose rules they so have; each is marked as used.
func (x index) parts(from []*role, used map[*role]bool) []*role {
	var out []*role
	seen := map[*role]bool{}
	for len(from) > 0 {
		one := from[0]
		from = from[1:]
		if seen[one] {
			continue
		}
		seen[one], used[one] = true, true
		out = append(out, one)
		for _, other := range x.sorted() {
			if slices.ContainsFunc(one.selectors, func(s labels.Selector) bool {
				return (other.object == nil || other.object.Kind == "ClusterRole") && s.Matches(labels.Set(other.labels))
			}) {
				from = append(from, other)
			}
		}
	}
	return out
}
