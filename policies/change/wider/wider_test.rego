package gatespan.rules.change.wider_test

import data.gatespan.lib.testing as given
import data.gatespan.rules.change.wider as rule

test_changes_the_fact if given.changes(rule.deny) with input as given.change("wider")

test_passes_other_facts if given.passes(rule.deny) with input as given.change("other")
