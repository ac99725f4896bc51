package gatespan.rules.controller["wrong-cloud_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.controller["wrong-cloud"] as rule

misplaced(why) := object.union(given.installed({"misplaced": why}), {"cluster": {"cloud": "eks"}})

test_blocks_a_controller_of_another_cloud if given.blocks(rule.deny) with input as misplaced("it runs on AKS only: the add-on is a part of AKS")

test_says_which if given.says(rule.deny, "in a cluster of EKS: it runs on AKS only") with input as misplaced("it runs on AKS only: the add-on is a part of AKS")

test_passes_one_that_runs_there if given.passes(rule.deny) with input as misplaced("")

test_points_at_the_name if {
	some finding in rule.deny with input as misplaced("it runs on AKS only")
	finding.by.kind == given.installed({}).posture.installations[0].by.kind
	finding.by.field == "name"
}
