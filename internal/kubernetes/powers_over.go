package kubernetes

import (
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/posture"
)

// some reports whether a list of a rule has a value: by itself, by *, or by a variable that is replaced after the check.
func some(list []string, value string) bool {
	return slices.ContainsFunc(list, func(have string) bool { return have == value || have == "*" || strings.Contains(have, "${") })
}

// changes reports whether a rule has a verb that changes objects, beside those that only make some: a name limits no create.
func changes(rule rbacv1.PolicyRule) bool {
	for _, verb := range []string{"update", "patch", "delete", "deletecollection"} {
		if some(rule.Verbs, verb) {
			return true
		}
	}
	return some(rule.Verbs, "create") && len(rule.ResourceNames) == 0
}

func reads(rule rbacv1.PolicyRule) bool {
	return some(rule.Verbs, "get") || some(rule.Verbs, "list") || some(rule.Verbs, "watch")
}

// thing is a resource of a group, and what a power over it is. Resource "" stands for every resource of the group.
type thing struct{ group, resource, over string }

// things are the resources outside the groups of gateway controllers whose change undoes what protects a gateway.
var things = []thing{
	{gatewayapi.Group, "gateways", posture.OverGateways},
	{gatewayapi.Group, "listenersets", posture.OverGateways},
	{"gateway.networking.x-k8s.io", "xlistenersets", posture.OverGateways},
	{gatewayapi.Group, "httproutes", posture.OverRoutes},
	{gatewayapi.Group, "grpcroutes", posture.OverRoutes},
	{gatewayapi.Group, "tlsroutes", posture.OverRoutes},
	{gatewayapi.Group, "tcproutes", posture.OverRoutes},
	{gatewayapi.Group, "udproutes", posture.OverRoutes},
	{gatewayapi.Group, "referencegrants", posture.OverGrants},
	{gatewayapi.Group, "gatewayclasses", posture.OverClasses},
	{gatewayapi.Group, "backendtlspolicies", posture.OverPolicies},
	{"", "secrets", posture.OverSecrets},
	{"", "configmaps", posture.OverBundles},
	{"trust.cert-manager.io", "bundles", posture.OverBundles},
	{"networking.k8s.io", "networkpolicies", posture.OverNetwork},
	{"cilium.io", "ciliumnetworkpolicies", posture.OverNetwork},
	{"cilium.io", "ciliumclusterwidenetworkpolicies", posture.OverNetwork},
	{"crd.projectcalico.org", "", posture.OverNetwork},
	{"projectcalico.org", "", posture.OverNetwork},
	{"policy.networking.k8s.io", "", posture.OverNetwork},
	{"cert-manager.io", "certificates", posture.OverCertificates},
	{"cert-manager.io", "certificaterequests", posture.OverCertificates},
	{"cert-manager.io", "issuers", posture.OverCertificates},
	{"cert-manager.io", "clusterissuers", posture.OverCertificates},
	{"external-secrets.io", "", posture.OverCertificates},
	{"apiextensions.k8s.io", "customresourcedefinitions", posture.OverInstallation},
	{"admissionregistration.k8s.io", "", posture.OverInstallation},
}

// over is what a rule lets its holders do, without the places.
func (r *powers) over(rule rbacv1.PolicyRule) []posture.Reach {
	found := map[string]bool{}
	if changes(rule) {
		for _, t := range things {
			if some(rule.APIGroups, t.group) && (t.resource == "" && whole(rule) || t.resource != "" && some(rule.Resources, t.resource)) {
				found[t.over] = true
			}
		}
		for group := range r.guarded.Groups {
			// Every resource of a controller's own groups, and what Gateway API has beside the above.
			if some(rule.APIGroups, group) && slices.ContainsFunc(rule.Resources, func(resource string) bool { return policy(group, resource) }) {
				found[posture.OverPolicies] = true
			}
		}
	}
	if reads(rule) && some(rule.APIGroups, "") && some(rule.Resources, "secrets") {
		found[posture.OverKeys] = true
	}
	if takes(rule) {
		found[posture.OverAccess] = true
	}
	var out []posture.Reach
	for over := range found {
		out = append(out, posture.Reach{Over: over, Names: slices.Sorted(slices.Values(rule.ResourceNames))})
	}
	slices.SortFunc(out, func(a, b posture.Reach) int { return strings.Compare(a.Over, b.Over) })
	return out
}

// whole: a rule names a resource that is no subresource.
func whole(rule rbacv1.PolicyRule) bool {
	return slices.ContainsFunc(rule.Resources, func(resource string) bool { return !strings.Contains(resource, "/") })
}

// policy reports whether a resource of a gateway controller's group is one that configures gateways, and not only a part of it such as its
// status. What Gateway API itself has beside the kinds that things lists is taken for one.
func policy(group, resource string) bool {
	if strings.Contains(resource, "/") {
		return false
	}
	return !slices.ContainsFunc(things, func(t thing) bool { return t.group == group && t.resource == resource })
}

// takes reports whether a rule lets its holders have powers that it does not name: by escalate and bind they give themselves roles, by
// impersonate and tokens they are somebody else. Source: kubernetes.io/docs/concepts/security/rbac-good-practices.
func takes(rule rbacv1.PolicyRule) bool {
	has := func(group, verb string, resources ...string) bool {
		return some(rule.APIGroups, group) && some(rule.Verbs, verb) && slices.ContainsFunc(resources, func(resource string) bool { return some(rule.Resources, resource) })
	}
	return has(rbacv1.GroupName, "escalate", "roles", "clusterroles") || has(rbacv1.GroupName, "bind", "roles", "clusterroles") ||
		has("", "impersonate", "users", "groups", "serviceaccounts") || has("", "create", "serviceaccounts/token")
}
