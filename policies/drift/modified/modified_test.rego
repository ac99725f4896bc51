package gatespan.rules.drift.modified_test

import data.gatespan.lib.testing as given
import data.gatespan.rules.drift.modified as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.drift("modified")

test_passes_other_facts if given.passes(rule.deny) with input as given.drift("other")

test_says_where_and_what if {
	some finding in rule.deny with input as given.drift("modified")
	[finding.value, finding.line, finding.column] == ["abc", 7, 0]
}
