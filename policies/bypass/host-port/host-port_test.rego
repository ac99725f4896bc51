package gatespan.rules.bypass["host-port_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.bypass["host-port"] as rule

workload := {"kind": "Deployment", "namespace": "relay", "name": "relay", "listener": ""}

nowhere := {"kind": "", "namespace": "", "name": "", "listener": ""}

way(pods) := given.wanting(
	given.posture({"ways": [object.union(given.safe_way, {
		"via": "host-port", "subject": workload, "service": nowhere, "pods": pods,
	})]}),
	{},
)

test_blocks_an_exposed_pod if given.blocks(rule.deny) with input as way({"app": "relay", "version": "2"})

test_passes_another_pod if given.passes(rule.deny) with input as way({"app": "agent"})

test_blocks_the_network_of_the_node if {
	given.blocks(rule.deny) with input as given.wanting(given.posture({"ways": [object.union(given.safe_way, {"via": "host-network", "service": given.service})]}), {})
}

test_says_where_it_leads if {
	given.says(rule.deny, "leads around the gateway to") with input as given.wanting(given.posture({"ways": [object.union(given.safe_way, {"via": "host-port", "service": given.service})]}), {})
}

test_passes_other_ways if {
	given.passes(rule.deny) with input as given.wanting(given.posture({"ways": [object.union(given.safe_way, {"via": "ingress", "service": given.service})]}), {})
}
