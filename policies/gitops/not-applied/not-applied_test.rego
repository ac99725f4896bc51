package gatespan.rules.gitops["not-applied_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.gitops["not-applied"] as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.fact("gitops/not-applied")

test_passes_other_facts if given.passes(rule.deny) with input as given.fact("other")
