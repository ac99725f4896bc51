package gatespan.rules.render["duplicate-object_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.render["duplicate-object"] as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.fact("render/duplicate-object")

test_passes_other_facts if given.passes(rule.deny) with input as given.fact("other")

test_names_the_object if {
	base := given.fact("render/duplicate-object")
	duplicated := object.union(base, {"render": [object.union(base.render[0], {"by": given.ref("Gateway", "edge", "edge")})]})
	given.by(rule.deny, "Gateway", "edge") with input as duplicated
	some found in rule.deny with input as duplicated
	found.subject.name == "edge"
}
