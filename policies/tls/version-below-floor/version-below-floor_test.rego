package gatespan.rules.tls["version-below-floor_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.tls["version-below-floor"] as rule

test_blocks_an_old_version if {
	given.blocks(rule.deny) with input as given.entry({"minTLS": given.policy("1.2", "no policy sets a version")})
	given.says(rule.deny, "accepts TLS 1.2: no policy sets a version") with input as given.entry({"minTLS": given.policy("1.2", "no policy sets a version")})
}

test_blocks_no_version if given.blocks(rule.deny) with input as given.entry({"minTLS": {"value": ""}})

test_blocks_an_unknown_version if given.blocks(rule.deny) with input as given.entry({"minTLS": {"value": "Auto"}})

test_warns_on_a_public_gateway if given.warns(rule.deny) with input as given.public(given.entry({"minTLS": {"value": "1.2"}}))

test_passes_the_floor if given.passes(rule.deny) with input as given.entry({})

test_passes_passthrough_which_is_not_the_gateways if given.passes(rule.deny) with input as given.entry({"tls": {"value": "passthrough"}, "minTLS": {"value": ""}})

test_passes_passthrough_on_a_public_gateway if {
	given.passes(rule.deny) with input as given.public(given.entry({"tls": {"value": "passthrough"}, "minTLS": {"value": ""}}))
}

test_passes_the_floor_on_a_public_gateway if given.passes(rule.deny) with input as given.public(given.entry({}))

test_blocks_every_old_version if {
	every version in ["1.0", "1.1", "1.2"] {
		given.blocks(rule.deny) with input as given.entry({"minTLS": {"value": version}})
	}
}
