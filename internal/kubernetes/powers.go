package kubernetes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// Powers are what the Roles and ClusterRoles in Git let those do to whom bindings in Git give them, as far as it is about what protects
// exposed gateways; and what roles would let those do whom something else binds.
func Powers(objects *object.Set, guarded Guarded) []posture.Power {
	if guarded.Empty() {
		return nil
	}
	r := &powers{guarded: guarded, roles: roles(objects), used: map[*role]bool{}}
	for _, kind := range []string{"ClusterRoleBinding", "RoleBinding"} {
		for _, o := range objects.Kind(rbacv1.GroupName, kind) {
			r.binding(o)
		}
	}
	for _, one := range r.roles.sorted() {
		if one.object != nil && !r.used[one] && !one.aggregates {
			r.unbound(one)
		}
	}
	return r.out
}

// powers gathers.
type powers struct {
	guarded Guarded
	roles   index
	used    map[*role]bool
	out     []posture.Power
}

// binding adds what one binding gives to each of its subjects.
func (r *powers) binding(o *object.Object) {
	scope := o.Namespace // "" for a ClusterRoleBinding
	kind, name := o.Text("roleRef.kind"), o.Text("roleRef.name")
	from := ""
	if kind == "Role" {
		from = scope
	}
	bound := posture.Power{Bound: true, Binding: gatewayapi.RefOf(o, ""), Scope: scope, Role: posture.Ref{APIVersion: o.APIVersion, Kind: kind, Namespace: from, Name: name}}
	named := r.roles.find(kind, from, name)
	subjects, _ := o.Get("subjects").([]any)
	for i := range subjects {
		at := object.Item("subjects", i)
		bound.Holder = holder(o.Text(at+".kind"), cmp.Or(o.Text(at+".namespace"), scope), o.Text(at+".name"))
		if named == nil {
			unknown := bound
			unknown.By, unknown.Why = gatewayapi.RefOf(o, "roleRef.name"), fmt.Sprintf("%s %s is not in Git", kind, name)
			if !harmless[name] {
				r.add(unknown, []posture.Reach{{Over: posture.OverUnknown}})
			}
			continue
		}
		for _, one := range r.roles.parts(named, r.used) {
			r.rules(bound, one, o)
		}
	}
}

// harmless are ClusterRoles of the API server's own that let nobody change or read anything that protects a gateway. Source:
// k8s.io/kubernetes v1.36.3 plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go.
var harmless = map[string]bool{
	"system:auth-delegator": true, "system:basic-user": true, "system:discovery": true, "system:kube-aggregator": true, "system:kube-dns": true,
	"system:kube-scheduler": true, "system:monitoring": true, "system:node-problem-detector": true, "system:node-proxier": true,
	"system:public-info-viewer": true, "system:service-account-issuer-discovery": true, "system:volume-scheduler": true,
	"extension-apiserver-authentication-reader": true, "system::leader-locking-kube-scheduler": true,
}

// holder is a binding's subject. A service account is one however the binding writes it. Source: k8s.io/apiserver
// pkg/authentication/serviceaccount, MatchesUsername.
func holder(kind, namespace, name string) posture.Subject {
	if rest, account := strings.CutPrefix(name, "system:serviceaccount:"); account && kind == rbacv1.UserKind {
		if in, its, whole := strings.Cut(rest, ":"); whole {
			return posture.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: in, Name: its}
		}
	}
	if kind != rbacv1.ServiceAccountKind {
		namespace = ""
	}
	return posture.Subject{Kind: kind, Namespace: namespace, Name: name}
}

// unbound adds what a role in Git would let those do whom something outside Git binds to it.
func (r *powers) unbound(one *role) {
	p := posture.Power{
		Holder: gatewayapi.SubjectOf(one.object), Scope: one.object.Namespace, Role: gatewayapi.RefOf(one.object, ""),
		Why: "nothing in Git binds it, so whoever is bound to it elsewhere may",
	}
	r.rules(p, one, nil)
}

// rules adds a power for each rule of a role that is about something guarded.
func (r *powers) rules(p posture.Power, one *role, binding *object.Object) {
	for i, rule := range one.rules {
		q := p
		q.Verbs = slices.Sorted(slices.Values(rule.Verbs))
		q.Broad = one.object == nil || some(rule.APIGroups, "*")
		if one.object != nil {
			q.By = gatewayapi.RefOf(one.object, object.Item("rules", i))
			if len(rule.Verbs) > 0 {
				q.By.Field += ".verbs"
			}
		} else {
			q.By = gatewayapi.RefOf(binding, "roleRef.name")
			q.Why = fmt.Sprintf("ClusterRole %s is the API server's own", one.name)
		}
		reached := r.over(rule)
		if !q.Broad {
			named := slices.ContainsFunc(rule.APIGroups, func(group string) bool { return r.guarded.Groups[group] })
			q.Wildcard = named && changes(rule) && (some(rule.Verbs, "*") || some(rule.Resources, "*"))
			if q.Wildcard && !some(rule.Verbs, "*") {
				q.By.Field = object.Item("rules", i) + ".resources"
			}
			q.Escalates = slices.ContainsFunc(reached, func(x posture.Reach) bool { return x.Over == posture.OverAccess })
		}
		r.add(q, reached)
	}
}

// add notes a power with every place that it reaches; nothing when there is none.
func (r *powers) add(p posture.Power, over []posture.Reach) {
	p.Reaches = nil
	namespaces := r.guarded.namespaces()
	if p.Scope != "" {
		namespaces = []string{p.Scope}
	}
	for _, what := range over {
		if p.Scope == "" && (clusterWide[what.Over]) {
			what.Place, what.Namespace = posture.PlaceCluster, ""
			p.Reaches = append(p.Reaches, what)
		}
		for _, namespace := range namespaces {
			if r.guarded.within(what.Over, namespace, what.Names) {
				what.Place, what.Namespace = r.guarded.place(namespace), namespace
				p.Reaches = append(p.Reaches, what)
			}
		}
	}
	if len(p.Reaches) > 0 {
		r.out = append(r.out, p)
	}
}

// clusterWide is what is in no namespace, or reaches beyond one, as soon as the binding does.
var clusterWide = map[string]bool{posture.OverClasses: true, posture.OverInstallation: true, posture.OverAccess: true}
