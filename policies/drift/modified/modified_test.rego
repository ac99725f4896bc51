package gatespan.rules.drift.modified_test

import data.gatespan.lib.testing as given
import data.gatespan.rules.drift.modified as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.drift("modified")

test_passes_other_facts if given.passes(rule.deny) with input as given.drift("other")
