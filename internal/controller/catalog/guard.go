package catalog

import (
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// guarded is where the things are that protect a cluster's exposed gateways: those that ask for client certificates, or pass TLS through, and
// serve no browsers, and the workloads that hold client certificates. It is empty where there are none.
func guarded(cluster controller.Cluster, profiles []controller.Profile, objects *object.Set, p posture.Posture) kubernetes.Guarded {
	g := kubernetes.NewGuarded()
	for group := range kinds(profiles) {
		g.Groups[group] = true
	}
	exits := map[posture.Subject]bool{}
	for _, x := range p.Exits {
		if x.Certificate.Value != "" {
			g.Consumers[x.Subject.Namespace] = true
			exits[x.Gateway] = true
		}
	}
	for _, e := range p.Entries {
		exposed := e.Served.Value && !public(cluster, e.Gateway) &&
			(e.TLS.Value == posture.TLSPassthrough || e.TLS.Value == posture.TLSTerminate && e.ClientAuth.Value != posture.ClientNone)
		if !exposed && !exits[e.Gateway] {
			continue
		}
		if exits[e.Gateway] && e.Scheme.Value == posture.SchemeCluster {
			g.Consumers[e.Gateway.Namespace], g.Consumers[e.Subject.Namespace] = true, true
		} else {
			g.Gateways[e.Gateway.Namespace], g.Gateways[e.Subject.Namespace] = true, true
		}
		g.Hold("Gateway", e.Gateway.Namespace, e.Gateway.Name)
		g.Hold("Gateway", e.Subject.Namespace, e.Subject.Name)
		for _, namespace := range e.Attachment.Value.Namespaces {
			g.Routes[namespace] = true
		}
		for _, r := range e.Routes {
			g.Routes[r.Ref.Namespace] = true
			g.Hold("Route", r.Ref.Namespace, r.Ref.Name)
			for _, b := range r.Backends {
				if !b.External && b.Ref.Kind == "Service" {
					g.Services[b.Ref.Namespace] = true
				}
			}
		}
	}
	if g.Empty() {
		return g
	}
	if cluster.Controller.DataPlaneNamespace != "" {
		g.Gateways[cluster.Controller.DataPlaneNamespace] = true
	}
	for _, r := range p.References {
		from := r.From.Namespace
		if g.Gateways[from] || g.Consumers[from] || g.Services[from] {
			g.Hold(r.To.Kind, r.To.Namespace, r.To.Name)
		}
	}
	authorities(objects, g)
	return g
}

func public(cluster controller.Cluster, gateway posture.Subject) bool {
	for _, named := range cluster.PublicGateways {
		if gateway.Kind == "Gateway" && named.Namespace == gateway.Namespace && named.Name == gateway.Name {
			return true
		}
	}
	return false
}

// authorities adds the Secrets of cert-manager's certificate authorities: whoever reads one signs any identity. Those of ClusterIssuers are
// in the namespace that cert-manager runs in (docs, reference/cli/controller: --cluster-resource-namespace, cert-manager by default).
func authorities(objects *object.Set, g kubernetes.Guarded) {
	const group, home = "cert-manager.io", "cert-manager"
	for _, o := range objects.Kind(group, "Certificate") {
		if ca, _ := o.Get("spec.isCA").(bool); ca {
			g.Hold("Secret", o.Namespace, o.Text("spec.secretName"))
		}
	}
	for _, kind := range []string{"Issuer", "ClusterIssuer"} {
		for _, o := range objects.Kind(group, kind) {
			namespace := o.Namespace
			if kind == "ClusterIssuer" {
				namespace = home
			}
			if secret := o.Text("spec.ca.secretName"); secret != "" && !strings.Contains(secret, "${") {
				g.Hold("Secret", namespace, secret)
			}
		}
	}
}
