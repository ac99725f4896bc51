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
