package gatespan.rules.mtls.http3_test

import data.gatespan.lib.testing as given
import data.gatespan.rules.mtls.http3 as rule

test_blocks_http3 if given.blocks(rule.deny) with input as given.entry({"http3": {"value": true}})

test_passes_tcp if given.passes(rule.deny) with input as given.entry({})
