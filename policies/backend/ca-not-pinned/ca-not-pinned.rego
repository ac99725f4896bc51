# METADATA
# title: Any CA may vouch for the pod
# description: |
#   The certificate of the pod must chain to the CA that the fleet names, not to the system's roots, and its check must not
#   be switched off: otherwise whoever can answer for the Service is believed. Where a gateway checks no certificate
#   at all (aws-lb), the fleet's service.attestation says who answers for the way to the pods.
# scope: package
# custom:
#   severity: block
#   remediation: name the CA bundle of the trust domain in the BackendTLSPolicy
#   bad: |
#     validation: {hostname: relay.relay.svc, wellKnownCACertificates: System}
#   good: |
#     validation: {hostname: relay.relay.svc, caCertificateRefs: [{kind: ConfigMap, name: corp-ca}]}
package gatespan.rules.backend["ca-not-pinned"]

import data.gatespan.lib.anchors
import data.gatespan.lib.finding
import data.gatespan.lib.hops

deny contains object.union(found, hops.severity(hop)) if {
	some hop in hops.all
	hop.backend.tls.value == "tls"
	not unchecked(hop)
	some found in anchors.findings(hop.entry.subject, hop.backend.ca, declared(hop), sprintf("the hop to %s", [finding.name(hop.backend.ref)]))
}

# unchecked: the gateway checks no certificate at all, and the fleet says who answers for the hop instead.
unchecked(hop) if {
	count(hop.backend.ca.value) == 0
	hops.attested(hop)
}

declared(hop) := sums if {
	sums := {anchors.plain(sum) | some want in hops.wanted(hop); some sum in want.backendSHA256}
	count(sums) > 0
} else := anchors.fleet
