package gatespan.rules.egress["plaintext-listener_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.egress["plaintext-listener"] as rule

listening(tls) := object.union(given.exit({}), {"posture": {"entries": [object.union(given.egress_entry, {"tls": given.setting(tls)})]}})

test_blocks_plaintext if given.blocks(rule.deny) with input as listening("none")

test_passes_tls if given.passes(rule.deny) with input as listening("terminate")

test_passes_what_mtls_judges if given.passes(rule.deny) with input as given.entry({"tls": given.setting("none")})

test_passes_a_public_gateway if {
	public := {"cluster": {"publicGateways": [{"namespace": "orders", "name": "orders-egress", "reason": "web"}]}}
	given.passes(rule.deny) with input as object.union(listening("none"), public)
}
