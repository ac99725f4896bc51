package gatespan.rules.gate["cluster-changed_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.gate["cluster-changed"] as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.gate("gate/cluster-changed")

test_passes_other_facts if given.passes(rule.deny) with input as given.gate("gate/other")

test_says_where if {
	some finding in rule.deny with input as given.gate("gate/cluster-changed")
	[finding.file, finding.line, finding.column] == ["fleet/fleet.cue", 7, 3]
}
