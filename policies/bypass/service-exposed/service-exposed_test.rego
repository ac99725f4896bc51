package gatespan.rules.bypass["service-exposed_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.bypass["service-exposed"] as rule

way(change) := given.wanting(given.posture({"ways": [object.union(given.safe_way, change)]}), {})

test_blocks_the_same_pods if {
	given.blocks(rule.deny) with input as way({"selector": {"app": "relay"}})
	given.says(rule.deny, "Service relay/relay-lb leads around the gateway to pods of namespace relay: type is LoadBalancer") with input as way({"selector": {"app": "relay"}})
}

test_blocks_pods_that_may_be_the_same if given.blocks(rule.deny) with input as object.union(way({}), {"posture": {"ways": [object.union(object.remove(given.safe_way, ["selector"]), {"selector": {"tier": "backend"}})]}})

test_blocks_the_exposed_service_itself if {
	given.blocks(rule.deny) with input as way({"service": given.service, "via": "node-port"})
	given.says(rule.deny, "to Service relay/relay") with input as way({"service": given.service, "via": "node-port"})
}

test_blocks_pods_of_a_service_behind_client_certificates if {
	hand_written := object.union(given.entry({}), {"posture": {
		"ways": [object.union(given.safe_way, {"selector": {"app": "relay"}})],
		"services": [given.safe_service],
	}})
	given.blocks(rule.deny) with input as hand_written
}

test_passes_other_pods if given.passes(rule.deny) with input as way({})

test_passes_another_namespace if {
	elsewhere := {"subject": {"namespace": "web"}, "service": {"namespace": "web"}, "selector": {"app": "relay"}}
	given.passes(rule.deny) with input as way(elsewhere)
}

test_passes_where_nothing_is_exposed if given.passes(rule.deny) with input as given.posture({"ways": [given.safe_way]})
