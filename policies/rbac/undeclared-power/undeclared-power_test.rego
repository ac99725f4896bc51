package gatespan.rules.rbac["undeclared-power_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.rbac["undeclared-power"] as rule

other := [object.union(given.team, {"name": "somebody-else"})]

test_blocks_people_where_roles_are_declared if given.blocks(rule.deny) with input as given.with_roles(given.power({}), [], other)

test_warns_beside_the_gateway_of_another_fleet if {
	given.warns(rule.deny) with input as given.with_roles(given.power({"reaches": [given.reach("gateways", "gateway", "edge-billing")]}), [], other)
}

test_warns_where_nobody_is_declared if given.warns(rule.deny) with input as given.power({})

test_blocks_everybody if {
	given.blocks(rule.deny) with input as given.power({"holder": {"name": "system:authenticated"}})
	given.blocks(rule.deny) with input as given.power({"holder": {"name": "system:serviceaccounts:web"}})
	given.blocks(rule.deny) with input as given.power({"holder": {"kind": "User", "name": "system:anonymous"}})
}

test_blocks_reading_keys if {
	given.blocks(rule.deny) with input as given.power({"reaches": [given.reach("private keys", "gateway", "edge")]})
	given.blocks(rule.deny) with input as given.power({"reaches": [given.reach("private keys", "keys", "pki")]})
}

test_warns_of_a_built_in_role_that_reads_keys if given.warns(rule.deny) with input as given.power({"broad": true, "reaches": [given.reach("private keys", "gateway", "edge")]})

test_passes_the_owners_of_a_namespace if given.passes(rule.deny) with input as given.power({"broad": true, "reaches": [given.reach("network policies", "service", "relay")]})

test_warns_of_a_role_in_a_consumers_namespace if given.warns(rule.deny) with input as given.power({"reaches": [given.reach("private keys", "consumer", "orders")]})

test_blocks_others_where_developers_are_declared if {
	given.blocks(rule.deny) with input as given.with_developers(given.power({"reaches": [given.reach("reference grants", "service", "relay")]}), other)
}

test_blocks_the_workloads_at_the_ends if {
	given.blocks(rule.deny) with input as given.with_roles(given.power({"holder": given.account("relay", "relay")}), [], other)
	given.blocks(rule.deny) with input as given.with_roles(given.power({"holder": given.account("orders", "orders")}), [], other)
	given.blocks(rule.deny) with input as given.with_roles(given.power({"holder": given.account("web", "default")}), [], other)
}

test_warns_of_other_workloads if given.warns(rule.deny) with input as given.with_roles(given.power({"holder": given.account("flagger", "flagger")}), [], other)

test_passes_other_workloads_where_nobody_is_declared if given.passes(rule.deny) with input as given.power({"holder": given.account("flagger", "flagger")})

test_passes_operators_of_other_things if {
	given.passes(rule.deny) with input as given.with_roles(given.power({"holder": given.account("reloader", "reloader"), "reaches": [given.reach("secrets", "gateway", "edge")]}), [], other)
}

test_passes_what_applies_the_overlays if {
	given.passes(rule.deny) with input as given.with_roles(given.power({"holder": given.account("flux-system", "kustomize-controller"), "broad": true}), [], other)
}

test_passes_the_api_server if {
	given.passes(rule.deny) with input as given.with_roles(given.power({"holder": {"name": "system:masters"}}), [], other)
	given.passes(rule.deny) with input as given.with_roles(given.power({"holder": given.account("kube-system", "generic-garbage-collector")}), [], other)
}

test_passes_declared_roles if {
	given.passes(rule.deny) with input as given.with_roles(given.power({}), [], [given.team])
	given.passes(rule.deny) with input as given.with_roles(given.power({"reaches": [given.reach("gateway classes", "cluster", "")]}), [given.team], [])
}

test_blocks_operators_beyond_their_role if {
	given.blocks(rule.deny) with input as given.with_roles(given.power({"reaches": [given.reach("gateway classes", "cluster", "")]}), [], [given.team])
}

test_names_the_rule_that_decides if given.by(rule.deny, "Role", "operators") with input as given.power({})

test_says_what_and_where if given.says(rule.deny, "Group team-relay has power over gateways of namespace edge by Role edge/operators") with input as given.power({})
