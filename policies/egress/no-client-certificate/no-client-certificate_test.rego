package gatespan.rules.egress["no-client-certificate_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.egress["no-client-certificate"] as rule

test_blocks_no_certificate if given.blocks(rule.deny) with input as given.exit({"certificate": {"value": ""}})

test_blocks_a_wanted_call if given.blocks(rule.deny) with input as given.for_exit(given.stray_exit({}), {})

test_blocks_a_call_of_an_entry_of_the_fleet if given.blocks(rule.deny) with input as given.meeting(given.stray_exit({}), {"hostnames": ["*.example.com"]})

test_warns_of_an_ordinary_call if {
	direct := {"gateway": {"kind": "", "namespace": "", "name": ""}, "subject": {"kind": "ServiceAccount", "listener": ""}}
	given.warns(rule.deny) with input as given.stray_exit(direct)
	given.says(rule.deny, "by ServiceAccount orders/orders-egress") with input as given.stray_exit(direct)
}

test_passes_a_certificate if given.passes(rule.deny) with input as given.exit({})
