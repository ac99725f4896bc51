package gatespan.rules.bypass["external-name-backend_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.bypass["external-name-backend"] as rule

aliased(kind) := object.union(given.entry({}), {"posture": {"services": [object.union(given.safe_service, {"type": kind})]}})

test_blocks_an_alias if {
	given.blocks(rule.deny) with input as aliased("ExternalName")
	given.by(rule.deny, "Service", "relay") with input as aliased("ExternalName")
}

test_blocks_an_alias_of_an_exposed_service if {
	alias := object.union(given.safe_way, {"via": "external-name", "service": given.service})
	given.blocks(rule.deny) with input as given.wanting(given.posture({"ways": [alias]}), {})
}

test_passes_a_cluster_ip if given.passes(rule.deny) with input as aliased("ClusterIP")

test_passes_a_public_gateway if given.passes(rule.deny) with input as given.public(aliased("ExternalName"))
