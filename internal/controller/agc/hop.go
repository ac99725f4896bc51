package agc

import (
	"fmt"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// hops fills in how a listener's backends are reached. A Service of type ExternalName is answered with 500 (github.com/Azure/AKS/issues/5776)
// and leads nowhere.
func (r *reader) hops(e *posture.Entry) {
	for i := range e.Routes {
		for _, list := range [][]posture.Backend{e.Routes[i].Backends, e.Routes[i].Mirrors} {
			for j := range list {
				if b := &list[j]; b.Ref.Kind == "Service" && !b.External {
					r.hop(b)
				}
			}
		}
	}
}

// hop is the weakest of what the policies for the Service's port say; without one it is plaintext. Only BackendTLSPolicies of the
// controller's own group count: nothing says that it reads those of Gateway API.
func (r *reader) hop(b *posture.Backend) {
	winners, detached := r.serving(b)
	if len(winners) == 0 {
		b.TLS = unheld(posture.TLSNone, detached.at, detached.why)
		return
	}
	tie := ""
	if len(winners) > 1 {
		tie = fmt.Sprintf("; %d policies are for it, one of them counts, and Git does not tell which", len(winners))
	}
	for i, p := range winners {
		at := gatewayapi.Nearest(p.object, "spec.default")
		ca, name := r.server(p)
		if i == 0 {
			b.TLS = by("tls", at, fmt.Sprintf("%s is for it", p.object)+tie)
			b.MinTLS = unheld(lowest, at, "no lowest version towards backends is documented")
			b.CA, b.Name, b.Certificate = ca, name, presented(p)
			continue
		}
		if c := presented(p); c.Value != b.Certificate.Value {
			b.Certificate = unheld("", c.By, "the policies for it differ in the certificate"+tie)
		}
		b.CA.Value = append(b.CA.Value, ca.Value...)
		if len(ca.Value) == 0 {
			b.CA = ca
		}
		if b.Name.Value != name.Value {
			b.Name = unheld("", name.By, "the policies for it differ in the name"+tie)
		}
	}
}

// serving are the policies for a backend's port: those that list its number (docs how-to-backend-mtls-gateway-api.md).
func (r *reader) serving(b *posture.Backend) (winners []policy[backendTLS], detached miss) {
	detached = miss{at: b.From, why: "no BackendTLSPolicy of " + Group + " is for it"}
	service := r.Objects.Find("", "Service", b.Ref.Namespace, b.Ref.Name)
	if service == nil { // of another repository, or made by hand: a policy can be for it all the same
		service = &object.Object{APIVersion: "v1", Kind: "Service", Namespace: b.Ref.Namespace, Name: b.Ref.Name}
	}
	port := r.PortName(b.Ref.Namespace, b.Ref.Name, b.Port)
	for _, p := range r.backend {
		m := r.reach(p.object, p.spec.TargetRef, p.spec.Override, service, port, portNames(service))
		switch {
		case m.reaches && lists(p.spec.Default, b.Port):
			winners = append(winners, p)
		case m.reaches:
			detached = miss{at: gatewayapi.Nearest(p.object, "spec.default.ports"), why: fmt.Sprintf("%s does not list port %d", p.object, b.Port)}
		case m.why != "" && p.spec.TargetRef.Name == service.Name:
			detached = m
		}
	}
	if len(winners) > 0 {
		return winners, miss{}
	}
	if core := r.BackendTLSPolicies(b.Ref.Namespace, b.Ref.Name, "", "Service", port); len(core) > 0 && detached.at == b.From {
		detached = miss{
			at:  gatewayapi.RefOf(core[0].Object, core[0].Field()),
			why: fmt.Sprintf("nothing says that the controller reads a BackendTLSPolicy of %s; it takes one of %s", gatewayapi.Group, Group),
		}
	}
	return nil, detached
}

// portNames are the sections of a Service.
func portNames(service *object.Object) []string {
	ports, _ := service.Get("spec.ports").([]any)
	var out []string
	for i := range ports {
		out = append(out, service.Text(object.Item("spec.ports", i)+".name"))
	}
	return out
}

func lists(d *backendTLS, port int) bool {
	if d == nil {
		return false
	}
	for _, p := range d.Ports {
		if p.Port == port {
			return true
		}
	}
	return false
}

// presented is the certificate that a policy makes the controller present to the pods (docs how-to-backend-mtls-gateway-api.md).
func presented(p policy[backendTLS]) posture.Setting[string] {
	const field = "spec.default.clientCertificateRef"
	at := gatewayapi.Nearest(p.object, field)
	ref := p.spec.Default.ClientCertificateRef
	if ref == nil {
		return unheld("", at, "clientCertificateRef is not set")
	}
	namespace := p.object.Namespace
	if ref.Namespace != nil {
		namespace = string(*ref.Namespace)
	}
	return by("Secret "+namespace+"/"+string(ref.Name), at, "clientCertificateRef names it")
}

// server is how a policy verifies the pods' certificate. Without verify it does not; sni alone checks no name.
func (r *reader) server(p policy[backendTLS]) (posture.Setting[[]posture.Anchor], posture.Setting[string]) {
	at := gatewayapi.Nearest(p.object, "spec.default.verify")
	v := p.spec.Default.Verify
	if v == nil || v.CACertificateRef == nil {
		why := "verify names no CA"
		return unheld([]posture.Anchor{}, at, why), unheld("", at, why)
	}
	const field = "spec.default.verify.caCertificateRef"
	anchors, why := r.bundle(p.object, field, *v.CACertificateRef)
	if why != "" {
		return unheld([]posture.Anchor{}, gatewayapi.RefOf(p.object, field), why), unheld("", at, why)
	}
	ca := by(anchors, gatewayapi.RefOf(p.object, field), "the BackendTLSPolicy names it")
	if v.SubjectAltName == "" {
		return ca, unheld("", at, "verify has no subjectAltName")
	}
	return ca, by(v.SubjectAltName, gatewayapi.RefOf(p.object, "spec.default.verify.subjectAltName"), "subjectAltName is checked")
}
