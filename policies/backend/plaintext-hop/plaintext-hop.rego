# METADATA
# title: The hop to the pod is plaintext
# description: |
#   Behind the gateway the request travels through the cluster's network. For an exposure that hop is TLS, the gateway's own
#   or the mesh's; without declared exposures it warns.
# scope: package
# custom:
#   severity: block
#   remediation: add a BackendTLSPolicy for the port of the Service
#   bad: |
#     kind: HTTPRoute # and no BackendTLSPolicy for Service relay
#     spec: {rules: [{backendRefs: [{name: relay, port: 8443}]}]}
#   good: |
#     kind: BackendTLSPolicy
#     spec: {targetRefs: [{kind: Service, name: relay}], validation: {hostname: relay.relay.svc, caCertificateRefs: [{kind: ConfigMap, name: corp-ca}]}}
package gatespan.rules.backend["plaintext-hop"]

import data.gatespan.lib.hops

deny contains hops.judge(hop, hop.backend.tls, "speaks plaintext") if {
	some hop in hops.all
	not hop.backend.tls.value in {"tls", "mesh"}
}
