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

test_passes_plaintext_which_another_rule_blocks if {
	given.passes(rule.deny) with input as given.exit({"certificate": {"value": ""}, "tls": given.setting("none")})
}

# What ties a call to mutual TLS: an entry of the fleet under the name that it asks for, or a gateway for pods of this cluster only.

test_warns_of_a_call_of_nobody_of_the_fleet if {
	given.warns(rule.deny) with input as given.meeting(given.stray_exit({}), {"hostnames": ["elsewhere.example.com"]})
	given.warns(rule.deny) with input as given.meeting(given.stray_exit({}), {"hostnames": ["x.example.com"]})
	given.warns(rule.deny) with input as given.meeting(given.stray_exit({}), {"hostnames": ["*.example.net", "*.other.com"]})
	given.warns(rule.deny) with input as given.meeting(given.stray_exit({}), {"port": 8443})
}

test_blocks_a_call_of_an_entry_of_the_fleet_by_either_name if {
	given.blocks(rule.deny) with input as given.meeting(given.stray_exit({"sni": ""}), {})
	given.blocks(rule.deny) with input as given.meeting(given.stray_exit({"host": "10.0.0.1"}), {})
}

test_blocks_a_call_through_an_egress_gateway if {
	given.blocks(rule.deny) with input as given.exit({"certificate": {"value": ""}, "host": "elsewhere.example.net", "sni": ""})
}

test_warns_of_a_call_through_another_gateway if {
	elsewhere := {"gateway": {"name": "other"}, "subject": {"name": "other"}, "certificate": {"value": ""}}
	given.warns(rule.deny) with input as given.exit(elsewhere)
	given.warns(rule.deny) with input as given.for_exit(given.stray_exit(elsewhere), {})
}

test_warns_of_a_call_through_a_gateway_for_others_too if {
	outside := object.union(given.exit({"certificate": {"value": ""}}), {"posture": {"entries": [object.union(given.egress_entry, {"scheme": given.setting("internet-facing")})]}})
	given.warns(rule.deny) with input as outside
}

test_warns_of_a_call_beside_an_egress_gateway if {
	other := object.union(given.safe_exit, {"gateway": {"name": "other"}, "subject": {"name": "other"}, "certificate": {"value": ""}})
	given.warns(rule.deny) with input as given.posture({"entries": [given.egress_entry], "exits": [given.safe_exit, other]})
}
