package gatespan.rules.egress["open-to-others_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.egress["open-to-others"] as rule

anybody := {"users": {"value": {"everybody": true, "pods": []}}}

test_blocks_everybody if given.blocks(rule.deny) with input as given.exit(anybody)

test_blocks_a_gateway_with_a_load_balancer if {
	given.blocks(rule.deny) with input as object.union(given.exit({}), given.posture({"entries": [object.union(given.egress_entry, {"scheme": given.setting("internal")})], "exits": [given.safe_exit]}))
}

test_passes_the_consumers_pods if given.passes(rule.deny) with input as given.exit({})

test_passes_a_call_without_a_certificate if given.passes(rule.deny) with input as given.exit(object.union(anybody, {"certificate": {"value": ""}}))

test_passes_a_workload_that_calls_for_itself if {
	given.passes(rule.deny) with input as given.exit(object.union(anybody, {"gateway": {"kind": "", "namespace": "", "name": ""}}))
}

# beside is a load balancer beside the exit, with a route to the exit of that number.
beside(exit, gateway, index) := given.posture({"exits": [object.union(given.safe_exit, exit)], "entries": [object.union(given.egress_entry, {
	"gateway": gateway, "scheme": given.setting("internal"),
	"routes": [object.union(given.safe_route, {"backends": [object.union(given.egress_backend, {"exitIndex": index})]})],
})]})

test_blocks_only_what_leads_to_the_exit if {
	given.blocks(rule.deny) with input as beside({}, given.egress_gateway, 0)
	given.passes(rule.deny) with input as beside({}, given.egress_gateway, -1)
	given.passes(rule.deny) with input as beside({}, given.gateway, 0)
	given.passes(rule.deny) with input as beside({"certificate": {"value": ""}}, given.egress_gateway, 0)
}
