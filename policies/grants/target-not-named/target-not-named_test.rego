package gatespan.rules.grants["target-not-named_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.grants["target-not-named"] as rule

granting(change) := given.posture({"grants": [object.union(given.safe_grant, change)]})

test_blocks_a_target_without_a_name if {
	given.blocks(rule.deny) with input as granting({"toName": ""})
	given.says(rule.deny, "every Service of namespace relay") with input as granting({"toName": ""})
}

test_passes_a_named_target if given.passes(rule.deny) with input as granting({})
