package gatespan.rules.drift.foreign_test

import data.gatespan.lib.testing as given
import data.gatespan.rules.drift.foreign as rule

test_warns_the_fact if given.warns(rule.deny) with input as given.drift("foreign")

test_passes_other_facts if given.passes(rule.deny) with input as given.drift("other")
