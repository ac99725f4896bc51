package gatespan.rules.identity["long-lived-certificate_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.identity["long-lived-certificate"] as rule

lasting(certificate, days) := given.certified(object.union(certificate, {"days": {"value": days}}))

test_warns_of_ten_years if {
	given.warns(rule.deny) with input as lasting(given.serving, 3650)
	given.warns(rule.deny) with input as lasting(given.calling, 399)
}

test_passes_a_year if given.passes(rule.deny) with input as lasting(given.serving, 398)

test_passes_what_nobody_uses if given.passes(rule.deny) with input as lasting(object.union(given.serving, {"serves": []}), 3650)
