# METADATA
# title: Git installs another version of the controller than the fleet declares
# description: |
#   What is enforced is judged by the version that the fleet declares: a field that an older version ignores would be believed. A Helm
#   release or an image in Git installs another one. A later patch of the declared version is fine; of several versions, as in an
#   upgrade by revision, one must be it.
# scope: package
# custom:
#   severity: block
#   remediation: declare the version that is installed in the fleet, or install the one that is declared; do both in one change
#   bad: |
#     controller: {name: "envoy-gateway", version: "1.9.1"} # and the HelmRelease has version: v1.5.0
#   good: |
#     controller: {name: "envoy-gateway", version: "1.9.1"} # and the HelmRelease has version: v1.9.1
package gatespan.rules.controller["version-differs"]

import data.gatespan.lib.finding

deny contains finding.at(found.subject, found.by, found.id, found.why) if {
	some found in input.posture.prerequisites
	found.id == "installed-version"
	found.state == "violated"
}
