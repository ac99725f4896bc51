package gatespan.rules.identity["pattern-identity_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.identity["pattern-identity"] as rule

accepting(match, value) := given.entry({"identities": {"value": {"everybody": false, "accepted": [{"type": "dns", "match": match, "value": value}]}}})

test_blocks_a_regular_expression if given.blocks(rule.deny) with input as accepting("regex", ".*")

test_blocks_a_suffix if given.blocks(rule.deny) with input as accepting("suffix", "com")

test_passes_an_exact_name if given.passes(rule.deny) with input as accepting("exact", "orders.example.com")

test_says_what_matches if {
	some finding in rule.deny with input as accepting("suffix", "com")
	finding.value == "dns suffix com"
	given.by(rule.deny, "ClientTrafficPolicy", "edge") with input as accepting("suffix", "com")
}
