package kubernetes

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatespan/gatespan/internal/posture"
)

// The verbs of the roles that gatespan writes. A named object cannot be listed, watched or created by its name: the API server does not
// know the name of what is asked for. Source: kubernetes.io/docs/reference/access-authn-authz/rbac, referring to resources.
var (
	change      = []string{"create", "delete", "get", "list", "patch", "update", "watch"}
	changeNamed = []string{"delete", "get", "patch", "update"}
)

// Owned is a kind of an API group, and the names of its objects that somebody may change; without names, all of a namespace's.
type Owned struct {
	Group, Kind string
	Plural      string // where the CRD has an unusual one
	Names       []string
}

// Resource is how RBAC names the kind.
func (o Owned) Resource() string { return cmp.Or(o.Plural, Plural(o.Kind)) }

// NamespaceAccess is a Role, and its binding, that lets subjects change some objects of a namespace.
func NamespaceAccess(name, namespace string, owned []Owned, who []posture.Subject) []any {
	return []any{
		&rbacv1.Role{
			TypeMeta: metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "Role"}, ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace},
			Rules: rules(owned),
		},
		&rbacv1.RoleBinding{
			TypeMeta: metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "RoleBinding"}, ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace},
			RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: name}, Subjects: bound(who),
		},
	}
}

// ClusterAccess is a ClusterRole, and its binding, that lets subjects change objects that are in no namespace.
func ClusterAccess(name string, owned []Owned, who []posture.Subject) []any {
	return []any{
		&rbacv1.ClusterRole{
			TypeMeta: metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "ClusterRole"}, ObjectMeta: metav1.ObjectMeta{Name: name},
			Rules: rules(owned),
		},
		&rbacv1.ClusterRoleBinding{
			TypeMeta: metav1.TypeMeta{APIVersion: rbacv1.SchemeGroupVersion.String(), Kind: "ClusterRoleBinding"}, ObjectMeta: metav1.ObjectMeta{Name: name},
			RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name}, Subjects: bound(who),
		},
	}
}

// rules has one rule for what is named, and one for each group's kinds that are not.
func rules(owned []Owned) []rbacv1.PolicyRule {
	var out []rbacv1.PolicyRule
	whole := map[string][]string{}
	for _, o := range owned {
		if len(o.Names) == 0 {
			whole[o.Group] = append(whole[o.Group], o.Resource())
			continue
		}
		out = append(out, rbacv1.PolicyRule{
			APIGroups: []string{o.Group}, Resources: []string{o.Resource()}, ResourceNames: slices.Sorted(slices.Values(o.Names)), Verbs: slices.Clone(changeNamed),
		})
	}
	for _, group := range slices.Sorted(maps.Keys(whole)) {
		kinds := slices.Compact(slices.Sorted(slices.Values(whole[group])))
		out = append(out, rbacv1.PolicyRule{APIGroups: []string{group}, Resources: kinds, Verbs: slices.Clone(change)})
	}
	return out
}

func bound(who []posture.Subject) []rbacv1.Subject {
	var out []rbacv1.Subject
	for _, s := range who {
		subject := rbacv1.Subject{Kind: s.Kind, Name: s.Name, Namespace: s.Namespace}
		if s.Kind != rbacv1.ServiceAccountKind {
			subject.APIGroup = rbacv1.GroupName
		}
		out = append(out, subject)
	}
	return out
}

// Plural is how RBAC names most kinds. Profiles have the CRDs that chose another plural; internal/crdtest compares each with its CRD.
func Plural(kind string) string {
	name := strings.ToLower(kind)
	switch {
	case strings.HasSuffix(name, "ay"), strings.HasSuffix(name, "ey"):
		return name + "s"
	case strings.HasSuffix(name, "y"):
		return strings.TrimSuffix(name, "y") + "ies"
	case strings.HasSuffix(name, "s") && !strings.HasSuffix(name, "ss"): // Defaults, of HAProxy (api/definition/gate.v3.haproxy.org_defaults.yaml)
		return name
	case strings.HasSuffix(name, "ss"), strings.HasSuffix(name, "x"):
		return name + "es"
	default:
		return name + "s"
	}
}
