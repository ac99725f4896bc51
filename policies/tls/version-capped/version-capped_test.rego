package gatespan.rules.tls["version-capped_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.tls["version-capped"] as rule

test_blocks_a_cap if given.blocks(rule.deny) with input as given.entry({"maxTLS": {"value": "1.2"}})

test_warns_on_a_public_gateway if given.warns(rule.deny) with input as given.public(given.entry({"maxTLS": {"value": "1.2"}}))

test_passes_the_newest if given.passes(rule.deny) with input as given.entry({})

test_passes_no_cap if given.passes(rule.deny) with input as given.entry({"maxTLS": {"value": ""}})

test_passes_the_newest_on_a_public_gateway if given.passes(rule.deny) with input as given.public(given.entry({}))

test_passes_passthrough_on_a_public_gateway if {
	given.passes(rule.deny) with input as given.public(given.entry({"tls": {"value": "passthrough"}, "maxTLS": {"value": "1.2"}}))
}
