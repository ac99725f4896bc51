package gatespan.rules.drift.missing_test

import data.gatespan.lib.testing as given
import data.gatespan.rules.drift.missing as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.drift("missing")

test_passes_other_facts if given.passes(rule.deny) with input as given.drift("other")
