package gatespan.rules.mtls["missing-ca_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.mtls["missing-ca"] as rule

refers(change) := given.posture({"references": [object.union(given.safe_reference, object.union({"to": given.ref("ConfigMap", "edge", "ca")}, change))]})

test_blocks_a_dangling_bundle if {
	given.blocks(rule.deny) with input as refers({"resolved": ""})
	given.by(rule.deny, "HTTPRoute", "relay") with input as refers({"resolved": ""})
}

test_blocks_a_bundle_that_the_controller_does_without if given.blocks(rule.deny) with input as refers({"resolved": "", "onMissing": "open"})

test_passes_a_declared_bundle if given.passes(rule.deny) with input as refers({"resolved": "fleet"})

test_passes_a_leaf_secret if given.passes(rule.deny) with input as refers({"resolved": "", "to": given.ref("Secret", "edge", "tls")})

test_blocks_a_dangling_trust_bundle if given.blocks(rule.deny) with input as refers({"resolved": "", "to": given.ref("ClusterTrustBundle", "", "corp")})
