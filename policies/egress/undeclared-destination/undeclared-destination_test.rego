package gatespan.rules.egress["undeclared-destination_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.egress["undeclared-destination"] as rule

test_blocks_another_host if {
	given.blocks(rule.deny) with input as given.for_exit(given.exit({"host": "elsewhere.example.net", "sni": "elsewhere.example.net"}), {})
}

test_passes_the_exposure if given.passes(rule.deny) with input as given.for_exit(given.exit({}), {})

test_passes_a_gateway_of_no_consumer if given.passes(rule.deny) with input as given.exit({"host": "elsewhere.example.net"})

test_passes_a_gateway_beside_the_consumers if {
	other := {"host": "elsewhere.example.net", "sni": "elsewhere.example.net", "gateway": {"name": "other"}, "subject": {"name": "other"}}
	given.passes(rule.deny) with input as given.for_exit(given.exit(other), {})
}
