package gatespan.rules.mtls["unknown-ca_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.mtls["unknown-ca"] as rule

signed(anchors) := given.entry({"clientCA": given.setting(anchors)})

test_blocks_a_foreign_root if {
	unsafe := given.wanting(signed([given.anchor([given.foreign_sum])]), {})
	given.blocks(rule.deny) with input as unsafe
	given.by(rule.deny, "ConfigMap", "edge-client-ca") with input as unsafe
}

test_blocks_a_foreign_root_beside_the_right_one if {
	given.blocks(rule.deny) with input as given.wanting(signed([given.anchor([given.declared_sum, given.foreign_sum])]), {})
}

test_blocks_a_root_of_no_trust_domain if given.blocks(rule.deny) with input as given.trusting(signed([given.anchor([given.foreign_sum])]))

test_blocks_every_public_ca if given.blocks(rule.deny) with input as signed([given.system_anchor])

test_blocks_no_anchor if given.blocks(rule.deny) with input as signed([])

test_blocks_an_unknown_content if given.blocks(rule.deny) with input as given.trusting(signed([given.unknown_anchor]))

test_passes_the_declared_root if given.passes(rule.deny) with input as given.trusting(given.wanting(given.entry({}), {}))

test_passes_a_fingerprint_as_people_write_it if {
	given.passes(rule.deny) with input as given.wanting(given.entry({}), {"sha256": ["sha256:9B:0F"]})
}

test_passes_a_fleet_that_declares_no_roots if given.passes(rule.deny) with input as signed([given.unknown_anchor])

test_passes_a_missing_anchor_which_another_rule_reports if {
	given.passes(rule.deny) with input as given.trusting(signed([object.union(given.unknown_anchor, {"source": "missing"})]))
}

test_passes_where_no_certificate_is_asked_for if {
	given.passes(rule.deny) with input as given.entry({"clientCA": given.setting([]), "clientAuth": {"value": "none"}})
}

test_says_for_what if given.says(rule.deny, "trusts every public CA for client certificates") with input as signed([given.system_anchor])

test_says_what_it_is_trusted_for if {
	some finding in rule.deny with input as signed([given.system_anchor])
	regex.match(`trusts every public CA for client certificates(:|$)`, finding.message)
}
