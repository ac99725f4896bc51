package gatespan.rules.identity["issued-to-another_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.identity["issued-to-another"] as rule

stray(change) := given.wanting_both(given.certified(object.union(object.union(given.calling, {"secret": "debug/tls", "presents": []}), change)))

test_blocks_a_consumers_identity if {
	given.blocks(rule.deny) with input as stray({})
	given.by(rule.deny, "Certificate", "orders-client-tls") with input as stray({})
	given.blocks(rule.deny) with input as stray({"purposes": {"value": []}})
	given.blocks(rule.deny) with input as stray({"purposes": {"value": ["server auth"]}, "ca": {"value": true}})
}

test_blocks_an_identity_that_only_an_entry_knows if {
	base := given.wanting(given.certified(object.union(given.calling, {"secret": "debug/tls"})), {})
	given.blocks(rule.deny) with input as base
}

test_passes_the_consumers_own if given.passes(rule.deny) with input as given.wanting_both(given.certified(given.calling))

test_passes_a_server if given.passes(rule.deny) with input as stray({"purposes": {"value": ["server auth"]}})

test_passes_another_identity if given.passes(rule.deny) with input as stray({"names": {"value": [given.dns("relay.example.com")]}})

test_blocks_any_purpose if given.blocks(rule.deny) with input as stray({"purposes": {"value": ["any"]}})

test_blocks_an_identity_that_only_an_exit_knows if {
	base := stray({})
	given.blocks(rule.deny) with input as object.union(base, {"wanted": {"entries": []}})
}
