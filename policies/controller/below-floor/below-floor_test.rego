package gatespan.rules.controller["below-floor_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.controller["below-floor"] as rule

test_blocks_an_old_version if given.blocks(rule.deny) with input as given.installed({"oldest": "1.7"})

test_names_the_oldest_that_is_read if given.says(rule.deny, "older than 1.7") with input as given.installed({"oldest": "1.7"})

test_passes_a_version_that_is_read if given.passes(rule.deny) with input as given.installed({})

test_passes_a_controller_of_browsers if given.passes(rule.deny) with input as given.public(given.installed({"oldest": "1.7"}))
