package gate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

const access = "overlays/eks-prod/rbac/rbac.yaml"

// grant adds RBAC by hand to the cluster of the example; the finding is at the line that holds at.
func grant(documents, at string) func(*gatetest.Repo) string {
	return func(r *gatetest.Repo) string {
		r.Write("overlays/eks-prod/rbac/kustomization.yaml", "resources: [rbac.yaml]\n")
		r.Write(access, documents)
		return r.Line(access, at)
	}
}

// clusterRole and namespaceRole are a role with one rule, and to is its binding.
func clusterRole(name, rule string) string {
	return fmt.Sprintf("apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: %s}\nrules:\n- %s\n---\n", name, rule)
}

func namespaceRole(name, namespace, rule string) string {
	return fmt.Sprintf("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: %s, namespace: %s}\nrules:\n- %s\n---\n", name, namespace, rule)
}

func to(kind, role, namespace, subject string) string {
	meta, binding := "", "ClusterRoleBinding"
	if namespace != "" {
		meta, binding = ", namespace: "+namespace, "RoleBinding"
	}
	return fmt.Sprintf("apiVersion: rbac.authorization.k8s.io/v1\nkind: %s\nmetadata: {name: bind-%s%s}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: %s, name: %s}\nsubjects:\n- %s\n---\n",
		binding, role, meta, kind, role, subject)
}

const (
	contractors = "{apiGroup: rbac.authorization.k8s.io, kind: Group, name: contractors}"
	everybody   = "{apiGroup: rbac.authorization.k8s.io, kind: Group, name: \"system:authenticated\"}"
)

// TestAccessToTheExample adds RBAC to a fleet that declares no roles.
func TestAccessToTheExample(t *testing.T) {
	const wildcard, undeclared = "rbac/wildcard-power", "rbac/undeclared-power"
	all := clusterRole("all", `{apiGroups: [gateway.envoyproxy.io], resources: ["*"], verbs: ["*"]}`)
	check(t, gatetest.Relay, []unsafe{
		{"U192 wildcard on policies", grant(all+to("ClusterRole", "all", "", contractors), "gateway.envoyproxy.io"), wildcard, "Group contractors", "ClusterRole all", false},
		{"U192 wildcard in the namespace", grant(all+to("ClusterRole", "all", "edge", contractors), "gateway.envoyproxy.io"), wildcard, "Group contractors", "ClusterRole all", false},
		{"U192 wildcard that nothing in Git binds", grant(all, "gateway.envoyproxy.io"), wildcard, "ClusterRole all", "ClusterRole all", false},
		{"U192 every verb on Gateways", grant(clusterRole("all", `{apiGroups: [gateway.networking.k8s.io], resources: [gateways], verbs: ["*"]}`)+to("ClusterRole", "all", "", contractors), "verbs"),
			wildcard, "Group contractors", "ClusterRole all", false},
		{"U192 aggregated", grant(`apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: sum}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {sum: "yes"}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: part, labels: {sum: "yes"}}
rules:
- {apiGroups: [gateway.networking.k8s.io], resources: ["*"], verbs: [patch]}
---
`+to("ClusterRole", "sum", "edge", contractors), "resources:"), wildcard, "Group contractors", "ClusterRole part", false},
		{"U192 aggregated into admin", grant(`apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: part, labels: {rbac.authorization.k8s.io/aggregate-to-edit: "true"}}
rules:
- {apiGroups: [gateway.envoyproxy.io], resources: ["*"], verbs: [patch]}
---
`+to("ClusterRole", "admin", "edge", contractors), "resources:"), wildcard, "Group contractors", "ClusterRole part", false},
		{"U192 impersonate", grant(clusterRole("be", "{apiGroups: [\"\"], resources: [groups], verbs: [impersonate]}")+to("ClusterRole", "be", "", contractors), "impersonate"),
			wildcard, "Group contractors", "ClusterRole be", false},
		{"U193 keys of a certificate authority", grant(`apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: ca, namespace: pki}
spec: {isCA: true, secretName: ca, commonName: corp, issuerRef: {name: self}}
---
`+namespaceRole("look", "pki", "{apiGroups: [\"\"], resources: [secrets], verbs: [get]}")+to("Role", "look", "pki", contractors), "secrets"), undeclared, "Group contractors", "Role pki/look", false},
		{"U193 the gateway's key by its name", grant(namespaceRole("look", "edge", "{apiGroups: [\"\"], resources: [secrets], resourceNames: [edge-relay-tls], verbs: [get]}")+
			to("Role", "look", "edge", contractors), "secrets"), undeclared, "Group contractors", "Role edge/look", false},
		{"everybody", grant(namespaceRole("routes", "edge", "{apiGroups: [gateway.networking.k8s.io], resources: [httproutes], verbs: [patch]}")+to("Role", "routes", "edge", everybody), "httproutes"),
			undeclared, "Group system:authenticated", "Role edge/routes", false},
		{"a role that is not in Git, for everybody", grant(to("ClusterRole", "from-a-chart", "edge", everybody), "roleRef"), "rbac/unknown-role", "Group system:authenticated", "RoleBinding edge/bind-from-a-chart", false},
		{"the workload behind the gateway", grant(clusterRole("all", `{apiGroups: [gateway.envoyproxy.io], resources: ["*"], verbs: [update]}`)+to("ClusterRole", "all", "", "{kind: ServiceAccount, name: relay, namespace: relay}"), "resources"),
			wildcard, "ServiceAccount relay/relay", "ClusterRole all", false},
	})
}

