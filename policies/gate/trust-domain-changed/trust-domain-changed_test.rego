package gatespan.rules.gate["trust-domain-changed_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.gate["trust-domain-changed"] as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.gate("gate/trust-domain-changed")

test_passes_other_facts if given.passes(rule.deny) with input as given.gate("gate/other")
