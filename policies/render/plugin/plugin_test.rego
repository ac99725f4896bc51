package gatespan.rules.render.plugin_test

import data.gatespan.lib.testing as given
import data.gatespan.rules.render.plugin as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.fact("render/plugin")

test_passes_other_facts if given.passes(rule.deny) with input as given.fact("other")
