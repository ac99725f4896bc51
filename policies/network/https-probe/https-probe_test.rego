package gatespan.rules.network["https-probe_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.network["https-probe"] as rule

probed(protocol, auth) := given.entry({"probe": {"value": protocol}, "clientAuth": {"value": auth}})

test_warns_of_https if given.warns(rule.deny) with input as probed("https", "required")

test_passes_another_way if given.passes(rule.deny) with input as probed("", "required")

test_passes_a_listener_that_asks_for_no_certificate if given.passes(rule.deny) with input as probed("https", "none")

test_passes_where_the_pods_end_tls if given.passes(rule.deny) with input as given.entry({"probe": {"value": "https"}, "tls": {"value": "passthrough"}})
