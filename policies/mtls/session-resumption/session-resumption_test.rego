package gatespan.rules.mtls["session-resumption_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.mtls["session-resumption"] as rule

test_blocks_resumption if given.blocks(rule.deny) with input as given.entry({"resumption": {"value": true}})

test_passes_full_handshakes if given.passes(rule.deny) with input as given.entry({})
