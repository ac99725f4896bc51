# METADATA
# title: A CA bundle that nothing makes
# description: |
#   A reference to a CA bundle that no object of the cluster holds, no object makes and the fleet does not declare. Some
#   controllers fail open then, others stop serving; and whoever can create an object of that name chooses the CA.
# scope: package
# custom:
#   severity: block
#   remediation: add the ConfigMap, an object that makes it, or name it in the trust domain or in provided
#   bad: |
#     caCertificateRefs: [{kind: ConfigMap, name: edge-client-caa}] # a typo
#   good: |
#     caCertificateRefs: [{kind: ConfigMap, name: edge-client-ca}]
package gatespan.rules.mtls["missing-ca"]

import data.gatespan.lib.references

deny contains references.broken(reference) if {
	some reference in references.dangling
	reference.to.kind in references.bundles
}
