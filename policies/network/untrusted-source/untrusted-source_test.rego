package gatespan.rules.network["untrusted-source_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.network["untrusted-source"] as rule

from(value) := given.entry({"sourceCIDRs": {"value": value}})

some_addresses := ["203.0.113.0/28"]

test_warns_of_addresses_that_others_may_have if {
	given.warns(rule.deny) with input as from({"everybody": false, "cidrs": some_addresses, "trusted": false})
}

test_names_them if {
	some found in rule.deny with input as from({"everybody": false, "cidrs": some_addresses, "trusted": false})
	contains(found.message, "203.0.113.0/28")
}

test_passes_what_admits_nobody if {
	given.passes(rule.deny) with input as from({"everybody": false, "cidrs": [], "trusted": false})
}

test_passes_the_clients_own if {
	given.passes(rule.deny) with input as from({"everybody": false, "cidrs": some_addresses, "trusted": true})
}

test_passes_what_restricts_nobody if {
	given.passes(rule.deny) with input as from({"everybody": true, "cidrs": [], "trusted": false})
}
