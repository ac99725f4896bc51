package gatespan.rules.bypass["request-mirror_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.bypass["request-mirror"] as rule

test_blocks_a_mirror if given.blocks(rule.deny) with input as given.route({"mirrors": [object.union(given.safe_backend, {"ref": {"name": "tap"}})]})

test_passes_no_mirror if given.passes(rule.deny) with input as given.entry({})
