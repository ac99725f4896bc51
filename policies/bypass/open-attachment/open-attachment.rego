# METADATA
# title: Anybody may attach routes to the listener
# description: |
#   Who may attach a route decides what is served under the listener's name, to the clients it has authenticated. Namespaces
#   are safe to select by kubernetes.io/metadata.name, which only the API server sets; a selector of other labels warns,
#   because whoever labels a namespace opens it.
# scope: package
# custom:
#   severity: block
#   remediation: set allowedRoutes.namespaces.from to Same, or select namespaces by kubernetes.io/metadata.name
#   bad: |
#     allowedRoutes: {namespaces: {from: All}}
#   good: |
#     allowedRoutes: {namespaces: {from: Same}}
package gatespan.rules.bypass["open-attachment"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.of(entry.subject, entry.attachment, message) if {
	some entry in scope.inside
	entry.attachment.value.everybody
	message := sprintf("%s lets every namespace attach routes", [finding.name(entry.subject)])
}

deny contains object.union(finding.of(entry.subject, entry.attachment, message), {"severity": "warn"}) if {
	some entry in scope.inside
	not entry.attachment.value.everybody
	selector := entry.attachment.value.selector
	selector != ""
	not regex.match(`(^|,)kubernetes\.io/metadata\.name(=| in )`, selector)
	message := sprintf("%s lets namespaces attach routes by labels that others may set (%s)", [finding.name(entry.subject), selector])
}
