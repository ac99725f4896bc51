package gatespan.rules.unknown.field_test

import data.gatespan.lib.testing as given
import data.gatespan.rules.unknown.field as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.unknown("field")

test_passes_other_facts if given.passes(rule.deny) with input as given.unknown("other")

test_blocks_a_policy_that_is_named_like_a_public_gateway if {
	policy := {"kind": "ClientTrafficPolicy", "namespace": "edge", "name": "edge", "listener": ""}
	unsafe := given.posture({"unknowns": [object.union(given.unknown("field").posture.unknowns[0], {"subject": policy})]})
	given.blocks(rule.deny) with input as given.public(unsafe)
}

test_blocks_what_rendering_found if given.blocks(rule.deny) with input as given.fact("unknown/field")

test_warns_on_a_public_gateway if given.warns(rule.deny) with input as given.public(given.unknown("field"))
