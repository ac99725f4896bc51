package gatespan.rules.gate.uncovered_test

import data.gatespan.lib.testing as given
import data.gatespan.rules.gate.uncovered as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.gate("gate/uncovered")

test_passes_other_facts if given.passes(rule.deny) with input as given.gate("other")
