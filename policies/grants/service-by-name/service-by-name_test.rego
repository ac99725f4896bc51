package gatespan.rules.grants["service-by-name_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.grants["service-by-name"] as rule

named(host) := given.backend({"external": true, "host": host})

test_blocks_a_service_of_another_namespace if given.blocks(rule.deny) with input as named("relay.relay.svc.cluster.local")

test_blocks_the_short_name if given.blocks(rule.deny) with input as named("relay.relay.svc")

test_passes_a_service_of_the_same_namespace if given.passes(rule.deny) with input as named("web.edge.svc")

test_passes_a_name_outside if given.passes(rule.deny) with input as named("relay.example.com")

test_blocks_a_mirror if {
	mirror := object.union(given.safe_backend, {"external": true, "host": "relay.relay.svc"})
	given.blocks(rule.deny) with input as given.route({"mirrors": [mirror]})
}
