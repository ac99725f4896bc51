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

behind(change) := object.union(given.entry(change), {"posture": {
	"ways": [object.union(given.safe_way, {"selector": {"app": "relay"}})],
	"services": [given.safe_service],
}})

test_blocks_pods_that_end_tls_themselves if given.blocks(rule.deny) with input as behind({"tls": {"value": "passthrough"}, "clientAuth": {"value": "none"}})

test_passes_pods_behind_a_listener_that_verifies_nobody if given.passes(rule.deny) with input as behind({"clientAuth": {"value": "none"}})

test_passes_other_pods if given.passes(rule.deny) with input as way({})

test_passes_another_namespace if {
	elsewhere := {"subject": {"namespace": "web"}, "service": {"namespace": "web"}, "selector": {"app": "relay"}}
	given.passes(rule.deny) with input as way(elsewhere)
}

test_passes_where_nothing_is_exposed if given.passes(rule.deny) with input as given.posture({"ways": [given.safe_way]})

# by_way is a way of some kind to an exposed Service.
by_way(via) := given.wanting(given.posture({"ways": [object.union(given.safe_way, {"via": via, "service": given.service})]}), {})

test_leaves_ways_with_a_rule_of_their_own_to_it if {
	every via in ["host-port", "host-network", "ingress", "classic-route", "endpoints", "external-name", "unseen-gateway"] {
		given.passes(rule.deny) with input as by_way(via)
	}
}

test_blocks_a_way_of_a_kind_that_nobody_knows_yet if given.blocks(rule.deny) with input as by_way("tunnel")

# to_pods is a way to pods by their labels, or by a selector, in the namespace of the exposure.
to_pods(pods, selector) := given.wanting(
	given.posture({"ways": [object.union(object.remove(given.safe_way, ["pods", "selector"]), {
		"pods": pods, "selector": selector, "service": {"namespace": "", "name": ""},
	})]}),
	{},
)

test_judges_pods_by_their_labels_where_they_are_known if {
	given.blocks(rule.deny) with input as to_pods({"app": "relay"}, {})
	given.blocks(rule.deny) with input as to_pods({"app": "relay"}, {"app": "other"})
	given.passes(rule.deny) with input as to_pods({"app": "other"}, {"tier": "api"})
	given.passes(rule.deny) with input as to_pods({}, {})
	given.blocks(rule.deny) with input as to_pods({}, {"tier": "api"})
}

test_passes_what_selects_nothing_where_the_exposure_names_no_pods if {
	service := object.union(object.remove(given.safe_service, ["selector"]), {"selector": {}})
	unsafe := object.union(to_pods({"app": "other"}, {}), {"posture": {"services": [service]}})
	want := object.union(object.remove(given.wanted_entry, ["pods"]), {"pods": {}})
	given.passes(rule.deny) with input as object.union(unsafe, {"wanted": {"entries": [want]}})
}

test_passes_the_pods_of_other_services if {
	other := object.union(given.safe_service, {"subject": {"name": "other"}, "selector": {"app": "other"}})
	service := object.union(object.remove(given.safe_service, ["selector"]), {"selector": {"app": "relay"}})
	given.passes(rule.deny) with input as object.union(to_pods({"app": "other"}, {}), {"posture": {"services": [service, {"subject": other.subject, "selector": {"app": "other"}}]}})
}

test_blocks_a_way_from_another_namespace if {
	from_web := {"subject": {"namespace": "web"}, "selector": {"app": "relay"}}
	given.says(rule.deny, "to pods of namespace relay") with input as way(from_web)
}
