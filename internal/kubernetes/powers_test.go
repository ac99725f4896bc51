package kubernetes

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// exposedGateway is a cluster with a gateway in edge, a Service in relay, a consumer in orders, and a certificate authority in pki.
func exposedGateway() Guarded {
	g := NewGuarded()
	g.Groups["gateway.networking.k8s.io"], g.Groups["gateway.envoyproxy.io"] = true, true
	g.Gateways["edge"], g.Services["relay"], g.Consumers["orders"], g.Routes["apps"] = true, true, true, true
	g.Hold("Gateway", "edge", "edge")
	g.Hold("Route", "edge", "relay")
	g.Hold("Secret", "edge", "edge-tls")
	g.Hold("Secret", "pki", "ca")
	g.Hold("ConfigMap", "relay", "roots")
	return g
}

const rbac = "apiVersion: rbac.authorization.k8s.io/v1\n"

// said is each power as one line.
func said(t *testing.T, manifests string, g Guarded) []string {
	t.Helper()
	out := []string{}
	for _, p := range Powers(objecttest.Set(t, manifests), g) {
		line := fmt.Sprintf("%s %s:", strings.Trim(p.Holder.Kind+" "+p.Holder.Namespace, " "), p.Holder.Name)
		for _, r := range p.Reaches {
			line += " " + r.String() + ";"
		}
		if p.Wildcard {
			line += " wildcard"
		}
		if p.Escalates {
			line += " escalates"
		}
		if p.Broad {
			line += " broad"
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

func TestPowers(t *testing.T) {
	binding := func(kind, role, scope, subject string) string {
		meta, b := "", "ClusterRoleBinding"
		if scope != "" {
			meta, b = ", namespace: "+scope, "RoleBinding"
		}
		return rbac + "kind: " + b + "\nmetadata: {name: b" + meta + "}\nroleRef: {kind: " + kind + ", name: " + role + "}\nsubjects: [" + subject + "]\n---\n"
	}
	clusterRole := func(name, labels string, rules ...string) string {
		return rbac + "kind: ClusterRole\nmetadata: {name: " + name + ", labels: {" + labels + "}}\nrules: [" + strings.Join(rules, ", ") + "]\n---\n"
	}
	const group = "{kind: Group, name: g}"
	rule := func(groups, resources, verbs, more string) string {
		return fmt.Sprintf("{apiGroups: [%s], resources: [%s], verbs: [%s]%s}", groups, resources, verbs, more)
	}
	for name, c := range map[string]struct {
		manifests string
		want      []string
	}{
		"one namespace of a ClusterRole": {
			clusterRole("r", "", rule("gateway.networking.k8s.io", "gateways", "update", "")) + binding("ClusterRole", "r", "edge", group), []string{"Group g: gateways of namespace edge;"},
		},
		"a namespace without a gateway": {clusterRole("r", "", rule("gateway.networking.k8s.io", "gateways", "update", "")) + binding("ClusterRole", "r", "web", group), []string{}},
		"everywhere":                    {clusterRole("r", "", rule("gateway.networking.k8s.io", "gateways", "update", "")) + binding("ClusterRole", "r", "", group), []string{"Group g: gateways of namespace edge; gateways of namespace orders;"}},
		"reading is no change":          {clusterRole("r", "", rule("gateway.networking.k8s.io", `"*"`, "get, list, watch", "")) + binding("ClusterRole", "r", "", group), []string{}},
		"a status is no Gateway":        {clusterRole("r", "", rule("gateway.networking.k8s.io", "gateways/status, gateways/finalizers, \"*/status\"", `"*"`, "")) + binding("ClusterRole", "r", "edge", group), []string{}},
		"another Gateway by name":       {clusterRole("r", "", rule("gateway.networking.k8s.io", "gateways", "update", ", resourceNames: [web]")) + binding("ClusterRole", "r", "edge", group), []string{}},
		"a name limits no create":       {clusterRole("r", "", rule("gateway.networking.k8s.io", "gateways", "create", ", resourceNames: [edge]")) + binding("ClusterRole", "r", "edge", group), []string{}},
		"keys":                          {clusterRole("r", "", rule(`""`, "secrets", "get", "")) + binding("ClusterRole", "r", "pki", group), []string{"Group g: private keys of namespace pki;"}},
		"keys, by another name":         {clusterRole("r", "", rule(`""`, "secrets", "get", ", resourceNames: [token]")) + binding("ClusterRole", "r", "pki", group), []string{}},
		"roots by name":                 {clusterRole("r", "", rule(`""`, "configmaps", "patch", ", resourceNames: [roots]")) + binding("ClusterRole", "r", "relay", group), []string{"Group g: bundles of roots roots of namespace relay;"}},
		"grants where a Service is":     {clusterRole("r", "", rule("gateway.networking.k8s.io", "referencegrants", "create", "")) + binding("ClusterRole", "r", "relay", group), []string{"Group g: reference grants of namespace relay;"}},
		"routes where they may attach":  {clusterRole("r", "", rule("gateway.networking.k8s.io", "httproutes", "create", "")) + binding("ClusterRole", "r", "apps", group), []string{"Group g: routes of namespace apps;"}},
		"a controller's kind":           {clusterRole("r", "", rule("gateway.envoyproxy.io", "securitypolicies", "delete", "")) + binding("ClusterRole", "r", "edge", group), []string{"Group g: policies of namespace edge;"}},
		"a kind of tomorrow":            {clusterRole("r", "", rule("gateway.envoyproxy.io", "novelties", "delete", "")) + binding("ClusterRole", "r", "edge", group), []string{"Group g: policies of namespace edge;"}},
		"wildcard":                      {clusterRole("r", "", rule("gateway.envoyproxy.io", `"*"`, "patch", "")) + binding("ClusterRole", "r", "edge", group), []string{"Group g: policies of namespace edge; wildcard"}},
		"a variable":                    {clusterRole("r", "", rule("gateway.envoyproxy.io", `"${RESOURCES}"`, "patch", "")) + binding("ClusterRole", "r", "edge", group), []string{"Group g: policies of namespace edge; wildcard"}},
		"classes, and not by a RoleBinding": {
			clusterRole("r", "", rule("gateway.networking.k8s.io", "gatewayclasses", "patch", ""), rule("apiextensions.k8s.io", "customresourcedefinitions", "delete", "")) + binding("ClusterRole", "r", "edge", group), []string{},
		},
		"classes": {
			clusterRole("r", "", rule("gateway.networking.k8s.io", "gatewayclasses", "patch", ""), rule("admissionregistration.k8s.io", "validatingwebhookconfigurations", "delete", "")) + binding("ClusterRole", "r", "", group),
			[]string{"Group g: definitions and admission;", "Group g: gateway classes;"},
		},
		"a service account, as a user": {
			clusterRole("r", "", rule("gateway.networking.k8s.io", "gateways", "update", "")) + binding("ClusterRole", "r", "edge", `{kind: User, name: "system:serviceaccount:ci:deploy"}`),
			[]string{"ServiceAccount ci deploy: gateways of namespace edge;"},
		},
		"a service account of the binding's namespace": {
			clusterRole("r", "", rule("gateway.networking.k8s.io", "gateways", "update", "")) + binding("ClusterRole", "r", "edge", "{kind: ServiceAccount, name: deploy}"),
			[]string{"ServiceAccount edge deploy: gateways of namespace edge;"},
		},
		"into admin by edit": {
			clusterRole("r", `rbac.authorization.k8s.io/aggregate-to-edit: "true"`, rule("gateway.networking.k8s.io", "gateways", "update", "")) + binding("ClusterRole", "admin", "edge", group),
			[]string{
				"Group g: access of namespace edge; broad", "Group g: access of namespace edge; broad", "Group g: bundles of roots of namespace edge; broad", "Group g: gateways of namespace edge;",
				"Group g: network policies of namespace edge; broad", "Group g: private keys of namespace edge; secrets of namespace edge; broad",
			},
		},
		"not into view": {clusterRole("r", `rbac.authorization.k8s.io/aggregate-to-edit: "true"`, rule("gateway.networking.k8s.io", "gateways", "update", "")) + binding("ClusterRole", "view", "edge", group),
			[]string{"ClusterRole r: gateways of namespace edge; gateways of namespace orders;"}},
		"a role that nothing binds": {clusterRole("r", "", rule("gateway.networking.k8s.io", "gateways", "update", "")), []string{"ClusterRole r: gateways of namespace edge; gateways of namespace orders;"}},
		"a role that is not in Git": {binding("ClusterRole", "strange", "edge", group), []string{"Group g: what is not known of namespace edge;"}},
		"a harmless role":           {binding("ClusterRole", "system:auth-delegator", "", group), []string{}},
		"impersonation":             {clusterRole("r", "", rule(`""`, "users", "impersonate", "")) + binding("ClusterRole", "r", "", group), []string{"Group g: access; access of namespace edge; access of namespace orders; access of namespace pki; escalates"}},
		"roles without escalate":    {clusterRole("r", "", rule("rbac.authorization.k8s.io", "roles, clusterroles, rolebindings", "create, update", "")) + binding("ClusterRole", "r", "", group), []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, said(t, c.manifests, exposedGateway())); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if got := said(t, c.manifests, NewGuarded()); len(got) > 0 {
				t.Errorf("nothing is exposed, and yet %s", got)
			}
		})
	}
}

// TestPowersKnowWhatDecides: the rule of a role in Git, and the reference to a role of the API server's own.
func TestPowersKnowWhatDecides(t *testing.T) {
	text := rbac + "kind: Role\nmetadata: {name: r, namespace: edge}\nrules:\n- {apiGroups: [x], resources: [y], verbs: [z]}\n- {apiGroups: [gateway.networking.k8s.io], resources: [gateways], verbs: [update]}\n---\n" +
		rbac + "kind: RoleBinding\nmetadata: {name: b, namespace: edge}\nroleRef: {kind: Role, name: r}\nsubjects: [{kind: User, name: u}]\n---\n" +
		rbac + "kind: RoleBinding\nmetadata: {name: c, namespace: edge}\nroleRef: {kind: ClusterRole, name: cluster-admin}\nsubjects: [{kind: User, name: u}]\n"
	want := []posture.Ref{
		{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "Role", Namespace: "edge", Name: "r", Field: "rules[1].verbs"},
		{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "RoleBinding", Namespace: "edge", Name: "c", Field: "roleRef.name"},
	}
	var got []posture.Ref
	for _, p := range Powers(objecttest.Set(t, text), exposedGateway()) {
		got = append(got, p.By)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
