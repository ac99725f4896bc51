package gatespan.rules.identity["header-forgery_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.identity["header-forgery"] as rule

test_blocks_forwarding if given.blocks(rule.deny) with input as given.entry({"forwarding": {"value": "forward"}})

test_blocks_appending if given.blocks(rule.deny) with input as given.entry({"forwarding": {"value": "append"}})

test_blocks_a_route_that_sets_the_header if {
	unsafe := given.route({"headers": [{"name": "x-forwarded-client-cert", "does": "set", "by": given.ref("HTTPRoute", "edge", "relay")}]})
	given.blocks(rule.deny) with input as unsafe
	given.by(rule.deny, "HTTPRoute", "relay") with input as unsafe
}

test_passes_a_sanitized_header if given.passes(rule.deny) with input as given.entry({})
