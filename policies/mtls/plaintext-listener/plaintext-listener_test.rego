package gatespan.rules.mtls["plaintext-listener_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.mtls["plaintext-listener"] as rule

plain := {"tls": given.policy("none", "protocol is HTTP"), "protocol": "HTTP", "clientAuth": given.setting("none")}

redirects := [object.union(given.safe_route, {"redirectOnly": true, "backends": []})]

test_blocks_plaintext if {
	given.blocks(rule.deny) with input as given.entry(plain)
	given.says(rule.deny, "serves plaintext: protocol is HTTP") with input as given.entry(plain)
}

test_blocks_a_listener_that_waits_for_routes if given.blocks(rule.deny) with input as given.entry(object.union(plain, {"routes": []}))

test_blocks_one_route_beside_the_redirect if {
	given.blocks(rule.deny) with input as given.entry(object.union(plain, {"routes": array.concat(redirects, [given.safe_route])}))
}

test_blocks_an_exposed_service_on_a_public_gateway if {
	given.blocks(rule.deny) with input as given.wanting(given.public(given.entry(plain)), {})
}

test_passes_redirects if given.passes(rule.deny) with input as given.entry(object.union(plain, {"routes": redirects}))

test_passes_a_public_gateway if given.passes(rule.deny) with input as given.public(given.entry(plain))

test_passes_https if given.passes(rule.deny) with input as given.entry({})

test_passes_https_on_a_public_gateway if given.passes(rule.deny) with input as given.wanting(given.public(given.entry({})), {})

test_passes_another_service_on_a_public_gateway if {
	routes := [object.union(given.safe_route, {"backends": [object.union(given.safe_backend, {"ref": {"name": "web"}})]})]
	given.passes(rule.deny) with input as given.wanting(given.public(given.entry(object.union(plain, {"routes": routes}))), {})
}
