# METADATA
# title: Nobody mends this version of the controller any more
# description: |
#   The line of versions has come to the end of its support: vulnerabilities that are found from now on stay in it. What today is says
#   --today, or the clock. `gatespan due` tells before it happens.
# scope: package
# custom:
#   severity: warn
#   remediation: upgrade the controller to a supported version, then its version in the fleet
#   bad: |
#     controller: {name: "envoy-gateway", version: "1.7.5"} # supported until 2026-08-05
#   good: |
#     controller: {name: "envoy-gateway", version: "1.9.1"}
package gatespan.rules.controller["end-of-life"]

import data.gatespan.lib.finding
import data.gatespan.lib.installations

deny contains finding.at(installation.subject, installation.by, installation.endOfLife, message) if {
	some installation in installations.counted
	installation.endOfLife != ""
	installation.endOfLife < data.gatespan.today
	message := sprintf("support of %s ended on %s (%s)", [installation.called, installation.endOfLife, installation.source])
}
