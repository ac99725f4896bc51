package gatespan.rules.change["exposure-removed_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.change["exposure-removed"] as rule

test_changes_the_fact if given.changes(rule.deny) with input as given.change("gone")

test_passes_other_facts if given.passes(rule.deny) with input as given.change("other")
