# METADATA
# title: A reference that nothing makes, and the controller may do without
# description: |
#   An object is referred to that no object of the cluster makes and the fleet does not declare, and the controller is known
#   to go on without it, or not known to stop.
# scope: package
# custom:
#   severity: block
#   remediation: add the object, one that makes it, or name it in provided
#   bad: |
#     serversTransport: {rootCAs: [{secret: gone}]}
#   good: |
#     serversTransport: {rootCAs: [{configMap: corp-ca}]}
package gatespan.rules.unknown.reference

import data.gatespan.lib.references

deny contains references.broken(reference) if {
	some reference in references.dangling
	not reference.to.kind in references.bundles
	reference.onMissing != "closed"
}
