package gatespan.rules.gate["rules-changed_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.gate["rules-changed"] as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.gate("gate/rules-changed")

test_passes_other_facts if given.passes(rule.deny) with input as given.gate("gate/other")

test_changes_what_is_only_new if given.changes(rule.deny) with input as given.gate_with("gate/rules-changed", "change")
