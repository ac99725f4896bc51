package gatespan.rules.grants["sensitive-target_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.grants["sensitive-target"] as rule

granting(change) := given.posture({"grants": [object.union(given.safe_grant, change)]})

test_blocks_a_secret if given.blocks(rule.deny) with input as granting({"toKind": "Secret", "toName": "tls"})

test_blocks_every_secret if given.says(rule.deny, "every Secret") with input as granting({"toKind": "Secret", "toName": ""})

test_passes_a_service if given.passes(rule.deny) with input as granting({})
