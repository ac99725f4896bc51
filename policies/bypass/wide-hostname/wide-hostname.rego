# METADATA
# title: A listener without a name of its own
# description: |
#   A listener with client certificates and no hostname, or a wildcard, answers for names that no exposure declares, and
#   routes attach to it that were meant for others. It blocks where the fleet wants an exact name.
# scope: package
# custom:
#   severity: warn
#   remediation: set the hostname of the exposure on the listener
#   bad: |
#     listeners: [{name: relay, hostname: "*.example.com"}]
#   good: |
#     listeners: [{name: relay, hostname: relay.example.com}]
package gatespan.rules.bypass["wide-hostname"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains object.union(finding.at(entry.subject, entry.listener, names, message), severity(entry)) if {
	some entry in scope.terminating
	entry.clientAuth.value == "required"
	wide(entry)
	names := concat(" ", entry.hostnames)
	message := sprintf("%s answers for %s", [finding.name(entry.subject), shown(names)])
}

wide(entry) if count(entry.hostnames) == 0

wide(entry) if {
	some hostname in entry.hostnames
	startswith(hostname, "*")
}

severity(entry) := {"severity": "block"} if count(scope.wanted(entry)) > 0

severity(entry) := {} if count(scope.wanted(entry)) == 0

shown("") := "every name"

shown(names) := names if names != ""
