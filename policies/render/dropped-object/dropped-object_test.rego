package gatespan.rules.render["dropped-object_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.render["dropped-object"] as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.fact("render/dropped-object")

test_passes_other_facts if given.passes(rule.deny) with input as given.fact("other")
