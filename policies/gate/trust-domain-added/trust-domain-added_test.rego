package gatespan.rules.gate["trust-domain-added_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.gate["trust-domain-added"] as rule

test_changes_the_fact if given.changes(rule.deny) with input as given.gate("gate/trust-domain-added")

test_passes_other_facts if given.passes(rule.deny) with input as given.gate("gate/other")
