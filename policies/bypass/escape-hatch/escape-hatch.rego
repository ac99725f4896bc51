# METADATA
# title: Configuration that can undo all other
# description: |
#   An escape hatch patches what the controller generates, or runs code in the data path: EnvoyPatchPolicy, EnvoyFilter,
#   Lua, Wasm, a replaced bootstrap. After it, what the other fields say is not what is enforced.
# scope: package
# custom:
#   severity: block
#   remediation: remove it and say the same with fields that are judged; a waiver can name one that was reviewed
#   bad: |
#     kind: EnvoyPatchPolicy
#     spec: {type: JSONPatch}
#   good: |
#     kind: ClientTrafficPolicy
#     spec: {tls: {minVersion: "1.3"}}
package gatespan.rules.bypass["escape-hatch"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.at(hatch.subject, hatch.by, hatch.by.field, finding.because(message, hatch.why)) if {
	some hatch in input.posture.hatches
	touches_scope(hatch)
	message := sprintf("%s can undo what the gateway enforces", [finding.name(hatch.subject)])
}

# A hatch that names no gateway may touch all of them.
touches_scope(hatch) if count(hatch.gateways) == 0

touches_scope(hatch) if {
	some gateway in hatch.gateways
	not scope.public(gateway)
}
