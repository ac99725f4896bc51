package gatespan.rules.bypass["listener-sets-admitted_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.bypass["listener-sets-admitted"] as rule

test_blocks_listener_sets if given.blocks(rule.deny) with input as given.entry({"attachment": {"value": {"listeners": true}}})

test_passes_own_listeners if given.passes(rule.deny) with input as given.entry({})

test_names_the_gateway if {
	unsafe := given.entry({"gateway": given.listener, "attachment": {"value": {"listeners": true}}})
	given.blocks(rule.deny) with input as unsafe
	given.says(rule.deny, "Gateway edge/edge admits listeners") with input as unsafe
	[finding.subject.listener | some finding in rule.deny] == [""] with input as unsafe
}
