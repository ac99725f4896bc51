package gatespan.rules.egress.plaintext_test

import data.gatespan.lib.testing as given
import data.gatespan.rules.egress.plaintext as rule

test_blocks_plaintext if {
	given.blocks(rule.deny) with input as given.exit({"tls": given.setting("none")})
	given.says(rule.deny, "the call of relay.example.com:443 through listener relay of Gateway orders/orders-egress is not TLS") with input as given.exit({"tls": given.setting("none")})
}

test_blocks_plaintext_to_an_entry_of_the_fleet if given.blocks(rule.deny) with input as given.meeting(given.stray_exit({"tls": given.setting("none")}), {})

test_warns_of_an_ordinary_call if given.warns(rule.deny) with input as given.stray_exit({"tls": given.setting("none")})

test_passes_tls if given.passes(rule.deny) with input as given.exit({})
