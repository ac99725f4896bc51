package gatespan.rules.unknown.reference_test

import data.gatespan.lib.testing as given
import data.gatespan.rules.unknown.reference as rule

refers(change) := given.posture({"references": [object.union(given.safe_reference, object.union({"to": given.ref("Secret", "edge", "tls"), "resolved": ""}, change))]})

test_blocks_what_fails_open if given.blocks(rule.deny) with input as refers({"onMissing": "open"})

test_blocks_what_is_not_known if given.blocks(rule.deny) with input as refers({"onMissing": "unknown"})

test_passes_what_fails_closed if given.passes(rule.deny) with input as refers({"onMissing": "closed"})

test_passes_what_something_makes if given.passes(rule.deny) with input as refers({"onMissing": "open", "resolved": "maker"})

test_passes_a_bundle_which_another_rule_reports if {
	given.passes(rule.deny) with input as refers({"onMissing": "open", "to": given.ref("ConfigMap", "edge", "ca")})
}
