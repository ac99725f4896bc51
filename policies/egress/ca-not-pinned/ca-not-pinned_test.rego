package gatespan.rules.egress["ca-not-pinned_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.egress["ca-not-pinned"] as rule

signed(anchors) := {"ca": given.setting(anchors)}

test_blocks_every_public_ca if given.blocks(rule.deny) with input as given.exit(signed([given.system_anchor]))

test_blocks_no_check if given.blocks(rule.deny) with input as given.exit(signed([]))

test_blocks_a_foreign_root if given.blocks(rule.deny) with input as given.for_exit(given.exit(signed([given.anchor([given.foreign_sum])])), {})

test_blocks_a_root_of_no_trust_domain if given.blocks(rule.deny) with input as given.trusting(given.exit(signed([given.anchor([given.foreign_sum])])))

test_warns_of_an_ordinary_call if given.warns(rule.deny) with input as given.trusting(given.stray_exit(signed([given.system_anchor])))

test_passes_the_declared_root if given.passes(rule.deny) with input as given.for_exit(given.exit({}), {})

test_passes_an_ordinary_call_with_a_ca_of_its_own if given.passes(rule.deny) with input as given.trusting(given.stray_exit(signed([given.anchor([given.foreign_sum])])))

test_passes_plaintext_which_another_rule_blocks if {
	given.passes(rule.deny) with input as given.exit(object.union(signed([]), {"tls": given.setting("none")}))
}
