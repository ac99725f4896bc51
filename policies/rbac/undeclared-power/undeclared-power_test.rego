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

# held is a power of somebody, where others have a role.
held(holder, change) := given.with_roles(given.power(object.union(change, {"holder": holder})), [], other)

test_blocks_everybody_by_every_name if {
	every name in ["system:authenticated", "system:unauthenticated", "system:anonymous", "system:serviceaccounts"] {
		given.blocks(rule.deny) with input as given.power({"holder": {"name": name}})
	}
}

test_passes_the_api_servers_own_names if {
	given.passes(rule.deny) with input as held({"kind": "User", "name": "system:serviceaccounts:web"}, {})
	given.passes(rule.deny) with input as held({"kind": "User", "name": "system:kube-scheduler"}, {})
}

test_blocks_users_as_well if given.blocks(rule.deny) with input as held({"kind": "User", "name": "somebody"}, {})

test_passes_roles_that_nothing_binds if {
	given.passes(rule.deny) with input as given.power({"bound": false})
	given.passes(rule.deny) with input as held({}, {"bound": false})
}

test_passes_what_other_rules_report if {
	given.passes(rule.deny) with input as held({}, {"wildcard": true})
	given.passes(rule.deny) with input as held({}, {"escalates": true})
	given.passes(rule.deny) with input as held({}, {"reaches": [given.reach("what is not known", "gateway", "edge")]})
}

test_passes_developers_which_another_rule_judges if {
	given.passes(rule.deny) with input as given.with_developers(given.power({}), [given.team])
	exit := object.union(given.wanted_exit, {"developers": [given.team]})
	given.passes(rule.deny) with input as object.union(given.power({}), {"wanted": {"exits": [exit]}})
}

test_passes_every_engine if {
	every name in [
		"kustomize-controller", "helm-controller", "flux-operator", "flux-operator-instance",
		"argocd-application-controller", "argocd-server", "argocd-applicationset-controller",
	] {
		given.passes(rule.deny) with input as held(given.account("gitops", name), {"broad": true})
	}
}

test_blocks_people_with_an_engines_name if given.blocks(rule.deny) with input as held({"kind": "User", "name": "helm-controller"}, {})

test_blocks_people_with_the_name_of_the_default_account if given.blocks(rule.deny) with input as held({"kind": "User", "name": "default"}, {})

test_passes_operators_of_all_that_is_theirs if {
	every over in [
		"gateways", "routes", "reference grants", "policies", "bundles of roots", "secrets", "private keys", "certificates",
		"network policies",
	] {
		given.passes(rule.deny) with input as given.with_roles(given.power({"reaches": [given.reach(over, "gateway", "edge")]}), [], [given.team])
	}
}

test_warns_of_workloads_with_each_power if {
	every over in ["gateways", "routes", "reference grants", "policies", "gateway classes"] {
		given.warns(rule.deny) with input as held(given.account("flagger", "flagger"), {"reaches": [given.reach(over, "gateway", "edge")]})
	}
}

test_blocks_workloads_where_a_consumer_is if {
	exit := object.union(given.wanted_exit, {"developers": other})
	given.blocks(rule.deny) with input as object.union(
		held(given.account("orders", "orders"), {"reaches": [given.reach("routes", "consumer", "orders")]}),
		{"wanted": {"entries": [], "exits": [exit]}},
	)
}

test_warns_of_the_workloads_of_a_service_that_nobody_declares if {
	unsafe := object.union(held(given.account("relay", "relay"), {}), {"wanted": {"entries": []}})
	given.warns(rule.deny) with input as unsafe
}

test_warns_of_workloads_elsewhere if {
	given.warns(rule.deny) with input as held(given.account("edge", "edge"), {})
	given.warns(rule.deny) with input as held(given.account("kube-public", "edge"), {})
}

test_warns_of_a_role_of_ones_own_in_a_services_namespace if {
	given.warns(rule.deny) with input as given.power({"reaches": [given.reach("network policies", "service", "relay")]})
}

test_warns_of_a_built_in_role_beside_the_gateway if {
	given.warns(rule.deny) with input as given.power({"broad": true, "reaches": [given.reach("network policies", "gateway", "edge")]})
}

test_warns_of_keys_where_no_gateway_is if {
	given.warns(rule.deny) with input as given.power({"reaches": [given.reach("private keys", "service", "relay")]})
}

test_says_each_place if {
	given.says(rule.deny, "gateway classes of the cluster; gateways of namespace edge") with input as given.power({"reaches": [
		given.reach("gateways", "gateway", "edge"), given.reach("gateway classes", "cluster", ""),
	]})
}

test_reports_each_binding if {
	second := object.union(given.safe_power, {"binding": {"name": "second"}})
	third := object.union(given.safe_power, {"role": {"name": "third"}})
	fourth := object.union(given.safe_power, {"holder": {"name": "fourth"}})
	count(rule.deny) == 4 with input as object.union(given.power({}), {"posture": {"powers": [given.safe_power, second, third, fourth]}})
}

test_shows_the_binding if {
	some finding in rule.deny with input as given.power({})
	[related.by.name | some related in finding.related] == ["operators"]
}

test_shows_no_binding_where_there_is_none if {
	some finding in rule.deny with input as given.power({"binding": {"name": ""}})
	finding.related == []
}

test_blocks_a_built_in_role_that_reads_keys_where_roles_are_declared if {
	given.blocks(rule.deny) with input as held({}, {"broad": true, "reaches": [given.reach("private keys", "keys", "pki")]})
}

test_warns_in_a_services_namespace_where_only_roles_are_declared if {
	given.warns(rule.deny) with input as held({}, {"reaches": [given.reach("network policies", "service", "relay")]})
}

test_warns_in_namespaces_of_others if {
	given.warns(rule.deny) with input as given.with_developers(given.power({"reaches": [given.reach("network policies", "service", "billing")]}), other)
	exit := object.union(given.wanted_exit, {"developers": other})
	given.warns(rule.deny) with input as object.union(given.power({"reaches": [given.reach("network policies", "consumer", "billing")]}), {"wanted": {"exits": [exit]}})
}

# two powers, of which each is reported alone.
two(change) := object.union(given.power({}), {"posture": {"powers": [
	given.safe_power,
	object.union(given.safe_power, object.union({"reaches": [given.reach("routes", "gateway", "edge")]}, change)),
]}})

test_reports_each_alone if {
	every change in [{"binding": {"name": "second"}}, {"role": {"name": "second"}}, {"holder": {"name": "second"}}] {
		over := {finding.value | some finding in rule.deny} with input as two(change)
		over == {"gateways of namespace edge", "routes of namespace edge"}
	}
}

test_reports_one_binding_once if {
	{finding.value | some finding in rule.deny} == {"gateways, routes of namespace edge"} with input as two({})
}

test_passes_a_built_in_role_in_a_consumers_namespace if given.passes(rule.deny) with input as given.power({"broad": true, "reaches": [given.reach("network policies", "consumer", "orders")]})

test_passes_roles_of_nobody if given.passes(rule.deny) with input as held({"kind": "ClusterRole", "namespace": "", "name": "all"}, {})
