package gatespan.rules.identity["signing-certificate_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.identity["signing-certificate"] as rule

test_blocks_a_listener if {
	given.blocks(rule.deny) with input as given.certified(object.union(given.serving, {"ca": {"value": true}}))
	given.by(rule.deny, "Certificate", "edge-relay-tls") with input as given.certified(object.union(given.serving, {"ca": {"value": true}}))
}

test_blocks_an_inner_listener if given.blocks(rule.deny) with input as given.certified(object.union(given.serving, {"serves": [given.egress_listener], "ca": {"value": true}}))

test_blocks_a_consumer if given.blocks(rule.deny) with input as given.certified(object.union(given.calling, {"ca": {"value": true}}))

test_passes_a_leaf if given.passes(rule.deny) with input as given.certified(given.serving)

test_passes_an_issuers_own if given.passes(rule.deny) with input as given.certified(object.union(given.serving, {"serves": [], "ca": {"value": true}}))
