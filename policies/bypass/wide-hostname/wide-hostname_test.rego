package gatespan.rules.bypass["wide-hostname_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.bypass["wide-hostname"] as rule

test_warns_of_a_wildcard if given.warns(rule.deny) with input as given.entry({"hostnames": ["*.example.com"]})

test_warns_of_no_name if given.warns(rule.deny) with input as given.entry({"hostnames": []})

test_blocks_where_the_fleet_wants_a_name if given.blocks(rule.deny) with input as given.wanting(given.entry({"hostnames": []}), {})

test_passes_a_name if given.passes(rule.deny) with input as given.wanting(given.entry({}), {})

test_passes_a_listener_without_client_certificates if {
	given.passes(rule.deny) with input as given.entry({"hostnames": ["*.example.com"], "clientAuth": {"value": "none"}})
}
