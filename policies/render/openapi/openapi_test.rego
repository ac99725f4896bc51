package gatespan.rules.render.openapi_test

import data.gatespan.lib.testing as given
import data.gatespan.rules.render.openapi as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.fact("render/openapi")

test_passes_other_facts if given.passes(rule.deny) with input as given.fact("other")
