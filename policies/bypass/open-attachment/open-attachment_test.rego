package gatespan.rules.bypass["open-attachment_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.bypass["open-attachment"] as rule

open_to(change) := given.entry({"attachment": {"value": change}})

test_blocks_every_namespace if given.blocks(rule.deny) with input as open_to({"everybody": true})

test_warns_of_a_label if given.warns(rule.deny) with input as open_to({"selector": "team=shop"})

test_warns_of_all_but_a_name_with_a_label if {
	given.warns(rule.deny) with input as open_to({"selector": "kubernetes.io/metadata.name notin (relay),team=shop"})
}

test_passes_the_names_of_namespaces if given.passes(rule.deny) with input as open_to({"selector": "kubernetes.io/metadata.name in (relay)"})

test_passes_the_same_namespace if given.passes(rule.deny) with input as given.entry({})

test_passes_a_public_gateway if given.passes(rule.deny) with input as given.public(open_to({"everybody": true}))

test_blocks_every_namespace_whatever_the_label if given.blocks(rule.deny) with input as open_to({"everybody": true, "selector": "team=shop"})
