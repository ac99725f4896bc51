package gatespan.rules.render["remote-reference_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.render["remote-reference"] as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.fact("render/remote-reference")

test_passes_other_facts if given.passes(rule.deny) with input as given.fact("other")

test_names_the_overlay_and_its_line if {
	some found in rule.deny with input as given.fact("render/remote-reference")
	found.subject == {"kind": "Kustomization", "namespace": "", "name": "overlays/eks-prod/gateways/edge"}
	found.line == 3
}
