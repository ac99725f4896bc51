package gatespan.rules.unknown.controller_test

import data.gatespan.lib.testing as given
import data.gatespan.rules.unknown.controller as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.unknown("controller")

test_passes_other_facts if given.passes(rule.deny) with input as given.unknown("other")

test_warns_on_a_public_gateway if given.warns(rule.deny) with input as given.public(given.unknown("controller"))
