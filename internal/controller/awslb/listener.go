package awslb

import (
	"fmt"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// terminate is what a listener that ends TLS requires: versions, and of clients. certificateRefs, options and spec.tls.frontend of the
// Gateway are not read (docs/guide/gateway/l7gateway.md).
func (r *reader) terminate(c config, l *gatewayapi.Listener, balancer string, e *posture.Entry) {
	found, ok := c.listener(key(l))
	at, why := c.nearest(), "no entry of listenerConfigurations is for "+key(l)
	switch stray, name := c.stray(keys(l.Gateway)); {
	case c.unseen != "":
		at, why, ok = c.at, c.unseen, false
	case ok:
	case name != "":
		at, why = stray, fmt.Sprintf("the entry of listenerConfigurations for %s matches no listener and is dropped", name)
	case l.Gateway.Spec.TLS != nil && l.Gateway.Spec.TLS.Frontend != nil:
		at, why = gatewayapi.RefOf(l.Gateway.Object, "spec.tls.frontend"), "the controller does not read spec.tls.frontend; it takes mutualAuthentication of a "+kindLoadBalancer
	}
	r.versions(found, ok, at, why, e)
	if !ok || found.MutualAuthentication == nil || balancer != controllerALB {
		switch {
		case balancer != controllerALB:
			at, why = l.Ref(".protocol"), "a Network Load Balancer verifies no clients"
		case ok:
			at, why = found.ref(".mutualAuthentication"), "the entry of listenerConfigurations has no mutualAuthentication"
		}
		e.ClientAuth = unheld(posture.ClientNone, at, why)
		e.ClientCA = unheld([]posture.Anchor{}, at, why)
		return
	}
	r.clients(found, e)
}

// versions are those of the listener's TLS policy; without one those of the controller's flag --default-ssl-policy, which is not in Git.
func (r *reader) versions(f found, ok bool, at posture.Ref, why string, e *posture.Entry) {
	if !ok || f.SSLPolicy == nil {
		if ok {
			at, why = f.ref(".sslPolicy"), "no sslPolicy is set"
		}
		v, _ := known(defaultPolicy)
		e.MinTLS = by(v.lowest, at, fmt.Sprintf("%s holds by default: %s", defaultPolicy, why))
		e.MaxTLS = by(v.highest, at, fmt.Sprintf("%s holds by default: %s", defaultPolicy, why))
		e.Ciphers = by(v.suites(), at, fmt.Sprintf("%s holds by default: %s", defaultPolicy, why))
		return
	}
	at = f.ref(".sslPolicy")
	v, named := known(*f.SSLPolicy)
	if !named {
		r.Unknown(f.object, "value", f.field+".sslPolicy", fmt.Sprintf("%q is no TLS policy of Elastic Load Balancing that is known", *f.SSLPolicy))
		e.MinTLS = unheld("1.0", at, "sslPolicy is not known")
		e.MaxTLS = unheld("1.3", at, "sslPolicy is not known")
		return
	}
	e.MinTLS = by(v.lowest, at, "sslPolicy is "+*f.SSLPolicy)
	e.MaxTLS = by(v.highest, at, "sslPolicy is "+*f.SSLPolicy)
	e.Ciphers = by(v.suites(), at, "sslPolicy is "+*f.SSLPolicy)
}

// clients is what an ALB asks of clients. It resumes no sessions while it does (AWS, mutual-authentication.html).
func (r *reader) clients(f found, e *posture.Entry) {
	m, at := f.MutualAuthentication, f.ref(".mutualAuthentication.mode")
	none := func(why string) {
		e.ClientAuth = unheld(posture.ClientNone, at, why)
		e.ClientCA = unheld([]posture.Anchor{}, at, why)
	}
	switch {
	case m.Mode == "off":
		none("mode is off")
		return
	case m.Mode == "passthrough":
		none("mode passthrough hands certificates on to the pods and verifies none")
		return
	case m.Mode != "verify":
		r.Unknown(f.object, "value", f.field+".mutualAuthentication.mode", fmt.Sprintf("%q is none of off, passthrough, verify", m.Mode))
		none("mode is not known")
		return
	case m.TrustStore == "":
		r.Unknown(f.object, "value", f.field+".mutualAuthentication", "the API server would refuse it: mode verify needs a trustStore")
		none("mode is verify, and there is no trustStore")
		return
	}
	e.ClientAuth = by(posture.ClientRequired, at, "mode is verify")
	e.ClientCA = by([]posture.Anchor{r.trustStore(f)}, f.ref(".mutualAuthentication.trustStore"), "trustStore names it")
	e.Identities.By = at
	e.Identities.Why = "a load balancer accepts every certificate of its trust store"
	e.Resumption = by(false, at, "a load balancer that verifies clients resumes no sessions")
	e.Resumption.Enforcer = posture.ByGateway
	if m.IgnoreExpiry != nil && *m.IgnoreExpiry {
		e.Expired = unheld(true, f.ref(".mutualAuthentication.ignoreClientCertificateExpiry"), "ignoreClientCertificateExpiry is true")
	}
	// The headers that it adds are documented; what becomes of those that a client sends under the same names is not, and the header of
	// mode passthrough, X-Amzn-Mtls-Clientcert, is not among those that it adds.
	e.Forwarding = by("sanitize", at, "the load balancer writes X-Amzn-Mtls-Clientcert-* itself")
	for i, a := range f.Attributes { // AWS, header-modification.html, "Rename mTLS/TLS headers"
		if strings.HasPrefix(a.Key, "routing.http.request.x_amzn_mtls_clientcert") {
			e.Forwarding = unheld("forward", f.ref(object.Item(".listenerAttributes", i)),
				"the load balancer writes the header under another name, and nothing replaces one that a client sends under its own")
		}
	}
	r.Assume(f.object, f.field+".mutualAuthentication.mode",
		"the load balancer replaces X-Amzn-Mtls-Clientcert-* headers that a client sends, which AWS does not document, and pods take no identity from others")
}

// trustStore is the bundle that clients are verified with. What is in it is not in Git: the fleet says whose roots they are. A name is
// one of the account and region of the cluster (pkg/shared_utils GetTrustStoreArnFromName).
func (r *reader) trustStore(f found) posture.Anchor {
	name := f.MutualAuthentication.TrustStore
	a := posture.Anchor{Ref: posture.Ref{Kind: "TrustStore", Name: name}, Source: gatewayapi.FromSecret}
	matches := 0
	for _, s := range r.Cluster.TrustStores {
		if s.ARN != name && (strings.HasPrefix(name, "arn:") || nameOf(s.ARN) != name) {
			continue
		}
		for _, td := range r.Cluster.TrustDomains {
			if td.Name == s.TrustDomain {
				matches++
				a.SHA256, a.TrustDomain, a.Source = gatewayapi.Sums(td.SHA256), td.Name, gatewayapi.FromFleet
			}
		}
	}
	if matches != 1 {
		return posture.Anchor{Ref: a.Ref, Source: gatewayapi.FromSecret}
	}
	r.Assume(f.object, f.field+".mutualAuthentication.trustStore", fmt.Sprintf("trust store %s holds the roots of trust domain %s and no others", name, a.TrustDomain))
	return a
}

// nameOf is the name in the ARN of a trust store: arn:aws:elasticloadbalancing:<region>:<account>:truststore/<name>/<id>.
func nameOf(arn string) string {
	parts := strings.Split(arn, "/")
	if len(parts) != 3 {
		return ""
	}
	return parts[1]
}

// key is the protocol and port of the load balancer's listener that carries one of the Gateway's, as listenerConfigurations name it. TLS
// that is passed through is TCP, and TCP beside UDP is both (model_build_listener.go mapGatewayListenerConfigsByPort).
func key(l *gatewayapi.Listener) string {
	protocols := map[string]bool{}
	for _, other := range l.Gateway.Listeners {
		if other.Spec.Port == l.Spec.Port {
			protocols[protocolOf(other)] = true
		}
	}
	own := protocolOf(l)
	if protocols["TCP"] && protocols["UDP"] && (own == "TCP" || own == "UDP") {
		own = "TCP_UDP"
	}
	return fmt.Sprintf("%s:%d", own, l.Spec.Port)
}

func protocolOf(l *gatewayapi.Listener) string {
	t := l.Spec.TLS
	if l.Spec.Protocol == gatewayv1.TLSProtocolType && t != nil && t.Mode != nil && *t.Mode == gatewayv1.TLSModePassthrough {
		return "TCP"
	}
	return string(l.Spec.Protocol)
}

func keys(g *gatewayapi.Gateway) map[string]bool {
	out := map[string]bool{}
	for _, l := range g.Listeners {
		out[key(l)] = true
	}
	return out
}
