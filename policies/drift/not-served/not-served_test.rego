package gatespan.rules.drift["not-served_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.drift["not-served"] as rule

test_blocks_a_gateway_that_is_gone if {
	given.blocks(rule.deny) with input as given.wanting(given.nothing, {})
	given.by(rule.deny, "Gateway", "edge") with input as given.wanting(given.nothing, {})
}

test_blocks_a_listener_that_the_controller_refuses if {
	refused := given.entry({"served": given.policy(false, "its CA is missing")})
	given.says(rule.deny, "the controller refuses listener relay of Gateway edge/edge: its CA is missing") with input as given.wanting(refused, {})
}

test_blocks_another_listener_only if given.blocks(rule.deny) with input as given.wanting(given.entry({"subject": {"listener": "other"}}), {})

test_blocks_another_name if given.blocks(rule.deny) with input as given.wanting(given.entry({"hostnames": ["other.example.com"]}), {})

test_blocks_another_port if given.blocks(rule.deny) with input as given.wanting(given.entry({"port": 8443}), {})

test_blocks_another_mode if given.blocks(rule.deny) with input as given.wanting(given.entry({"tls": {"value": "passthrough"}}), {})

test_passes_the_declared_listener if given.passes(rule.deny) with input as given.wanting(given.entry({}), {})

test_passes_wide_names_which_another_rule_reports if {
	given.passes(rule.deny) with input as given.wanting(given.entry({"hostnames": []}), {})
	given.passes(rule.deny) with input as given.wanting(given.entry({"hostnames": ["*.example.com"]}), {})
}

test_blocks_where_a_listener_set_has_the_gateways_name if {
	given.blocks(rule.deny) with input as given.wanting(given.entry({"subject": {"kind": "ListenerSet"}}), {})
}

test_blocks_a_listener_set_that_is_gone if {
	given.by(rule.deny, "ListenerSet", "edge") with input as given.wanting(given.entry({}), {"listener": {"kind": "ListenerSet"}})
}

test_blocks_a_refused_listener_once if {
	refused := given.entry({"served": given.policy(false, "its CA is missing"), "port": 8443})
	count(rule.deny) == 1 with input as given.wanting(refused, {})
}

test_blocks_a_wildcard_of_other_names if {
	given.blocks(rule.deny) with input as given.wanting(given.entry({"hostnames": ["*.example.net"]}), {})
	given.blocks(rule.deny) with input as given.wanting(given.entry({"hostnames": ["*.other.com"]}), {})
	given.blocks(rule.deny) with input as given.wanting(given.entry({"hostnames": ["x.example.com"]}), {})
}
