package gatespan.rules.bypass["escape-hatch_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.bypass["escape-hatch"] as rule

test_blocks_a_patch if given.blocks(rule.deny) with input as given.posture({"hatches": [given.safe_hatch]})

test_blocks_a_patch_of_everything if {
	given.blocks(rule.deny) with input as given.public(given.posture({"hatches": [object.union(given.safe_hatch, {"gateways": []})]}))
}

test_passes_a_public_gateway if given.passes(rule.deny) with input as given.public(given.posture({"hatches": [given.safe_hatch]}))
