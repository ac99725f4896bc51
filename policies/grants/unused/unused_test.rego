package gatespan.rules.grants.unused_test

import data.gatespan.lib.testing as given
import data.gatespan.rules.grants.unused as rule

granting(change) := given.posture({"grants": [object.union(given.safe_grant, change)]})

test_blocks_an_orphan if given.blocks(rule.deny) with input as granting({"usedBy": []})

test_blocks_a_broad_orphan if given.blocks(rule.deny) with input as granting({"usedBy": [], "toName": ""})

test_passes_a_grant_in_use if given.passes(rule.deny) with input as granting({})
