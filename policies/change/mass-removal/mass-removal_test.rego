package gatespan.rules.change["mass-removal_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.change["mass-removal"] as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.change("mass")

test_passes_other_facts if given.passes(rule.deny) with input as given.change("other")
