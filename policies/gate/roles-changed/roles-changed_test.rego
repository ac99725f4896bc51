package gatespan.rules.gate["roles-changed_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.gate["roles-changed"] as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.gate("gate/roles-changed")

test_passes_other_facts if given.passes(rule.deny) with input as given.gate("gate/other")
