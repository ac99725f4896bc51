package gatespan.rules.gitops["not-kept_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.gitops["not-kept"] as rule

test_blocks_the_fact if given.blocks(rule.deny) with input as given.fact("gitops/not-kept")

test_passes_other_facts if given.passes(rule.deny) with input as given.fact("other")

test_warns_where_it_is_no_news if given.warns(rule.deny) with input as given.fact_with("gitops/not-kept", "warn")