// TestAccessBesideDeclaredRoles adds RBAC to a fleet that says who has which role.
func TestAccessBesideDeclaredRoles(t *testing.T) {
	const undeclared, beyond = "rbac/undeclared-power", "rbac/developer-beyond-own"
	grants := clusterRole("grants", "{apiGroups: [gateway.networking.k8s.io], resources: [referencegrants], verbs: [update]}")
	group := func(name string) string {
		return "{apiGroup: rbac.authorization.k8s.io, kind: Group, name: " + name + "}"
	}
	for name, c := range map[string]struct{ documents, rule, subject, object, at string }{
		"somebody else's Gateways": {namespaceRole("gateways", "edge", "{apiGroups: [gateway.networking.k8s.io], resources: [gateways], verbs: [update]}") + to("Role", "gateways", "edge", contractors),
			undeclared, "Group contractors", "Role edge/gateways", "gateways], verbs"},
		"cluster-admin":                  {to("ClusterRole", "cluster-admin", "", contractors), undeclared, "Group contractors", "ClusterRoleBinding bind-cluster-admin", "roleRef"},
		"edit beside the gateway":        {to("ClusterRole", "edit", "edge", contractors), undeclared, "Group contractors", "RoleBinding edge/bind-edit", "roleRef"},
		"grants of everybody":            {grants + to("ClusterRole", "grants", "", group("team-relay")), beyond, "Group team-relay", "ClusterRole grants", "referencegrants"},
		"a developer and the Gateways":   {to("ClusterRole", "admin", "edge", group("team-relay")), beyond, "Group team-relay", "RoleBinding edge/bind-admin", "roleRef"},
		"an operator and classes":        {clusterRole("classes", "{apiGroups: [gateway.networking.k8s.io], resources: [gatewayclasses], verbs: [update]}") + to("ClusterRole", "classes", "", group("gateway-operators")), undeclared, "Group gateway-operators", "ClusterRole classes", "gatewayclasses"},
		"others where a service is":      {to("ClusterRole", "grants", "relay", contractors) + grants, undeclared, "Group contractors", "ClusterRole grants", "referencegrants"},
		"the consumer's service account": {to("ClusterRole", "cluster-admin", "", "{kind: ServiceAccount, name: orders, namespace: orders}"), undeclared, "ServiceAccount orders/orders", "ClusterRoleBinding bind-cluster-admin", "roleRef"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, o := example(t, "roles")
			r.Write(o.Overlays+"/eks-prod/rbac/kustomization.yaml", "resources: [rbac.yaml]\n")
			file := o.Overlays + "/eks-prod/rbac/rbac.yaml"
			r.Write(file, c.documents)
			r.Blocks(r.Check(o), c.rule, c.subject, c.object, r.Line(file, c.at))
		})
	}
}

// ordinaryAccess is what repositories have: engines and operators with their install manifests, people who run the platform, and teams in their
// own namespaces.
var ordinaryAccess = clusterRole("crd-controller", "{apiGroups: [source.toolkit.fluxcd.io], resources: [\"*\"], verbs: [\"*\"]}\n- {apiGroups: [\"\"], resources: [configmaps, secrets], verbs: [get, list, watch]}") +
	to("ClusterRole", "crd-controller", "", "{kind: ServiceAccount, name: source-controller, namespace: flux-system}") +
	strings.Replace(to("ClusterRole", "cluster-admin", "", "{kind: ServiceAccount, name: kustomize-controller, namespace: flux-system}\n- {kind: ServiceAccount, name: helm-controller, namespace: flux-system}"),
		"bind-cluster-admin", "cluster-reconciler-flux-system", 1) +
	clusterRole("argocd-application-controller", `{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}`) +
	to("ClusterRole", "argocd-application-controller", "", "{kind: ServiceAccount, name: argocd-application-controller, namespace: argocd}") +
	clusterRole("cert-manager", "{apiGroups: [\"\"], resources: [secrets], verbs: [get, list, watch, create, update, delete, patch]}\n- {apiGroups: [gateway.networking.k8s.io], resources: [httproutes, httproutes/finalizers], verbs: [create, update, delete]}") +
	to("ClusterRole", "cert-manager", "", "{kind: ServiceAccount, name: cert-manager, namespace: cert-manager}") +
	clusterRole("istiod", "{apiGroups: [gateway.networking.k8s.io, gateway.networking.x-k8s.io], resources: [\"*\"], verbs: [get, watch, list]}\n- {apiGroups: [gateway.networking.k8s.io], resources: [gateways/status, gatewayclasses/status], verbs: [update, patch]}") +
	to("ClusterRole", "istiod", "", "{kind: ServiceAccount, name: istiod, namespace: istio-system}") +
	clusterRole("metrics", "{nonResourceURLs: [/metrics], verbs: [get]}") + to("ClusterRole", "metrics", "", contractors) +
	clusterRole("operator", "{apiGroups: [example.com], resources: [\"*\"], verbs: [\"*\"]}\n- {apiGroups: [\"\"], resources: [configmaps, events], verbs: [create, patch]}") +
	to("ClusterRole", "operator", "", "{kind: ServiceAccount, name: operator, namespace: operators}") +
	to("ClusterRole", "system:auth-delegator", "", "{kind: ServiceAccount, name: metrics-server, namespace: kube-system}") +
	to("ClusterRole", "view", "edge", contractors) + to("ClusterRole", "edit", "web", contractors) +
	namespaceRole("deploy", "web", "{apiGroups: [\"\"], resources: [secrets], verbs: [\"*\"]}") + to("Role", "deploy", "web", "{kind: ServiceAccount, name: ci, namespace: web}")

