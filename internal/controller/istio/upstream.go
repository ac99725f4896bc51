package istio

import (
	"fmt"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// upstream is how a workload speaks to one destination.
type upstream struct {
	tls         posture.Setting[string] // TLSNone, "tls", "mesh"
	certificate posture.Setting[string]
	ca          posture.Setting[[]posture.Anchor]
	names       posture.Setting[[]string]
	sni         string
}

// strength orders upstreams: where Git does not tell which of several rules is in force, the weakest one counts.
func (u upstream) strength() int {
	switch {
	case u.tls.Value == posture.TLSNone:
		return 0
	case u.tls.Value == "mesh":
		return 100
	}
	n := 1
	if u.certificate.Value != "" {
		n += 8
	}
	if len(u.ca.Value) > 0 {
		n += 2
		if !slices.ContainsFunc(u.ca.Value, func(a posture.Anchor) bool { return a.System }) {
			n += 2
		}
	}
	if len(u.names.Value) > 0 {
		n++
	}
	return n
}

// weakest settles all choices and returns the weakest; ok is false when no rule says anything of TLS.
func (r *reader) weakest(choices []choice, host string, entry *item[serviceEntrySpec], w workload) (out upstream, ok bool) {
	for _, c := range choices {
		u := r.settle(c, host, entry, w)
		if !ok || u.strength() < out.strength() {
			out, ok = u, true
		}
	}
	if len(choices) > 1 {
		out.tls.Why += fmt.Sprintf("; %d rules are for the host, and the weakest counts because Git does not tell which is the oldest", len(choices))
	}
	return out, ok
}

// settle reads one TLS setting as Envoy would get it (pilot/pkg/networking/core/cluster_tls.go buildUpstreamClusterTLSContext).
func (r *reader) settle(c choice, host string, entry *item[serviceEntrySpec], w workload) upstream {
	if c.tls == nil {
		return plain(c.at(""), c.why)
	}
	t := c.tls
	mode := "tls mode is " + t.Mode
	if c.rule.policy {
		mode = "a BackendTLSPolicy is for it"
	}
	at := c.at(".mode")
	switch t.Mode {
	case modeSimple, modeMutual:
	case modeIstioMutual:
		return upstream{
			tls:         posture.Setting[string]{Value: "mesh", Enforcer: posture.ByMesh, By: at, Why: mode},
			certificate: posture.Setting[string]{Value: "mesh", Enforcer: posture.ByMesh, By: at, Why: mode},
			ca:          posture.Setting[[]posture.Anchor]{Value: r.meshAnchor(), Enforcer: posture.ByMesh, By: at, Why: mode},
			names:       posture.Setting[[]string]{Value: slices.Clone(t.SubjectAltNames), Enforcer: posture.ByMesh, By: at, Why: "the mesh checks the identities of the Service's pods"},
			sni:         t.SNI,
		}
	case modeDisable, "": // the enum's zero value is DISABLE
		return plain(at, "tls mode is DISABLE")
	default:
		r.Unknown(c.rule.object, "value", at.Field, fmt.Sprintf("%q is no TLS mode of a DestinationRule", t.Mode))
		return plain(at, mode)
	}
	out := upstream{tls: by("tls", at, mode), sni: t.SNI, certificate: unheld("", at, mode)}
	if t.Mode == modeMutual {
		out.certificate = r.presented(c, w)
	}
	out.ca = r.verified(c, w)
	out.names = r.named(c, host, entry)
	if t.insecure() {
		skip := c.at(".insecureSkipVerify")
		out.ca = unheld([]posture.Anchor{}, skip, "insecureSkipVerify is true")
		out.names = unheld([]string{}, skip, "insecureSkipVerify is true")
	}
	return out
}

func plain(at posture.Ref, why string) upstream {
	return upstream{
		tls: unheld(posture.TLSNone, at, why), certificate: unheld("", at, why),
		ca: unheld([]posture.Anchor{}, at, why), names: unheld([]string{}, at, why),
	}
}

// presented is the client certificate: a Secret of the workload's own namespace, or files in the proxy.
func (r *reader) presented(c choice, w workload) posture.Setting[string] {
	t := c.tls
	switch {
	case t.CredentialName != "":
		id := credential(t.CredentialName, w.namespace)
		at := c.at(".credentialName")
		r.Resolve(c.rule.object, at.Field, id, closed)
		return by("Secret "+id.Namespace+"/"+id.Name, at, "credentialName names it")
	case t.ClientCertificate != "":
		at := c.at(".clientCertificate")
		r.Assume(c.rule.object, at.Field, "the file "+t.ClientCertificate+" is in the proxy")
		return by("file "+t.ClientCertificate, at, "clientCertificate names it")
	default:
		return unheld("", c.at(""), "MUTUAL names no certificate")
	}
}

// credential is what a credentialName refers to (pilot/pkg/model/credentials/resource.go ParseResourceName).
func credential(name, namespace string) object.ID {
	name, _ = strings.CutPrefix(name, "kubernetes://")
	kind := "Secret"
	if rest, found := strings.CutPrefix(name, "configmap://"); found {
		name, kind = rest, "ConfigMap"
	}
	if ns, rest, found := strings.Cut(name, "/"); found {
		namespace, name = ns, rest
	}
	return object.ID{Kind: kind, Namespace: namespace, Name: name}
}

// verified is the CA of the server's certificate.
func (r *reader) verified(c choice, w workload) posture.Setting[[]posture.Anchor] {
	t := c.tls
	switch {
	case c.rule.policy:
		return by(c.rule.anchors.anchors, gatewayapi.Nearest(c.rule.object, c.rule.anchors.field), "a BackendTLSPolicy names it")
	case t.CredentialName != "":
		id, at := credential(t.CredentialName, w.namespace), c.at(".credentialName")
		if id.Kind == "ConfigMap" {
			ns := gatewayv1.Namespace(id.Namespace)
			anchors, _ := r.Anchors(c.rule.object, id.Namespace, at.Field, []gatewayv1.ObjectReference{{Kind: "ConfigMap", Namespace: &ns, Name: gatewayv1.ObjectName(id.Name)}}, closed)
			return by(anchors, at, "credentialName names it")
		}
		return by(r.secretAnchors(c.rule.object, at.Field, id.Namespace, id.Name), at, "the CA that goes with the credential")
	case t.CACertificates != "" && t.CACertificates != "system":
		at := c.at(".caCertificates")
		r.Assume(c.rule.object, at.Field, "the file "+t.CACertificates+" in the proxy holds the roots")
		return by([]posture.Anchor{{Ref: at, Source: gatewayapi.FromSecret}}, at, "caCertificates names a file")
	default:
		at := c.at("")
		return by([]posture.Anchor{{Ref: at, System: true, Source: gatewayapi.FromSecret}}, at, "no CA is named, so every public CA counts")
	}
}

// named is the names that are checked: subjectAltNames, those of the ServiceEntry, or the host that is asked for when sni is left out too.
// With sni alone no name is checked (setAutoSniAndAutoSanValidation).
func (r *reader) named(c choice, host string, entry *item[serviceEntrySpec]) posture.Setting[[]string] {
	t := c.tls
	switch {
	case len(t.SubjectAltNames) > 0:
		names := slices.Clone(t.SubjectAltNames)
		slices.Sort(names)
		return by(names, c.at(".subjectAltNames"), "subjectAltNames lists them")
	case entry != nil && len(entry.spec.SubjectAltNames) > 0:
		names := slices.Clone(entry.spec.SubjectAltNames)
		slices.Sort(names)
		return by(names, gatewayapi.RefOf(entry.object, "spec.subjectAltNames"), "subjectAltNames of the ServiceEntry lists them")
	case t.SNI == "":
		return by([]string{host}, c.at(""), "without sni and subjectAltNames the host of each request is checked")
	case c.rule.policy:
		return unheld([]string{}, gatewayapi.Nearest(c.rule.object, "spec.validation.subjectAltNames"), "Istio checks subjectAltNames only, and hostname is just the SNI")
	default:
		return unheld([]string{}, c.at(".sni"), "with sni and without subjectAltNames no name is checked")
	}
}
