package gatespan.rules.identity["any-identity_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.identity["any-identity"] as rule

anybody := given.entry({"identities": {"value": {"everybody": true, "accepted": []}}})

test_blocks_everybody if given.blocks(rule.deny) with input as given.wanting(anybody, {})

test_passes_the_declared_identity if given.passes(rule.deny) with input as given.wanting(given.entry({}), {})

test_passes_where_the_ca_signs_nobody_else if given.passes(rule.deny) with input as given.wanting(anybody, {"pinIdentities": false})
