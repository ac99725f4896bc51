# METADATA
# title: The controller is older than what gatespan understands
# description: |
#   What gateways enforce is read as the versions of the controller's profile have it. An older one may ignore a field that asks for
#   client certificates or for TLS 1.3, and nothing in Git would show that.
# scope: package
# custom:
#   severity: block
#   remediation: upgrade the controller, then its version in the fleet; gatespan controllers lists the versions
#   bad: |
#     controller: {name: "envoy-gateway", version: "1.4.2"}
#   good: |
#     controller: {name: "envoy-gateway", version: "1.9.1"}
package gatespan.rules.controller["below-floor"]

import data.gatespan.lib.finding
import data.gatespan.lib.installations

deny contains finding.at(installation.subject, installation.by, installation.version, message) if {
	some installation in installations.counted
	installation.oldest != ""
	message := sprintf("%s is older than %s, the oldest version that gatespan reads: what it enforces is not known", [installation.called, installation.oldest])
}
