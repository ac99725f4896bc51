package gatespan.rules.mtls["weak-root_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.mtls["weak-root"] as rule

leaf := {"weak": ["it is not the certificate of a CA"]}

test_blocks_a_leaf_for_clients if {
	given.blocks(rule.deny) with input as given.entry({"clientCA": {"value": [given.holding(leaf)]}})
	given.by(rule.deny, "ConfigMap", "edge-client-ca") with input as given.entry({"clientCA": {"value": [given.holding(leaf)]}})
	given.says(rule.deny, "not the certificate of a CA") with input as given.entry({"clientCA": {"value": [given.holding(leaf)]}})
}

test_blocks_one_of_two if given.blocks(rule.deny) with input as given.entry({"clientCA": {"value": [given.holding({}), given.holding(leaf)]}})

test_blocks_an_exit if given.blocks(rule.deny) with input as given.exit({"ca": {"value": [given.holding(leaf)]}})

test_warns_of_a_strangers_call if given.warns(rule.deny) with input as given.stray_exit({"ca": {"value": [given.holding(leaf)]}})

test_blocks_a_declared_hop if given.blocks(rule.deny) with input as given.wanting(given.backend({"ca": {"value": [given.holding(leaf)]}}), {})

test_warns_of_a_hop_by_hand if given.warns(rule.deny) with input as given.backend({"ca": {"value": [given.holding(leaf)]}})

test_passes_a_root if given.passes(rule.deny) with input as given.entry({"clientCA": {"value": [given.holding({})]}})

test_passes_what_is_not_in_git if given.passes(rule.deny) with input as given.entry({"clientCA": {"value": [given.unknown_anchor]}})

test_passes_where_no_certificate_is_asked_for if given.passes(rule.deny) with input as given.entry({"clientAuth": {"value": "none"}, "clientCA": {"value": [given.holding(leaf)]}})

test_passes_a_plaintext_hop if given.passes(rule.deny) with input as given.backend({"tls": {"value": "none"}, "ca": {"value": [given.holding(leaf)]}})

test_passes_a_plaintext_call if given.passes(rule.deny) with input as given.exit({"tls": {"value": "none"}, "ca": {"value": [given.holding(leaf)]}})

test_shows_the_setting_beside_the_root if {
	some finding in rule.deny with input as given.entry({"clientCA": {"value": [given.holding(leaf)]}})
	[related.by.kind | some related in finding.related] == ["ClientTrafficPolicy"]
}
