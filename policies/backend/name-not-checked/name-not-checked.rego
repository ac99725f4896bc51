# METADATA
# title: The name of the pod is not checked
# description: |
#   Without a name in the check every certificate of the CA will do, so that any pod of the trust domain can stand in for
#   this one. For an exposure the name is the declared one. Where a gateway checks no certificate at all (aws-lb), the fleet's
#   service.attestation says who answers for the way to the pods.
# scope: package
# custom:
#   severity: block
#   remediation: set the hostname of the Service in the BackendTLSPolicy, and subjectAltNames where the controller needs them (Istio)
#   bad: |
#     validation: {hostname: other.example.com, caCertificateRefs: [{kind: ConfigMap, name: corp-ca}]}
#   good: |
#     validation: {hostname: relay.relay.svc, caCertificateRefs: [{kind: ConfigMap, name: corp-ca}]}
package gatespan.rules.backend["name-not-checked"]

import data.gatespan.lib.hops

deny contains hops.judge(hop, hop.backend.name, "checks no name in the certificate") if {
	some hop in hops.all
	hop.backend.tls.value == "tls"
	hop.backend.name.value == ""
	not hops.attested(hop)
}

deny contains hops.judge(hop, hop.backend.name, sprintf("checks the name %s, and the exposure wants %s", [name, want.backendName])) if {
	some hop in hops.all
	hop.backend.tls.value == "tls"
	some want in hops.wanted(hop)
	want.backendName != ""
	name := hop.backend.name.value
	not name in {"", want.backendName}
}
