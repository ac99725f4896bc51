package gatespan.rules.gate["waiver-expired_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.gate["waiver-expired"] as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.gate("gate/waiver-expired")

test_passes_other_facts if given.passes(rule.deny) with input as given.gate("gate/other")
