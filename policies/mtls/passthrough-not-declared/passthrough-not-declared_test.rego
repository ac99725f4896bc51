package gatespan.rules.mtls["passthrough-not-declared_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.mtls["passthrough-not-declared"] as rule

through := given.entry({"tls": {"value": "passthrough"}, "clientAuth": {"value": "none"}})

test_blocks_passthrough if given.blocks(rule.deny) with input as through

test_blocks_passthrough_where_termination_is_wanted if given.blocks(rule.deny) with input as given.wanting(through, {})

test_passes_a_declared_passthrough if given.passes(rule.deny) with input as given.wanting(through, {"mode": "Passthrough"})

test_passes_termination if given.passes(rule.deny) with input as given.entry({})
