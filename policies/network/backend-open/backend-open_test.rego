package gatespan.rules.network["backend-open_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.network["backend-open"] as rule

admitting(everybody) := given.wanting(given.posture({"services": [object.union(given.safe_service, {"network": {"value": {"everybody": everybody}}})]}), {})

test_blocks_everybody if given.blocks(rule.deny) with input as admitting(true)

test_passes_the_gateway if given.passes(rule.deny) with input as admitting(false)

test_passes_where_policies_enforce_nothing if given.passes(rule.deny) with input as object.union(admitting(true), {"cluster": {"networkPolicyEngine": "none"}})

undeclared(auth) := object.union(admitting(true), {
	"wanted": {"entries": []},
	"posture": object.union(admitting(true).posture, {"entries": [object.union(given.safe_entry, {"clientAuth": {"value": auth}})]}),
})

test_passes_a_service_of_no_exposure if given.passes(rule.deny) with input as undeclared("none")

test_warns_behind_a_verified_listener if given.warns(rule.deny) with input as undeclared("required")

test_passes_where_no_engine_is_named if given.passes(rule.deny) with input as object.union(admitting(true), {"cluster": {"networkPolicyEngine": ""}})
