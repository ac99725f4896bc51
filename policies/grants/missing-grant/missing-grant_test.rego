package gatespan.rules.grants["missing-grant_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.grants["missing-grant"] as rule

refers(change) := given.posture({"references": [object.union(given.safe_reference, change)]})

test_blocks_a_reference_without_a_grant if {
	given.blocks(rule.deny) with input as refers({"granted": false})
	given.says(rule.deny, "HTTPRoute edge/relay refers to Service relay/relay without a ReferenceGrant") with input as refers({"granted": false})
}

test_blocks_where_the_controller_does_not_ask if {
	given.says(rule.deny, "the controller does not ask") with input as refers({"granted": false, "ignored": "the controller does not ask"})
}

test_blocks_a_backend_that_is_not_among_the_references if given.blocks(rule.deny) with input as given.backend({"granted": false})

test_blocks_a_backend_once if {
	both := object.union(given.backend({"granted": false}), given.posture({"references": [object.union(given.safe_reference, {"granted": false})]}))
	unsafe := object.union(both, {"posture": {"entries": given.backend({"granted": false}).posture.entries}})
	count(rule.deny) == 1 with input as unsafe
}

test_passes_a_granted_reference if given.passes(rule.deny) with input as refers({})

test_passes_a_reference_within_the_namespace if given.passes(rule.deny) with input as refers({"crossNamespace": false})

test_passes_within_the_namespace_though_not_granted if given.passes(rule.deny) with input as refers({"crossNamespace": false, "granted": false})

test_blocks_a_mirror if given.blocks(rule.deny) with input as given.route({"mirrors": [object.union(given.safe_backend, {"granted": false})]})

test_passes_a_granted_backend if given.passes(rule.deny) with input as given.entry({})

with_references(references) := object.union(given.backend({"granted": false}), {"posture": {"references": references}})

test_blocks_a_backend_once_with_its_reason if {
	ignored := object.union(given.safe_reference, {"granted": false, "ignored": "the controller does not ask"})
	count(rule.deny) == 1 with input as with_references([ignored])
}

test_blocks_a_backend_beside_other_references if {
	other := object.union(given.safe_reference, {"from": given.ref("HTTPRoute", "edge", "other")})
	given.blocks(rule.deny) with input as with_references([other])
}
