package gatespan.rules.controller["end-of-life_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.controller["end-of-life"] as rule

until(day) := given.installed({"endOfLife": day, "source": "a page"})

test_warns_after_the_last_day if given.warns(rule.deny) with input as until("2026-11-29") with data.gatespan.today as "2026-11-30"

test_says_who_says_so if given.says(rule.deny, "ended on 2026-11-29 (a page)") with input as until("2026-11-29") with data.gatespan.today as "2026-11-30"

test_passes_on_the_last_day if given.passes(rule.deny) with input as until("2026-11-30") with data.gatespan.today as "2026-11-30"

test_passes_what_nobody_says if given.passes(rule.deny) with input as until("") with data.gatespan.today as "2026-11-30"
