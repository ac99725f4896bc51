package gatespan.rules.mtls["expired-certificates-accepted_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.mtls["expired-certificates-accepted"] as rule

test_blocks_expired_certificates if given.blocks(rule.deny) with input as given.entry({"expired": {"value": true}})

test_passes_valid_certificates if given.passes(rule.deny) with input as given.entry({})
