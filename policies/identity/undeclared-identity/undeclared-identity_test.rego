package gatespan.rules.identity["undeclared-identity_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.identity["undeclared-identity"] as rule

accepting(identities) := given.wanting(given.entry({"identities": {"value": {"everybody": false, "accepted": identities}}}), {})

test_blocks_one_more if {
	given.blocks(rule.deny) with input as accepting([given.identity, {"type": "uri", "match": "exact", "value": "spiffe://corp.example.com/ns/web/sa/web"}])
}

test_blocks_the_name_as_another_type if {
	given.blocks(rule.deny) with input as accepting([{"type": "dns", "match": "exact", "value": given.identity.value}])
}

test_passes_the_consumer if given.passes(rule.deny) with input as accepting([given.identity])

test_passes_the_consumer_as_a_principal if {
	given.passes(rule.deny) with input as accepting([{"type": "principal", "match": "exact", "value": "corp.example.com/ns/orders/sa/orders"}])
}

test_passes_a_listener_that_nobody_declares if {
	given.passes(rule.deny) with input as given.entry({})
}

test_says_who_is_accepted if {
	some finding in rule.deny with input as accepting([{"type": "uri", "match": "exact", "value": "spiffe://corp.example.com/ns/web/sa/web"}])
	finding.value == "spiffe://corp.example.com/ns/web/sa/web"
	finding.by.kind == "ClientTrafficPolicy"
}

test_passes_a_pattern_which_another_rule_blocks if {
	given.passes(rule.deny) with input as accepting([{"type": "uri", "match": "regex", "value": "spiffe://.*"}])
}

test_blocks_another_principal if {
	given.blocks(rule.deny) with input as accepting([{"type": "principal", "match": "exact", "value": "corp.example.com/ns/web/sa/web"}])
}
