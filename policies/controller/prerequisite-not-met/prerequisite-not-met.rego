# METADATA
# title: The controller's installation is not what the exposures need
# description: |
#   What an exposure is generated with means what it should only where the controller is installed so: a feature that is off by
#   default is on, its own configuration sets a floor. The configuration in Git says otherwise. What is not in Git is an assumption
#   of the verdict; `gatespan controllers --cluster NAME` lists both.
# scope: package
# custom:
#   severity: block
#   remediation: set what the exposures need in the controller's own configuration; gatespan controllers --cluster tells how
#   bad: |
#     extensionApis: {enableBackend: false} # and an egress gateway of Envoy Gateway
#   good: |
#     extensionApis: {enableBackend: true}
package gatespan.rules.controller["prerequisite-not-met"]

import data.gatespan.lib.finding

deny contains finding.at(need.subject, need.by, need.id, message) if {
	some need in input.posture.prerequisites
	need.state == "violated"
	need.id != "installed-version" # controller/version-differs
	message := sprintf("the exposures of this cluster need %s of the installation of %s: %s", [need.id, input.cluster.controller.name, need.why])
}
