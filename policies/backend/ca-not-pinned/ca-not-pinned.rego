# METADATA
# title: Any CA may vouch for the pod
# description: |
#   The certificate of the pod must chain to the CA that the fleet names, not to the system's roots, and its check must not
#   be switched off: otherwise whoever can answer for the Service is believed.
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
	some found in anchors.findings(hop.entry.subject, hop.backend.ca, declared(hop), sprintf("the hop to %s", [finding.name(hop.backend.ref)]))
}

declared(hop) := sums if {
	sums := {anchors.plain(sum) | some want in hops.wanted(hop); some sum in want.backendSHA256}
	count(sums) > 0
} else := anchors.fleet
