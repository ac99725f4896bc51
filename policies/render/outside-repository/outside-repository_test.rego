package gatespan.rules.render["outside-repository_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.render["outside-repository"] as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.fact("render/outside-repository")

test_passes_other_facts if given.passes(rule.deny) with input as given.fact("other")
