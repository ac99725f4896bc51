package gatespan.rules.bypass["classic-route_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.bypass["classic-route"] as rule

way(service) := given.wanting(given.posture({"ways": [object.union(given.safe_way, {"via": "classic-route", "service": service})]}), {})

test_blocks_an_exposed_service if given.blocks(rule.deny) with input as way(given.service)

test_passes_another_service if given.passes(rule.deny) with input as way({"name": "web"})

test_says_where_it_leads if given.says(rule.deny, "leads around the gateway to Service relay/relay") with input as way(given.service)
