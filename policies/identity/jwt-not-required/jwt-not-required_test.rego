package gatespan.rules.identity["jwt-not-required_test"]

import data.gatespan.lib.testing as given
import data.gatespan.rules.identity["jwt-not-required"] as rule

wanted := {"jwt": {"issuer": "https://issuer.example.com", "audiences": ["relay"], "jwksURI": "https://issuer.example.com/keys"}}

asking(value, issuers, audiences) := given.wanting(
	given.entry({"jwt": given.setting({"value": value, "issuers": issuers, "audiences": audiences, "keys": []})}),
	wanted,
)

signed(keys) := given.wanting(
	given.entry({"jwt": given.setting({"value": "required", "issuers": ["https://issuer.example.com"], "audiences": ["relay"], "keys": keys})}),
	wanted,
)

test_blocks_other_keys if {
	given.blocks(rule.deny) with input as signed(["https://issuer.example.com/keys", "https://other.example.com/keys"])
	given.says(rule.deny, "that keys of https://other.example.com/keys sign") with input as signed(["https://issuer.example.com/keys", "https://other.example.com/keys"])
}

test_passes_its_keys if given.passes(rule.deny) with input as signed(["https://issuer.example.com/keys"])

test_passes_other_keys_where_no_token_is_asked_for if {
	tokens := given.setting({"value": "required", "issuers": ["https://issuer.example.com"], "audiences": ["relay"], "keys": ["https://other.example.com/keys"]})
	given.passes(rule.deny) with input as given.wanting(given.entry({"jwt": tokens}), {"jwt": null})
}

test_says_once_that_nothing_is_required if {
	loose := given.setting({"value": "optional", "issuers": [], "audiences": [], "keys": ["https://other.example.com/keys"]})
	count(rule.deny) == 1 with input as given.wanting(given.entry({"jwt": loose}), wanted)
}

test_blocks_no_token if given.blocks(rule.deny) with input as asking("none", [], [])

test_blocks_an_optional_token if given.blocks(rule.deny) with input as asking("optional", [], [])

test_blocks_any_issuer if given.blocks(rule.deny) with input as asking("required", [], ["relay"])

test_blocks_another_issuer if given.blocks(rule.deny) with input as asking("required", ["https://issuer.example.com", "https://other.example.com"], ["relay"])

test_blocks_any_audience if given.blocks(rule.deny) with input as asking("required", ["https://issuer.example.com"], [])

test_blocks_another_audience if {
	unsafe := asking("required", ["https://issuer.example.com"], ["other", "relay"])
	given.blocks(rule.deny) with input as unsafe
	given.says(rule.deny, "other, relay") with input as unsafe
}

test_blocks_what_nobody_enforces if {
	held_by_nobody := {"jwt": {"value": {"value": "required", "issuers": ["https://issuer.example.com"], "audiences": ["relay"], "keys": []}, "enforcer": "none"}}
	given.blocks(rule.deny) with input as given.wanting(given.entry(held_by_nobody), wanted)
}

test_passes_the_token if given.passes(rule.deny) with input as asking("required", ["https://issuer.example.com"], ["relay"])

test_passes_where_none_is_asked_for if given.passes(rule.deny) with input as given.wanting(given.entry({}), {"jwt": null})

test_says_what_is_there if {
	some finding in rule.deny with input as asking("optional", [], [])
	finding.value == "optional"
}

test_passes_any_token_where_none_is_asked_for if {
	tokens := given.setting({"value": "required", "issuers": ["https://issuer.example.com"], "audiences": ["relay"], "keys": []})
	given.passes(rule.deny) with input as given.wanting(given.entry({"jwt": tokens}), {"jwt": null})
}

test_blocks_an_optional_token_of_the_right_issuer if {
	unsafe := asking("optional", ["https://issuer.example.com"], ["relay"])
	given.blocks(rule.deny) with input as unsafe
}

test_blocks_an_optional_token_once if count(rule.deny) == 1 with input as asking("optional", ["https://other.example.com"], ["relay"])
