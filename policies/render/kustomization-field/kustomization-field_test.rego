package gatespan.rules.render["kustomization-field_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.render["kustomization-field"] as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.fact("render/kustomization-field")

test_passes_other_facts if given.passes(rule.deny) with input as given.fact("other")
