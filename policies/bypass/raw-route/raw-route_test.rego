package gatespan.rules.bypass["raw-route_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.bypass["raw-route"] as rule

raw := {"ref": {"kind": "TCPRoute"}}

test_blocks_a_tcp_route if given.blocks(rule.deny) with input as given.wanting(given.route(raw), {})

test_blocks_a_udp_listener if given.blocks(rule.deny) with input as given.wanting(given.entry({"protocol": "UDP"}), {})

test_blocks_on_a_public_gateway if given.blocks(rule.deny) with input as given.wanting(given.public(given.route(raw)), {})

test_passes_an_http_route if given.passes(rule.deny) with input as given.wanting(given.entry({}), {})

test_passes_a_service_that_is_not_exposed if given.passes(rule.deny) with input as given.public(given.route(raw))

test_blocks_every_kind_of_raw_route if {
	given.blocks(rule.deny) with input as given.wanting(given.route({"ref": {"kind": "UDPRoute"}}), {})
	given.blocks(rule.deny) with input as given.wanting(given.entry({"protocol": "TCP"}), {})
}

test_passes_a_raw_route_beside_the_exposed_service if {
	other := object.union(object.union(given.safe_route, raw), {"backends": [object.union(given.safe_backend, {"ref": {"name": "web"}})]})
	given.passes(rule.deny) with input as given.wanting(given.public(given.entry({"routes": [given.safe_route, other]})), {})
}

test_passes_what_only_has_the_name_of_the_exposed_service if {
	other := object.union(object.union(given.safe_route, raw), {"backends": [object.union(given.safe_backend, {"ref": {"kind": "Backend"}})]})
	given.passes(rule.deny) with input as given.wanting(given.entry({"routes": [other]}), {})
}

test_passes_a_service_that_nothing_holds_to_client_certificates if {
	given.passes(rule.deny) with input as given.entry({"clientAuth": {"value": "none"}, "routes": [object.union(given.safe_route, raw)]})
}
