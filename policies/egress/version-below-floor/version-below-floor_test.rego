package gatespan.rules.egress["version-below-floor_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.egress["version-below-floor"] as rule

old := {"minTLS": {"value": "1.2"}}

test_blocks_an_old_entry if given.blocks(rule.deny) with input as given.meeting(given.exit(old), {"minTLS": "1.2"})

test_blocks_one_old_entry_of_two if {
	both := object.union(given.exit({"minTLS": {"value": ""}}), {"peers": [given.peer, object.union(given.peer, {"minTLS": "1.2"})]})
	given.blocks(rule.deny) with input as both
}

test_blocks_a_floor_that_an_exposure_relies_on if given.blocks(rule.deny) with input as given.for_exit(given.exit(old), {"floorBy": "gateway"})

test_warns_of_an_unknown_entry if given.warns(rule.deny) with input as given.exit(old)

test_warns_of_an_unknown_peer_of_an_exposure if given.warns(rule.deny) with input as given.for_exit(given.exit(old), {"floorBy": "peer"})

test_passes_its_own_floor if given.passes(rule.deny) with input as given.meeting(given.exit({}), {"minTLS": "1.2"})

test_passes_the_floor_of_the_entry if given.passes(rule.deny) with input as given.meeting(given.exit(old), {})

test_passes_an_exposure_whose_entry_is_known if given.passes(rule.deny) with input as given.meeting(given.for_exit(given.exit(old), {"floorBy": "gateway"}), {})

test_passes_an_exposure_whose_pods_are_attested if given.passes(rule.deny) with input as given.for_exit(given.exit(old), {"floorBy": "attested"})

test_passes_plaintext_which_another_rule_blocks if given.passes(rule.deny) with input as given.exit(object.union(old, {"tls": given.setting("none")}))

test_warns_of_an_entry_that_does_not_end_tls if {
	given.warns(rule.deny) with input as given.meeting(given.exit(old), {"tls": "passthrough", "minTLS": ""})
}
