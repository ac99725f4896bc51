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

# calling is an egress gateway that leads to the Service's name, by an exit or not.
calling(index) := object.union(given.exit({}), {"posture": {
	"entries": [object.union(given.egress_entry, {"routes": [object.union(given.safe_route, {"backends": [object.union(given.egress_backend, {
		"ref": given.ref("Service", "relay", "relay"), "exitIndex": index,
	})]})]})],
	"services": [object.union(given.safe_service, {"type": "ExternalName"})],
}})

test_passes_a_call if given.passes(rule.deny) with input as calling(0)

test_blocks_what_is_no_exit if given.blocks(rule.deny) with input as calling(-1)

test_passes_a_cluster_ip if given.passes(rule.deny) with input as aliased("ClusterIP")

test_passes_a_public_gateway if given.passes(rule.deny) with input as given.public(aliased("ExternalName"))

test_says_where_it_leads if {
	alias := object.union(given.safe_way, {"via": "external-name", "service": given.service})
	given.says(rule.deny, "leads around the gateway to Service relay/relay") with input as given.wanting(given.posture({"ways": [alias]}), {})
}

test_passes_an_alias_that_nothing_leads_to if {
	other := object.union(given.safe_service, {"type": "ExternalName", "subject": {"name": "other"}, "ref": {"name": "other"}})
	given.passes(rule.deny) with input as object.union(given.entry({}), {"posture": {"services": [other]}})
}

test_blocks_an_exit_of_an_ordinary_gateway if {
	routes := [object.union(given.safe_route, {"backends": [object.union(given.safe_backend, {"exitIndex": 0})]})]
	given.blocks(rule.deny) with input as object.union(aliased("ExternalName"), {"posture": {"entries": [object.union(given.safe_entry, {"routes": routes})]}})
}

test_passes_a_call_beside_another if {
	both := object.union(given.safe_route, {"backends": [
		object.union(given.egress_backend, {"ref": given.ref("Service", "relay", "relay")}),
		object.union(given.egress_backend, {"exitIndex": -1}),
	]})
	given.passes(rule.deny) with input as object.union(calling(0), {"posture": {"entries": [object.union(given.egress_entry, {"routes": [both]})]}})
}
