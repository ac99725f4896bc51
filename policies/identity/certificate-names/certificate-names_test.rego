package gatespan.rules.identity["certificate-names_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.identity["certificate-names"] as rule

named(certificate, names) := given.certified(object.union(certificate, {"names": {"value": names}}))

stranger := {"type": "uri", "match": "exact", "value": "spiffe://corp.example.com/ns/billing/sa/billing"}

test_blocks_another_name if {
	given.blocks(rule.deny) with input as given.wanting_both(named(given.serving, [given.dns("relay.example.org")]))
	given.blocks(rule.deny) with input as given.wanting_both(named(given.calling, [stranger]))
	given.by(rule.deny, "Certificate", "orders-client-tls") with input as given.wanting_both(named(given.calling, [stranger]))
}

test_blocks_one_name_more if {
	given.blocks(rule.deny) with input as given.wanting_both(named(given.calling, [given.identity, stranger]))
	given.says(rule.deny, "also names spiffe://corp.example.com/ns/billing") with input as given.wanting_both(named(given.calling, [given.identity, stranger]))
	given.blocks(rule.deny) with input as given.wanting_both(named(given.serving, [given.dns("relay.example.com"), given.dns("*.example.com")]))
}

test_warns_of_a_name_by_hand if given.warns(rule.deny) with input as named(given.serving, [given.dns("relay.example.org"), stranger])

test_passes_the_fleets_names if {
	given.passes(rule.deny) with input as given.wanting_both(named(given.serving, [given.dns("relay.example.com")]))
	given.passes(rule.deny) with input as given.wanting_both(named(given.calling, [given.identity]))
}

test_passes_names_by_hand if {
	given.passes(rule.deny) with input as named(given.serving, [given.dns("relay.example.com"), given.dns("www.example.com")])
	given.passes(rule.deny) with input as named(given.serving, [given.dns("*.example.com")])
	given.passes(rule.deny) with input as named(given.calling, [stranger])
}

test_passes_an_egress_gateways_own_names if {
	inner := object.union(given.serving, {"serves": [given.egress_listener]})
	given.passes(rule.deny) with input as given.wanting_both(named(inner, [given.dns("relay.orders.svc")]))
}

test_passes_one_secret_for_both_ends_of_an_egress_gateway if {
	both := object.union(given.calling, {"serves": [given.egress_listener]})
	given.passes(rule.deny) with input as given.wanting_both(named(both, [given.identity, given.dns("relay.orders.svc")]))
}

test_says_which_name_is_missing if {
	given.says(rule.deny, "does not name relay.example.com") with input as given.wanting_both(named(given.serving, []))
}

test_warns_of_names_that_do_not_cover if {
	given.warns(rule.deny) with input as named(given.serving, [object.union(given.dns("*.example.com"), {"type": "uri"})])
	given.warns(rule.deny) with input as named(given.serving, [given.dns("x.example.com")])
	given.warns(rule.deny) with input as named(given.serving, [given.dns("*.example.net")])
	given.warns(rule.deny) with input as named(given.serving, [object.union(given.dns("relay.example.com"), {"type": "email"})])
}
