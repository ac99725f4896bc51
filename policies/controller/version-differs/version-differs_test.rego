package gatespan.rules.controller["version-differs_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.controller["version-differs"] as rule

found(id, state) := {"posture": {"prerequisites": [{
	"subject": {"kind": "HelmRelease", "namespace": "system", "name": "eg"}, "id": id, "state": state,
	"by": {"kind": "HelmRelease", "namespace": "system", "name": "eg", "field": "spec.chart.spec.version"},
	"why": "Git installs envoy-gateway 1.5.0, and the fleet declares 1.9.1",
}]}}

test_blocks_another_version if given.blocks(rule.deny) with input as found("installed-version", "violated")

test_passes_the_declared_version if given.passes(rule.deny) with input as found("installed-version", "met")

test_passes_what_is_about_something_else if given.passes(rule.deny) with input as found("enable-backend", "violated")

test_passes_nothing_in_git if given.passes(rule.deny) with input as given.entry({})
