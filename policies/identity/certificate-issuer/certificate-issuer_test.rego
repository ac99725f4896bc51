package gatespan.rules.identity["certificate-issuer_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.identity["certificate-issuer"] as rule

signed(certificate, issuer) := given.certified(object.union(certificate, {"issuer": {"value": issuer}}))

another := object.union(given.issuer, {"name": "other"})

rooting(change) := given.certified(object.union(object.union(given.serving, {"serves": [], "roots": [given.listener]}), change))

test_blocks_its_own_key if {
	given.blocks(rule.deny) with input as signed(given.serving, given.issuer_of("selfSigned"))
	given.by(rule.deny, "ClusterIssuer", "corp") with input as signed(given.serving, given.issuer_of("selfSigned"))
	given.blocks(rule.deny) with input as signed(given.calling, given.issuer_of("selfSigned"))
}

test_blocks_a_public_ca if {
	given.blocks(rule.deny) with input as signed(given.calling, given.issuer_of("acme"))
	given.blocks(rule.deny) with input as given.wanting_both(signed(given.serving, given.issuer_of("acme")))
}

test_blocks_another_issuer if {
	given.blocks(rule.deny) with input as given.wanting_both(signed(given.serving, another))
	given.by(rule.deny, "Certificate", "orders-client-tls") with input as given.wanting_both(signed(given.calling, object.union(another, {"type": "ca"})))
}

test_blocks_roots_of_nobody if {
	given.blocks(rule.deny) with input as rooting({"issuer": {"value": given.issuer_of("acme")}})
	given.blocks(rule.deny) with input as rooting({"issuer": {"value": given.issuer_of("selfSigned")}})
}

test_passes_a_root_that_signs_itself if given.passes(rule.deny) with input as rooting({"issuer": {"value": given.issuer_of("selfSigned")}, "ca": {"value": true}})

test_passes_roots_of_a_ca if given.passes(rule.deny) with input as rooting({"issuer": {"value": given.issuer_of("ca")}})

test_passes_the_declared_issuer if {
	given.passes(rule.deny) with input as given.wanting_both(signed(given.serving, given.issuer))
	given.passes(rule.deny) with input as given.wanting_both(signed(given.calling, given.issuer_of("ca")))
}

test_passes_any_issuer_by_hand if {
	given.passes(rule.deny) with input as signed(given.serving, another)
	given.passes(rule.deny) with input as signed(given.serving, given.issuer_of("acme"))
}

test_passes_where_none_is_declared if {
	base := given.wanting_both(signed(given.serving, another))
	given.passes(rule.deny) with input as object.union(base, {"wanted": {"entries": [object.union(given.wanted_entry, {"issuer": null})]}})
}

test_passes_an_egress_gateways_listener if {
	inner := object.union(given.serving, {"serves": [given.egress_listener]})
	given.passes(rule.deny) with input as signed(inner, given.issuer_of("selfSigned"))
}

related(finding) := [related.by.kind | some related in finding.related]

test_shows_the_certificate_beside_the_issuer if {
	some finding in rule.deny with input as signed(given.serving, given.issuer_of("selfSigned"))
	count(related(finding)) == 1
}

test_shows_the_certificate_once if {
	some finding in rule.deny with input as given.wanting_both(signed(given.serving, another))
	count(related(finding)) == 0
}
