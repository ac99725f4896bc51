package gatespan.rules.bypass["second-entry_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.bypass["second-entry"] as rule

web := {"kind": "Gateway", "namespace": "edge", "name": "web", "listener": ""}

second(change) := object.union(given.safe_entry, object.union({"gateway": web, "subject": object.union(web, {"listener": "https"})}, change))

with_second(change) := object.union(given.posture({"entries": [given.safe_entry, second(change)]}), {"cluster": {"publicGateways": [
	{"namespace": "edge", "name": "web", "reason": "web"},
]}})

test_blocks_a_public_gateway if {
	given.blocks(rule.deny) with input as with_second({"clientAuth": {"value": "none"}})
	given.by(rule.deny, "HTTPRoute", "relay") with input as with_second({"clientAuth": {"value": "none"}})
}

test_blocks_passthrough_on_a_public_gateway if {
	given.blocks(rule.deny) with input as with_second({"clientAuth": {"value": "none"}, "tls": {"value": "passthrough"}})
}

test_blocks_another_listener_with_client_certificates if {
	given.blocks(rule.deny) with input as given.wanting(given.posture({"entries": [given.safe_entry, second({})]}), {})
}

test_passes_the_declared_listener if given.passes(rule.deny) with input as given.wanting(given.entry({}), {})

test_passes_a_public_gateway_of_other_services if {
	routes := [object.union(given.safe_route, {"backends": [object.union(given.safe_backend, {"ref": {"name": "web"}})]})]
	given.passes(rule.deny) with input as with_second({"clientAuth": {"value": "none"}, "routes": routes})
}

test_passes_two_hand_written_listeners_with_client_certificates if {
	given.passes(rule.deny) with input as given.posture({"entries": [given.safe_entry, second({})]})
}

# A ListenerSet may have the name of the Gateway, and its listener that of the exposure's.
namesake := object.union(given.safe_entry, {"subject": {"kind": "ListenerSet"}})

test_blocks_the_listener_of_a_listener_set_with_the_gateways_name if {
	given.blocks(rule.deny) with input as given.wanting(given.posture({"entries": [given.safe_entry, namesake]}), {})
}

test_passes_the_listener_set_that_is_declared if {
	given.passes(rule.deny) with input as given.wanting(given.posture({"entries": [namesake]}), {"listener": {"kind": "ListenerSet"}})
}

test_blocks_it_on_another_gateway if {
	elsewhere := object.union(namesake, {"gateway": web})
	given.blocks(rule.deny) with input as given.wanting(given.posture({"entries": [elsewhere]}), {"listener": {"kind": "ListenerSet"}})
}

test_passes_plaintext_which_another_rule_blocks if {
	given.passes(rule.deny) with input as with_second({"clientAuth": {"value": "none"}, "tls": {"value": "none"}})
}

test_passes_client_certificates_on_a_public_gateway if given.passes(rule.deny) with input as with_second({})

test_passes_the_declared_listener_wherever_it_is if {
	given.passes(rule.deny) with input as given.wanting(given.public(given.entry({"clientAuth": {"value": "none"}})), {})
}

test_passes_a_listener_without_client_certificates_which_another_rule_blocks if {
	given.passes(rule.deny) with input as given.wanting(given.posture({"entries": [given.safe_entry, second({"clientAuth": {"value": "none"}})]}), {})
}

test_blocks_the_listener_of_another_exposure if {
	billing := object.union(given.wanted_entry, {"exposure": "billing", "service": {"name": "billing"}, "listener": {"listener": "billing"}})
	routes := [object.union(given.safe_route, {"backends": [object.union(given.safe_backend, {"ref": {"name": "billing"}})]})]
	given.blocks(rule.deny) with input as object.union(given.entry({"routes": routes}), {"wanted": {"entries": [given.wanted_entry, billing]}})
}
