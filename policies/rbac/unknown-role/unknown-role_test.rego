package gatespan.rules.rbac["unknown-role_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.rbac["unknown-role"] as rule

unknown(change) := given.power(object.union({"reaches": [given.reach("what is not known", "gateway", "edge")], "why": "ClusterRole x is not in Git"}, change))

test_warns_of_people if given.warns(rule.deny) with input as unknown({})

test_blocks_everybody if given.blocks(rule.deny) with input as unknown({"holder": {"name": "system:authenticated"}})

test_warns_of_the_workloads_at_the_ends if given.warns(rule.deny) with input as unknown({"holder": given.account("relay", "relay"), "scope": ""})

test_says_where if {
	given.says(rule.deny, "in namespace edge is not known: ClusterRole x is not in Git") with input as unknown({})
	given.says(rule.deny, "in every namespace is not known") with input as unknown({"scope": ""})
}

test_passes_other_workloads if given.passes(rule.deny) with input as unknown({"holder": given.account("operators", "operator")})

test_passes_infrastructure_providers if given.passes(rule.deny) with input as given.with_roles(unknown({}), [given.team], [])

test_passes_developers_at_home if given.passes(rule.deny) with input as given.with_developers(unknown({"reaches": [given.reach("what is not known", "service", "relay")]}), [given.team])

test_passes_what_is_known if given.passes(rule.deny) with input as given.power({})

test_passes_the_api_server if {
	given.passes(rule.deny) with input as unknown({"holder": {"name": "system:masters"}})
	given.passes(rule.deny) with input as unknown({"holder": given.account("kube-system", "default")})
}

test_passes_roles_that_nothing_binds if {
	given.passes(rule.deny) with input as unknown({"holder": {"kind": "ClusterRole", "namespace": "", "name": "default"}})
	given.passes(rule.deny) with input as unknown({"holder": {"kind": "Role", "namespace": "relay", "name": "relay"}})
}

test_warns_of_the_workloads_of_a_service_by_its_namespace if {
	elsewhere := {"wanted": {"entries": [object.union(given.wanted_entry, {"service": {"namespace": "shop", "name": "web"}})]}}
	given.warns(rule.deny) with input as object.union(unknown({"holder": given.account("shop", "shop")}), elsewhere)
	given.passes(rule.deny) with input as object.union(unknown({"holder": given.account("web", "web")}), elsewhere)
}
