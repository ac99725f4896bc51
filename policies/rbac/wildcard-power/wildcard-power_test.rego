package gatespan.rules.rbac["wildcard-power_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.rbac["wildcard-power"] as rule

test_blocks_people if given.blocks(rule.deny) with input as given.power({"wildcard": true})

test_blocks_escalation if given.blocks(rule.deny) with input as given.power({"escalates": true, "reaches": [given.reach("access", "cluster", "")]})

test_blocks_a_role_that_nothing_binds if {
	holder := {"kind": "ClusterRole", "namespace": "", "name": "all", "listener": ""}
	given.says(rule.deny, "whoever is bound to ClusterRole all") with input as given.power({"holder": holder, "bound": false, "wildcard": true})
	given.blocks(rule.deny) with input as given.power({"holder": holder, "bound": false, "wildcard": true})
	given.warns(rule.deny) with input as given.power({"holder": holder, "bound": false, "escalates": true})
}

test_blocks_the_workloads_at_the_ends if given.blocks(rule.deny) with input as given.power({"wildcard": true, "holder": given.account("orders", "orders")})

test_warns_of_other_workloads if given.warns(rule.deny) with input as given.power({"wildcard": true, "holder": given.account("mesh", "mesh")})

test_warns_of_cluster_operators if {
	given.warns(rule.deny) with input as given.with_roles(given.power({"wildcard": true}), [], [given.team])
	given.blocks(rule.deny) with input as given.with_roles(given.power({"escalates": true}), [], [given.team])
}

test_passes_infrastructure_providers if given.passes(rule.deny) with input as given.with_roles(given.power({"wildcard": true, "escalates": true}), [given.team], [])

test_passes_what_names_kinds_and_verbs if given.passes(rule.deny) with input as given.power({})

test_passes_the_api_server if given.passes(rule.deny) with input as given.power({"wildcard": true, "holder": {"name": "system:masters"}})

test_passes_developers_which_another_rule_judges if given.passes(rule.deny) with input as given.with_developers(given.power({"wildcard": true}), [given.team])

test_says_the_verbs if {
	some finding in rule.deny with input as given.power({"wildcard": true, "verbs": ["update", "create"]})
	finding.value == "create update"
	finding.message == "Group team-relay may change every kind of an API group of gateways by Role operators"
}

test_blocks_wildcards_with_escalation_that_nothing_binds if {
	holder := {"kind": "ClusterRole", "namespace": "", "name": "all", "listener": ""}
	given.blocks(rule.deny) with input as given.power({"holder": holder, "bound": false, "escalates": true, "wildcard": true})
}

test_passes_the_api_servers_own_names if given.passes(rule.deny) with input as given.power({"wildcard": true, "holder": {"kind": "User", "name": "system:kube-scheduler"}})

test_reports_what_only_looks_like_the_api_server if {
	given.warns(rule.deny) with input as given.power({"wildcard": true, "holder": given.account("web", "system:web")})
	given.blocks(rule.deny) with input as given.power({"wildcard": true, "holder": {"kind": "User", "namespace": "kube-system", "name": "somebody"}})
}

test_says_whoever_is_bound_to_a_role if {
	holder := {"kind": "Role", "namespace": "edge", "name": "all", "listener": ""}
	given.says(rule.deny, "whoever is bound to Role edge/all may change") with input as given.power({"holder": holder, "bound": false, "wildcard": true})
}

test_says_which_of_the_two if {
	given.says(rule.deny, "can take roles or identities that nobody gave") with input as given.power({"escalates": true})
}

test_blocks_everybody if given.blocks(rule.deny) with input as given.power({"wildcard": true, "holder": {"name": "system:authenticated"}})

test_passes_the_api_server if given.passes(rule.deny) with input as given.power({"wildcard": true, "holder": {"name": "system:masters"}})
