package gatespan.rules.mtls["mixed-client-auth_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.mtls["mixed-client-auth"] as rule

beside(change) := given.posture({"entries": [
	given.safe_entry,
	object.union(given.safe_entry, object.union({"subject": {"listener": "web"}, "hostnames": ["www.example.com"]}, change)),
]})

test_blocks_a_weak_neighbour if {
	unsafe := beside({"clientAuth": {"value": "none"}})
	given.blocks(rule.deny) with input as unsafe
	given.says(rule.deny, "listener relay of Gateway edge/edge shares port 443 with listener web") with input as unsafe
}

test_passes_strict_neighbours if given.passes(rule.deny) with input as beside({})

test_passes_another_port if given.passes(rule.deny) with input as beside({"clientAuth": {"value": "none"}, "port": 8443})

test_passes_another_gateway if given.passes(rule.deny) with input as beside({"clientAuth": {"value": "none"}, "gateway": {"name": "web"}, "subject": {"name": "web", "listener": "web"}})

test_passes_entries_of_gateways_without_a_name if {
	nameless := {"gateway": {"name": ""}}
	given.passes(rule.deny) with input as given.posture({"entries": [
		object.union(given.safe_entry, nameless),
		object.union(given.safe_entry, object.union(nameless, {"subject": {"listener": "web"}, "clientAuth": {"value": "none"}})),
	]})
}
