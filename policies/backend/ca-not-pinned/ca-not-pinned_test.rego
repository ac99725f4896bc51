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