// TestOrdinaryAccessPasses: nothing of it blocks, where roles are declared and where they are not; and none of it is a finding where nothing is
// exposed.
func TestOrdinaryAccessPasses(t *testing.T) {
	none := func(r *gatetest.Repo, o gate.Options) {
		t.Helper()
		for _, f := range r.Check(o).Findings {
			if f.Severity == finding.Block {
				t.Errorf("%s %s: %s", f.Severity, f.Rule, f.Message)
			}
			t.Logf("%s %s: %s", f.Severity, f.Rule, f.Message)
		}
	}
	r := gatetest.Relay(t)
	grant(ordinaryAccess+to("ClusterRole", "cluster-admin", "", "{apiGroup: rbac.authorization.k8s.io, kind: Group, name: platform}")+
		to("ClusterRole", "admin", "relay", "{apiGroup: rbac.authorization.k8s.io, kind: Group, name: team-relay}"), "/metrics")(r)
	none(r, gate.Options{})

	r, o := example(t, "roles")
	r.Write(o.Overlays+"/eks-prod/rbac/kustomization.yaml", "resources: [rbac.yaml]\n")
	r.Write(o.Overlays+"/eks-prod/rbac/rbac.yaml", ordinaryAccess+to("ClusterRole", "admin", "relay", "{apiGroup: rbac.authorization.k8s.io, kind: Group, name: team-relay}")+
		to("ClusterRole", "cluster-admin", "", "{apiGroup: rbac.authorization.k8s.io, kind: Group, name: platform}"))
	none(r, o)

	r = gatetest.New(t, with(fluxRepository, map[string]string{
		"apps/production/rbac.yaml":          ordinaryAccess + to("ClusterRole", "cluster-admin", "", contractors) + clusterRole("all", `{apiGroups: [gateway.networking.k8s.io], resources: ["*"], verbs: ["*"]}`),
		"apps/production/kustomization.yaml": "resources: [rbac.yaml]\n",
		"fleet.yaml": "clusters:\n  production:\n    cloud: eks\n    controller: {name: envoy-gateway, version: \"1.9.1\", gatewayClassName: envoy}\n    path: clusters/production\n" +
			"    publicGateways: [{namespace: network, name: web, reason: browsers}]\n",
	}))
	for _, f := range r.Check(gate.Options{Fleet: "fleet.yaml"}).Findings {
		if len(f.Rule) > 5 && f.Rule[:5] == "rbac/" {
			t.Errorf("%s %s: %s", f.Severity, f.Rule, f.Message)
		}
	}
}

// TestMoreAccessIsAChange: against a base, power that somebody has in addition is told, whoever has it.
func TestMoreAccessIsAChange(t *testing.T) {
	r, o := example(t, "roles")
	r.Commit("the example")
	r.Write(o.Overlays+"/eks-prod/rbac/kustomization.yaml", "resources: [rbac.yaml]\n")
	r.Write(o.Overlays+"/eks-prod/rbac/rbac.yaml", namespaceRole("more", "edge", "{apiGroups: [\"\"], resources: [secrets], verbs: [get]}")+
		to("Role", "more", "edge", "{apiGroup: rbac.authorization.k8s.io, kind: Group, name: gateway-operators}"))
	o.Base = "HEAD"
	judged := r.Check(o)
	found := false
	for _, f := range judged.Findings {
		if f.Rule == "change/wider" && f.Severity == finding.Change && f.Subject.Name == "gateway-operators" && f.Line > 0 {
			found = true
		}
	}
	if !found || judged.Summary.Block > 0 {
		t.Errorf("%+v", judged.Findings)
	}
}
