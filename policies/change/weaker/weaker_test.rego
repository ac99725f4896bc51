package gatespan.rules.change.weaker_test

import data.gatespan.lib.testing as given
import data.gatespan.rules.change.weaker as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.change("weaker")

test_passes_other_facts if given.passes(rule.deny) with input as given.change("other")

test_says_what_changed if {
	given.says(rule.deny, "listener relay of Gateway edge/edge: clientAuth was required, now optional: a reason") with input as given.change("weaker")
}

test_reports_a_public_gateway if given.changes(rule.deny) with input as given.public(given.change("weaker"))

test_blocks_a_new_hatch if given.blocks(rule.deny) with input as object.union(given.nothing, {"changes": [object.union(given.change("weaker").changes[0], {"field": "", "before": ""})]})

test_blocks_a_value_where_there_was_none if {
	change := object.union(given.change("weaker").changes[0], {"before": ""})
	given.says(rule.deny, "was nothing, now optional") with input as object.union(given.nothing, {"changes": [change]})
}

admitted(engine, exposure) := object.union(given.nothing, {
	"cluster": {"networkPolicyEngine": engine},
	"changes": [object.union(given.change("weaker").changes[0], {"field": "network", "exposure": exposure})],
})

test_blocks_more_callers_of_pods if given.blocks(rule.deny) with input as admitted("cilium", "")

test_blocks_more_callers_of_an_exposure if given.blocks(rule.deny) with input as admitted("", "relay")

test_reports_more_callers_where_nothing_enforces_policies if given.changes(rule.deny) with input as admitted("", "")

test_reports_more_callers_where_nothing_is_to_enforce_policies if given.changes(rule.deny) with input as admitted("none", "")
