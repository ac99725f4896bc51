package gatespan.rules.drift["no-exit_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.drift["no-exit"] as rule

test_blocks_no_exit if {
	given.blocks(rule.deny) with input as given.for_exit(given.nothing, {})
	given.by(rule.deny, "Gateway", "orders-egress") with input as given.for_exit(given.nothing, {})
}

test_blocks_another_host if given.blocks(rule.deny) with input as given.for_exit(given.exit({"host": "a.example.com", "sni": "a.example.com"}), {})

test_blocks_another_port if given.blocks(rule.deny) with input as given.for_exit(given.exit({"port": 8443}), {})

test_passes_the_declared_call if given.passes(rule.deny) with input as given.for_exit(given.exit({}), {})

test_passes_a_workload_that_calls_for_itself if {
	workload := {"kind": "ServiceAccount", "namespace": "orders", "name": "orders", "listener": ""}
	direct := object.union(given.safe_exit, {"subject": workload, "gateway": {"kind": "", "namespace": "", "name": ""}})
	given.passes(rule.deny) with input as given.for_exit(given.posture({"exits": [direct]}), {"via": "direct", "gateway": workload})
}
