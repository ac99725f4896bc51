# METADATA
# title: TLS 1.3 is switched off
# description: |
#   The highest version that the listener speaks is below 1.3, so that no client can have it.
# scope: package
# custom:
#   severity: block
#   remediation: remove the highest version, or set it to TLS 1.3
#   bad: |
#     kind: ClientTrafficPolicy
#     spec: {tls: {maxVersion: "1.2"}}
#   good: |
#     kind: ClientTrafficPolicy
#     spec: {tls: {minVersion: "1.3"}}
package gatespan.rules.tls["version-capped"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope
import data.gatespan.lib.versions

deny contains judge(entry) if {
	some entry in scope.terminating
	capped(entry)
}

deny contains object.union(judge(entry), {"severity": "warn"}) if {
	some entry in scope.outside
	capped(entry)
}

capped(entry) if {
	entry.tls.value == "terminate"
	entry.maxTLS.value != ""
	versions.below(entry.maxTLS.value, versions.floor)
}

judge(entry) := finding.of(entry.subject, entry.maxTLS, sprintf("%s speaks at most TLS %s", [finding.name(entry.subject), entry.maxTLS.value]))
