package gatespan.rules.backend["ca-not-pinned_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.backend["ca-not-pinned"] as rule

signed(anchors) := given.backend({"ca": given.setting(anchors)})

test_blocks_every_public_ca if given.blocks(rule.deny) with input as given.wanting(signed([given.system_anchor]), {})

test_blocks_no_check if given.blocks(rule.deny) with input as given.wanting(signed([]), {})

test_blocks_a_foreign_root if given.blocks(rule.deny) with input as given.wanting(signed([given.anchor([given.foreign_sum])]), {})

test_warns_without_exposures if given.warns(rule.deny) with input as signed([given.system_anchor])

test_passes_the_declared_root if given.passes(rule.deny) with input as given.wanting(given.entry({}), {})

test_passes_any_root_where_none_is_declared if given.passes(rule.deny) with input as signed([given.anchor([given.foreign_sum])])

attested := {"attested": true, "services": ["relay"]}

test_passes_an_attested_hop_without_a_ca if given.passes(rule.deny) with input as given.wanting(signed([]), attested)

test_blocks_a_foreign_root_though_attested if given.blocks(rule.deny) with input as given.wanting(signed([given.anchor([given.foreign_sum])]), attested)

test_blocks_what_passthrough_attests if given.blocks(rule.deny) with input as given.wanting(signed([]), object.union(attested, {"mode": "Passthrough"}))

test_blocks_another_service_though_attested if given.blocks(rule.deny) with input as given.wanting(given.backend({"ref": {"name": "other"}, "ca": given.setting([])}), attested)

test_blocks_another_port_though_attested if given.blocks(rule.deny) with input as given.wanting(given.backend({"port": 9443, "ca": given.setting([])}), attested)

test_passes_plaintext_which_another_rule_blocks if {
	given.passes(rule.deny) with input as given.wanting(given.backend({"tls": {"value": "none"}, "ca": given.setting([])}), {})
}

test_blocks_a_root_of_no_trust_domain if {
	given.blocks(rule.deny) with input as given.trusting(given.wanting(signed([given.anchor([given.foreign_sum])]), {"backendSHA256": []}))
}

test_shows_the_setting_beside_the_bundle if {
	some finding in rule.deny with input as given.wanting(signed([given.anchor([given.foreign_sum])]), {})
	[related.by.kind | some related in finding.related] == ["ClientTrafficPolicy"]
}

test_shows_the_setting_once if {
	some finding in rule.deny with input as given.wanting(signed([given.system_anchor]), {})
	count(finding.related) == 0
}

test_blocks_every_public_ca_once if {
	system := object.union(given.anchor([given.foreign_sum]), {"system": true})
	count(rule.deny) == 1 with input as given.wanting(signed([system]), {})
}

test_blocks_what_nobody_attests if given.blocks(rule.deny) with input as given.wanting(signed([]), {"attested": false, "services": ["relay"]})

test_blocks_a_namesake_though_attested if {
	given.blocks(rule.deny) with input as given.wanting(given.backend({"ref": {"namespace": "other"}, "ca": given.setting([])}), attested)
}
