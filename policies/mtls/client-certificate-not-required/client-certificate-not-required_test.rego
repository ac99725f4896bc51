package gatespan.rules.mtls["client-certificate-not-required_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.mtls["client-certificate-not-required"] as rule

test_blocks_an_optional_certificate if {
	unsafe := given.entry({"clientAuth": given.policy("optional", "mode is VerifyIfGiven")})
	given.blocks(rule.deny) with input as unsafe
	given.by(rule.deny, "ClientTrafficPolicy", "edge") with input as unsafe
	given.says(rule.deny, "listener relay of Gateway edge/edge accepts clients without a certificate: mode is VerifyIfGiven") with input as unsafe
}

test_blocks_no_certificate if given.blocks(rule.deny) with input as given.entry({"clientAuth": {"value": "none"}})

test_blocks_an_egress_listener_that_others_reach if {
	given.blocks(rule.deny) with input as beside_exit(object.union(given.egress_entry, {"scheme": given.setting("internal")}))
}

test_blocks_an_egress_listener_that_reaches_a_service_of_its_cluster if {
	local := object.union(given.egress_entry, {"routes": [given.safe_route]})
	given.blocks(rule.deny) with input as beside_exit(local)
}

test_blocks_an_egress_listener_that_names_a_service_of_its_cluster if {
	backend := object.union(given.egress_backend, {"host": "relay.relay.svc.cluster.local"})
	local := object.union(given.egress_entry, {"routes": [object.union(given.safe_route, {"backends": [backend]})]})
	given.blocks(rule.deny) with input as beside_exit(local)
}

test_passes_a_required_certificate if given.passes(rule.deny) with input as given.entry({})

test_passes_a_public_gateway if given.passes(rule.deny) with input as given.public(given.entry({"clientAuth": {"value": "none"}}))

test_passes_a_listener_that_is_not_served if {
	given.passes(rule.deny) with input as given.entry({"clientAuth": {"value": "none"}, "served": {"value": false}})
}

test_passes_an_egress_listener if given.passes(rule.deny) with input as given.exit({})

test_passes_an_egress_listener_that_is_only_wanted if {
	given.passes(rule.deny) with input as given.for_exit(given.posture({"entries": [given.egress_entry]}), {})
}

test_says_nothing_where_there_is_no_reason if {
	some finding in rule.deny with input as given.entry({"clientAuth": {"value": "none"}})
	finding.message == "listener relay of Gateway edge/edge accepts clients without a certificate"
}

test_blocks_the_namesake_of_a_public_gateway if {
	unsafe := given.public(given.entry({"clientAuth": {"value": "none"}, "gateway": {"namespace": "other"}}))
	given.blocks(rule.deny) with input as unsafe
	given.blocks(rule.deny) with input as given.public(given.entry({"clientAuth": {"value": "none"}, "gateway": {"name": "other"}}))
	given.blocks(rule.deny) with input as given.public(given.entry({"clientAuth": {"value": "none"}, "gateway": {"kind": "ListenerSet"}}))
}

# beside_exit is an entry of the gateway that the safe exit leaves through.
beside_exit(entry) := given.posture({"entries": [entry], "exits": [given.safe_exit]})

test_blocks_an_egress_listener_that_copies_to_a_service_of_its_cluster if {
	route := object.union(given.safe_route, {"backends": [given.egress_backend], "mirrors": [given.safe_backend]})
	given.blocks(rule.deny) with input as beside_exit(object.union(given.egress_entry, {"routes": [route]}))
}

test_blocks_a_listener_that_nothing_leaves_through if {
	given.blocks(rule.deny) with input as given.posture({"entries": [given.egress_entry]})
	other := {"gateway": {"name": "other"}, "subject": {"name": "other"}}
	given.blocks(rule.deny) with input as given.posture({"entries": [given.egress_entry], "exits": [object.union(given.safe_exit, other)]})
	given.blocks(rule.deny) with input as given.for_exit(given.posture({"entries": [given.egress_entry]}), {"gateway": {"name": "other"}})
}
