package gatespan.rules.gitops["transformation-not-modelled_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.gitops["transformation-not-modelled"] as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.fact("gitops/transformation-not-modelled")

test_passes_other_facts if given.passes(rule.deny) with input as given.fact("other")
