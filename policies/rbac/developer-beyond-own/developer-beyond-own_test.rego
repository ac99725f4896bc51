package gatespan.rules.rbac["developer-beyond-own_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.rbac["developer-beyond-own"] as rule

developing(change) := given.with_developers(given.power(change), [given.team])

own_route := object.union(given.reach("routes", "gateway", "edge"), {"names": ["relay"]})

test_blocks_a_gateway if given.blocks(rule.deny) with input as developing({})

test_blocks_grants_of_others if given.blocks(rule.deny) with input as developing({"reaches": [given.reach("gateways", "gateway", "edge"), given.reach("reference grants", "service", "billing")]})

test_warns_beside_the_gateway_of_another_fleet if given.warns(rule.deny) with input as developing({"reaches": [given.reach("routes", "gateway", "edge-billing")]})

test_blocks_all_routes_beside_the_gateway if given.blocks(rule.deny) with input as developing({"reaches": [given.reach("routes", "gateway", "edge")]})

test_blocks_routes_of_others if given.blocks(rule.deny) with input as developing({"reaches": [object.union(own_route, {"names": ["relay", "billing"]})]})

test_passes_the_own_route if given.passes(rule.deny) with input as developing({"reaches": [own_route]})

test_passes_the_own_namespace if given.passes(rule.deny) with input as developing({"reaches": [given.reach("reference grants", "service", "relay"), given.reach("network policies", "service", "relay")]})

test_passes_others if given.passes(rule.deny) with input as given.power({})

test_passes_developers_who_are_operators if given.passes(rule.deny) with input as given.with_roles(developing({}), [], [given.team])

with_exit(given_power) := object.union(given_power, {"wanted": {"entries": [], "exits": [object.union(given.wanted_exit, {"developers": [given.team]})]}})

test_passes_a_consumers_own_namespace if {
	given.passes(rule.deny) with input as with_exit(given.power({"reaches": [given.reach("network policies", "consumer", "orders")]}))
}

test_reports_beyond_a_consumers_own_namespace if {
	given.blocks(rule.deny) with input as with_exit(given.power({"reaches": [given.reach("gateways", "gateway", "orders")]}))
	given.warns(rule.deny) with input as with_exit(given.power({"reaches": [given.reach("network policies", "consumer", "billing")]}))
}

test_reports_beyond_a_services_own_namespace if {
	given.blocks(rule.deny) with input as developing({"reaches": [given.reach("gateways", "gateway", "relay")]})
	given.warns(rule.deny) with input as developing({"reaches": [given.reach("network policies", "service", "billing")]})
}

test_passes_both_kinds_of_place if {
	given.passes(rule.deny) with input as developing({"reaches": [given.reach("network policies", "consumer", "relay")]})
	given.passes(rule.deny) with input as with_exit(given.power({"reaches": [given.reach("network policies", "service", "orders")]}))
}

test_reports_other_things_of_the_routes_name if {
	given.blocks(rule.deny) with input as developing({"reaches": [object.union(own_route, {"over": "policies"})]})
}

test_blocks_where_the_proxies_run if {
	base := developing({"reaches": [given.reach("network policies", "gateway", "proxies")]})
	given.blocks(rule.deny) with input as object.union(base, {"cluster": {"controller": {"dataPlaneNamespace": "proxies"}}})
}

test_blocks_keys_and_the_cluster if {
	given.blocks(rule.deny) with input as developing({"reaches": [given.reach("private keys", "keys", "pki")]})
	given.blocks(rule.deny) with input as developing({"reaches": [given.reach("gateway classes", "cluster", "")]})
}

test_blocks_one_own_place_of_two if {
	given.blocks(rule.deny) with input as developing({"reaches": [given.reach("routes", "gateway", "edge-billing"), given.reach("routes", "gateway", "edge")]})
}

test_blocks_the_route_of_another_exposure if {
	billing := object.union(given.wanted_entry, {"exposure": "billing", "listener": {"listener": "billing"}, "developers": [object.union(given.team, {"name": "billing"})]})
	entry := object.union(given.safe_entry, {"subject": {"listener": "billing"}, "routes": [object.union(given.safe_route, {"ref": {"name": "billing"}})]})
	both := object.union(developing({"reaches": [object.union(own_route, {"names": ["billing"]})]}), {"posture": {"entries": [given.safe_entry, entry]}})
	given.blocks(rule.deny) with input as object.union(both, {"wanted": {"entries": array.concat(both.wanted.entries, [billing])}})
}
