package gatespan.rules.identity["certificate-purpose_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.identity["certificate-purpose"] as rule

serving(purposes) := given.certified(object.union(given.serving, {"purposes": {"value": purposes}}))

calling(purposes) := given.certified(object.union(given.calling, {"purposes": {"value": purposes}}))

inner(purposes) := given.certified(object.union(given.serving, {"serves": [given.egress_listener], "purposes": {"value": purposes}}))

test_blocks_a_server_that_may_only_call if {
	given.blocks(rule.deny) with input as serving(["client auth"])
	given.by(rule.deny, "Certificate", "edge-relay-tls") with input as serving(["client auth"])
	given.blocks(rule.deny) with input as inner(["client auth"])
}

test_blocks_a_caller_that_may_only_serve if {
	given.blocks(rule.deny) with input as calling(["server auth"])
	given.says(rule.deny, "is not for client auth") with input as calling(["code signing"])
}

test_blocks_what_the_fleet_wants_for_more if {
	given.blocks(rule.deny) with input as given.wanting_both(serving([]))
	given.blocks(rule.deny) with input as given.wanting_both(calling(["client auth", "server auth"]))
	given.blocks(rule.deny) with input as given.wanting_both(calling(["any"]))
}

test_warns_of_more_by_hand if {
	given.warns(rule.deny) with input as serving([])
	given.warns(rule.deny) with input as calling(["client auth", "server auth"])
	given.says(rule.deny, "is for client auth too") with input as serving(["any"])
}

test_passes_the_one_purpose if {
	given.passes(rule.deny) with input as given.wanting_both(serving(["server auth"]))
	given.passes(rule.deny) with input as given.wanting_both(calling(["client auth"]))
	given.passes(rule.deny) with input as inner(["server auth"])
}

test_passes_what_nobody_uses if given.passes(rule.deny) with input as given.certified(object.union(given.serving, {"serves": [], "purposes": {"value": ["client auth"]}}))

test_passes_another_secret if {
	stray := object.union(given.calling, {"secret": "orders/other", "purposes": {"value": ["server auth"]}})
	given.passes(rule.deny) with input as given.certified(stray)
}

test_passes_a_public_gateway if given.passes(rule.deny) with input as given.public(serving([]))

test_passes_what_nobody_presents if given.passes(rule.deny) with input as given.certified(object.union(given.calling, {"presents": [], "purposes": {"value": ["server auth"]}}))
