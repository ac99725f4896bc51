package gatespan.rules.backend["plaintext-hop_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.backend["plaintext-hop"] as rule

plain := given.backend({"tls": given.policy("none", "no BackendTLSPolicy targets it")})

test_blocks_for_an_exposure if {
	given.blocks(rule.deny) with input as given.wanting(plain, {})
	given.says(rule.deny, "the hop from listener relay of Gateway edge/edge to Service relay/relay speaks plaintext") with input as given.wanting(plain, {})
}

test_blocks_a_second_backend_of_an_exposure if {
	routes := [object.union(given.safe_route, {"backends": [given.safe_backend, object.union(given.safe_backend, {"ref": {"name": "canary"}, "tls": {"value": "none"}})]})]
	given.blocks(rule.deny) with input as given.wanting(given.entry({"routes": routes}), {})
}

test_blocks_the_service_of_an_exposure_behind_another_listener if {
	unsafe := given.wanting(object.union(plain, {"posture": {"entries": [object.union(plain.posture.entries[0], {"subject": {"listener": "other"}})]}}), {})
	given.blocks(rule.deny) with input as unsafe
}

test_warns_without_exposures if given.warns(rule.deny) with input as plain

test_passes_tls if given.passes(rule.deny) with input as given.wanting(given.entry({}), {})

test_passes_the_mesh if given.passes(rule.deny) with input as given.wanting(given.backend({"tls": {"value": "mesh"}}), {})

test_passes_an_exit_which_egress_judges if given.passes(rule.deny) with input as given.backend({"external": true, "tls": {"value": "none"}})

test_blocks_plaintext_though_attested if given.blocks(rule.deny) with input as given.wanting(plain, {"attested": true, "services": ["relay"]})

test_warns_of_another_service_behind_another_listener if {
	routes := [object.union(given.safe_route, {"backends": [object.union(given.safe_backend, {"ref": {"name": "web"}, "tls": {"value": "none"}})]})]
	given.warns(rule.deny) with input as given.wanting(given.entry({"subject": {"listener": "other"}, "routes": routes}), {})
}
