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
