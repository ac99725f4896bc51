package gatespan.rules.mtls["expired-root_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.mtls["expired-root"] as rule

clients(roots) := given.entry({"clientCA": {"value": [given.holding(root) | some root in roots]}})

valid(from, to) := {"notBefore": from, "notAfter": to}

long := valid("2026-01-01", "2049-01-01")

test_blocks_an_expired_root if {
	given.blocks(rule.deny) with input as clients([valid("2020-01-01", "2026-11-29")]) with data.gatespan.today as "2026-11-30"
	given.blocks(rule.deny) with input as clients([long, valid("2020-01-01", "2026-11-29")]) with data.gatespan.today as "2026-11-30"
	given.says(rule.deny, "expired on 2026-11-29") with input as clients([valid("2020-01-01", "2026-11-29")]) with data.gatespan.today as "2026-11-30"
}

test_warns_on_the_last_days if {
	given.warns(rule.deny) with input as clients([valid("2020-01-01", "2026-11-30")]) with data.gatespan.today as "2026-11-30"
	given.warns(rule.deny) with input as clients([valid("2020-01-01", "2026-12-30")]) with data.gatespan.today as "2026-11-30"
	given.passes(rule.deny) with input as clients([valid("2020-01-01", "2026-12-31")]) with data.gatespan.today as "2026-11-30"
}

test_blocks_roots_that_are_all_too_young if given.blocks(rule.deny) with input as clients([valid("2026-12-01", "2049-01-01")]) with data.gatespan.today as "2026-11-30"

test_warns_of_a_successor if {
	given.warns(rule.deny) with input as clients([long, valid("2026-12-01", "2049-01-01")]) with data.gatespan.today as "2026-11-30"
	given.passes(rule.deny) with input as clients([long, valid("2026-11-30", "2049-01-01")]) with data.gatespan.today as "2026-11-30"
}

test_warns_beside_a_bundle_that_nobody_sees if {
	given.warns(rule.deny) with input as given.entry({"clientCA": {"value": [given.unknown_anchor, given.holding(valid("2026-12-01", "2049-01-01"))]}})
		with data.gatespan.today as "2026-11-30"
}

test_blocks_beside_a_bundle_that_nothing_makes if {
	missing := object.union(given.unknown_anchor, {"source": "missing"})
	given.blocks(rule.deny) with input as given.entry({"clientCA": {"value": [missing, given.holding(valid("2026-12-01", "2049-01-01"))]}})
		with data.gatespan.today as "2026-11-30"
}

test_passes_what_is_not_in_git if given.passes(rule.deny) with input as given.entry({"clientCA": {"value": [given.unknown_anchor]}}) with data.gatespan.today as "2026-11-30"

test_blocks_roots_of_which_none_is_valid_today if {
	given.blocks(rule.deny) with input as clients([valid("2020-01-01", "2026-11-29"), valid("2026-12-01", "2049-01-01")]) with data.gatespan.today as "2026-11-30"
	some finding in rule.deny with input as clients([valid("2020-01-01", "2026-11-29"), valid("2026-12-01", "2049-01-01")]) with data.gatespan.today as "2026-11-30"
	contains(finding.message, "no other root is valid now")
}

test_warns_of_a_successor_on_the_first_and_last_day if {
	given.warns(rule.deny) with input as clients([valid("2026-11-30", "2049-01-01"), valid("2026-12-01", "2049-01-01")]) with data.gatespan.today as "2026-11-30"
	given.warns(rule.deny) with input as clients([valid("2020-01-01", "2026-11-30"), valid("2026-12-01", "2049-01-01")]) with data.gatespan.today as "2026-11-30"
	given.passes(rule.deny) with input as clients([valid("2026-11-30", "2049-01-01")]) with data.gatespan.today as "2026-11-30"
}
