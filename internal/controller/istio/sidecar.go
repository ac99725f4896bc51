package istio

import (
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/posture"
)

// sidecarExits are the calls that sidecars make by themselves: those that leave in plaintext because sidecars get no TLS at all from a rule
// that names a credential and has no workloadSelector (cluster_tls.go buildUpstreamClusterTLSContext), and those that present a certificate.
func (r *reader) sidecarExits() {
	for i := range r.services {
		s := &r.services[i]
		for _, host := range s.spec.Hosts {
			for _, p := range s.spec.Ports {
				targets := addresses(s, host, p.Number)
				for _, t := range targets {
					r.Posture.Destinations = append(r.Posture.Destinations, posture.Destination{By: gatewayapi.RefOf(s.object, ""), Host: t.dial, Port: t.dialPort})
				}
				r.certifiedExits(s, host, p.Number, targets)
				r.plainExits(s, host, p.Number)
			}
		}
	}
}

// plainExits are the calls of one port of a ServiceEntry that get no TLS from the rule that asks for it.
func (r *reader) plainExits(s *item[serviceEntrySpec], host string, port int) {
	for _, d := range r.rules {
		if d.policy || d.spec.WorkloadSelector != nil || d.spec.TrafficPolicy == nil || d.host != host && !wildcardMatches(d.host, host) {
			continue
		}
		c := d.choose(d.spec.TrafficPolicy, "spec.trafficPolicy", port)
		if c.tls == nil || c.tls.CredentialName == "" || strings.HasPrefix(c.tls.CredentialName, "configmap://") || c.tls.Mode != modeSimple && c.tls.Mode != modeMutual {
			continue
		}
		u := plain(c.at(".credentialName"), "sidecars get no TLS from a rule with credentialName and without workloadSelector")
		for _, t := range r.targets(s, host, port) {
			r.Posture.Exits = append(r.Posture.Exits, posture.Exit{
				Subject: gatewayapi.SubjectOf(d.object), Controller: r.Profile.Name, Destination: gatewayapi.RefOf(s.object, ""),
				Host: t.dial, Port: t.dialPort, Paths: []posture.Ref{},
				TLS: u.tls, MinTLS: unheld("", u.tls.By, u.tls.Why), Certificate: u.certificate, CA: u.ca, Names: u.names,
				Users: unheld(posture.Users{Everybody: true, Principals: []string{}, Pods: []string{}}, u.tls.By, "every workload with a sidecar that sees the rule"),
			})
		}
	}
}

// certifiedExits are the calls of one port of a ServiceEntry for which a rule gives sidecars a client certificate. Which pods a rule is for is
// all that is known of them; those of an egress gateway are exits of that gateway.
func (r *reader) certifiedExits(s *item[serviceEntrySpec], host string, port int, targets []target) {
	seen := map[posture.Subject]bool{}
	for _, d := range r.rules {
		if d.policy || d.host != host && !wildcardMatches(d.host, host) || d.spec.TrafficPolicy == nil {
			continue
		}
		w := workload{namespace: d.object.Namespace}
		subject := kubernetes.Workload(w.namespace, "*")
		if d.spec.WorkloadSelector != nil {
			w.labels = d.spec.WorkloadSelector.MatchLabels
			subject.Name = posture.Text(w.labels)
		}
		if seen[subject] || r.ofGateway(w) {
			continue
		}
		seen[subject] = true
		var choices []choice
		for _, c := range r.choices(host, s.object.Namespace, w, port) {
			if c.tls != nil && c.tls.CredentialName != "" && c.rule.spec.WorkloadSelector == nil && !strings.HasPrefix(c.tls.CredentialName, "configmap://") {
				c.tls, c.why = nil, "sidecars get no TLS from a rule with credentialName and without workloadSelector"
			}
			choices = append(choices, c)
		}
		u, ok := r.weakest(choices, host, s, w)
		for _, t := range targets {
			if !ok {
				continue
			}
			if u.tls.Value != "tls" || u.certificate.Value == "" {
				r.Posture.Destinations = append(r.Posture.Destinations, posture.Destination{Subject: subject, By: u.tls.By, Host: t.dial, Port: t.dialPort})
				continue
			}
			exit := posture.Exit{
				Subject: subject, Controller: r.Profile.Name, Destination: gatewayapi.RefOf(s.object, ""), Host: t.dial, Port: t.dialPort,
				Paths: []posture.Ref{}, TLS: u.tls, Certificate: u.certificate, CA: u.ca, Names: u.names, SNI: u.sni,
				MinTLS: unheld("1.2", u.tls.By, "Istio has no field for the lowest TLS version towards destinations"),
				Users: posture.Setting[posture.Users]{
					Value:    posture.Users{Principals: []string{}, Pods: []string{subject.Namespace + ": " + subject.Name}},
					Enforcer: posture.ByMesh, By: u.certificate.By, Why: "the sidecars of these pods have the certificate",
				},
			}
			if forced := r.compliance(); forced != nil {
				exit.MinTLS = by(forced.lowest, forced.at, forced.why)
			}
			r.Posture.Exits = append(r.Posture.Exits, exit)
		}
	}
}

// ofGateway: the pods are the proxies of a Gateway.
func (r *reader) ofGateway(w workload) bool {
	return len(w.labels) > 0 && slices.ContainsFunc(r.Gateways, func(g *gatewayapi.Gateway) bool {
		return g.Object.Namespace == w.namespace && subsetOf(w.labels, podLabels(g))
	})
}
