package gatespan.rules.secrets["private-key-in-git_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.secrets["private-key-in-git"] as rule

test_blocks_a_key if {
	given.blocks(rule.deny) with input as given.posture({"secrets": [{"by": given.ref("Secret", "edge", "tls"), "why": "tls.key is a private key"}]})
}

test_passes_a_repository_without if given.passes(rule.deny) with input as given.nothing
