package gatespan.rules.grants["broad-referrer_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.grants["broad-referrer"] as rule

granting(change) := given.posture({"grants": [object.union(given.safe_grant, change)]})

test_blocks_a_raw_route if given.blocks(rule.deny) with input as granting({"fromKind": "TCPRoute"})

test_blocks_a_policy_that_reads_config_maps if {
	given.blocks(rule.deny) with input as granting({"fromGroup": "gateway.envoyproxy.io", "fromKind": "ClientTrafficPolicy", "toKind": "ConfigMap"})
}

test_warns_of_a_policy_that_calls_a_service if {
	given.warns(rule.deny) with input as granting({"fromGroup": "gateway.envoyproxy.io", "fromKind": "SecurityPolicy"})
}

test_passes_an_http_route if given.passes(rule.deny) with input as granting({})

test_passes_every_usual_referrer if {
	every kind in ["HTTPRoute", "GRPCRoute", "TLSRoute", "Gateway", "ListenerSet", "BackendTLSPolicy"] {
		given.passes(rule.deny) with input as granting({"fromKind": kind})
	}
}

test_blocks_a_namesake_that_reads_config_maps if given.blocks(rule.deny) with input as granting({"fromGroup": "example.com", "toKind": "ConfigMap"})

test_blocks_the_core_group if given.blocks(rule.deny) with input as granting({"fromGroup": "", "fromKind": "Pod"})
