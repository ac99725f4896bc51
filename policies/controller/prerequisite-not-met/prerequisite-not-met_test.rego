package gatespan.rules.controller["prerequisite-not-met_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.controller["prerequisite-not-met"] as rule

need(state) := {
	"posture": {"prerequisites": [{
		"subject": {"kind": "ConfigMap", "namespace": "system", "name": "config"}, "id": "enable-backend", "state": state,
		"by": {"kind": "ConfigMap", "namespace": "system", "name": "config", "field": "data"}, "why": "enableBackend is not true",
	}]},
	"cluster": {"controller": {"name": "envoy-gateway"}},
}

test_blocks_what_git_contradicts if given.blocks(rule.deny) with input as need("violated")

test_passes_what_git_shows if given.passes(rule.deny) with input as need("met")

test_passes_what_is_not_in_git if given.passes(rule.deny) with input as need("unseen")

test_passes_what_another_rule_judges if {
	another := json.patch(need("violated"), [{"op": "replace", "path": "/posture/prerequisites/0/id", "value": "installed-version"}])
	given.passes(rule.deny) with input as another
}

test_passes_nothing_needed if given.passes(rule.deny) with input as given.entry({})
