package gatespan.rules.gate["version-changed_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.gate["version-changed"] as rule

test_changes_the_fact if given.changes(rule.deny) with input as given.gate("gate/version-changed")

test_passes_other_facts if given.passes(rule.deny) with input as given.gate("gate/other")
