package gatespan.rules.backend["name-not-checked_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.backend["name-not-checked"] as rule

named(name) := given.backend({"name": {"value": name}})

test_blocks_no_name if given.blocks(rule.deny) with input as given.wanting(named(""), {})

test_blocks_another_name if {
	given.blocks(rule.deny) with input as given.wanting(named("web.web.svc"), {})
	given.says(rule.deny, "checks the name web.web.svc, and the exposure wants relay.relay.svc") with input as given.wanting(named("web.web.svc"), {})
}

test_warns_without_exposures if given.warns(rule.deny) with input as named("")

test_passes_the_declared_name if given.passes(rule.deny) with input as given.wanting(given.entry({}), {})

attested := {"attested": true, "services": ["relay"]}

test_passes_an_attested_hop_without_a_name if given.passes(rule.deny) with input as given.wanting(named(""), attested)

test_blocks_another_name_though_attested if given.blocks(rule.deny) with input as given.wanting(named("web.web.svc"), attested)

test_blocks_what_passthrough_attests if given.blocks(rule.deny) with input as given.wanting(named(""), object.union(attested, {"mode": "Passthrough"}))

test_blocks_another_service_though_attested if given.blocks(rule.deny) with input as given.wanting(given.backend({"ref": {"name": "other"}, "name": {"value": ""}}), attested)

test_passes_plaintext_which_another_rule_blocks if {
	given.passes(rule.deny) with input as given.wanting(given.backend({"tls": {"value": "none"}, "name": {"value": ""}}), {})
	given.passes(rule.deny) with input as given.wanting(given.backend({"tls": {"value": "none"}, "name": {"value": "web.web.svc"}}), {})
}

test_passes_any_name_where_none_is_declared if given.passes(rule.deny) with input as given.wanting(named("web.web.svc"), {"backendName": ""})
