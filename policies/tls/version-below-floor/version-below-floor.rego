# METADATA
# title: TLS below 1.3
# description: |
#   A listener in scope accepts TLS 1.3 and nothing older. Gateway API has no portable field for it, so this is judged on
#   what the controller would enforce, its default included. A public gateway is only warned about.
# scope: package
# custom:
#   severity: block
#   remediation: set the lowest version to TLS 1.3 where the controller takes it from; a lower floor is a waiver with an owner and an expiry
#   bad: |
#     kind: ClientTrafficPolicy
#     spec: {tls: {minVersion: "1.2"}}
#   good: |
#     kind: ClientTrafficPolicy
#     spec: {tls: {minVersion: "1.3"}}
package gatespan.rules.tls["version-below-floor"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope
import data.gatespan.lib.versions

deny contains judge(entry) if {
	some entry in scope.terminating
	versions.below(entry.minTLS.value, versions.floor)
}

deny contains object.union(judge(entry), {"severity": "warn"}) if {
	some entry in scope.outside
	entry.tls.value == "terminate"
	versions.below(entry.minTLS.value, versions.floor)
}

judge(entry) := finding.of(entry.subject, entry.minTLS, sprintf("%s accepts TLS %s", [finding.name(entry.subject), shown(entry.minTLS.value)]))

shown("") := "of any version"

shown(version) := version if version != ""
