package gatespan.rules.gate["waiver-unused_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.gate["waiver-unused"] as rule

test_warns_the_fact if given.warns(rule.deny) with input as given.gate("gate/waiver-unused")

test_passes_other_facts if given.passes(rule.deny) with input as given.gate("gate/other")
