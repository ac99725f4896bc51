package gatespan.rules.egress["name-not-checked_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.egress["name-not-checked"] as rule

named(names) := {"names": given.setting(names)}

test_blocks_no_name if given.blocks(rule.deny) with input as given.exit(named([]))

test_blocks_one_name_more if given.blocks(rule.deny) with input as given.for_exit(given.exit(named(["relay.example.com", "*.example.com"])), {})

test_warns_of_an_ordinary_call if given.warns(rule.deny) with input as given.stray_exit(named([]))

test_passes_the_hostname if given.passes(rule.deny) with input as given.for_exit(given.exit({}), {})

test_passes_plaintext_which_another_rule_blocks if {
	given.passes(rule.deny) with input as given.exit(object.union(named([]), {"tls": given.setting("none")}))
	given.passes(rule.deny) with input as given.for_exit(given.exit(object.union(named(["*.example.com"]), {"tls": given.setting("none")})), {})
}
