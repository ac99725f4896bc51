# METADATA
# title: Addresses are compared that may not be the client's
# description: |
#   The gateway admits some source addresses alone, and what it compares is not the client's own: nodes or a load balancer put theirs in
#   its place, or it is taken from a header that clients send. Everybody is let in, or nobody. Client certificates hold all the same.
# scope: package
# custom:
#   severity: warn
#   remediation: keep the client's address on the way (externalTrafficPolicy Local, or PROXY protocol), or restrict addresses at the load balancer
#   bad: |
#     externalTrafficPolicy: Cluster # beside clientCIDRs of a SecurityPolicy
#   good: |
#     loadBalancerSourceRanges: [203.0.113.0/28]
package gatespan.rules.network["untrusted-source"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.of(entry.subject, entry.sourceCIDRs, message) if {
	some entry in scope.served
	not entry.sourceCIDRs.value.everybody
	not entry.sourceCIDRs.value.trusted
	count(entry.sourceCIDRs.value.cidrs) > 0 # nobody is admitted otherwise
	message := sprintf("%s admits %s alone, by addresses that may not be its clients' own", [finding.name(entry.subject), concat(", ", entry.sourceCIDRs.value.cidrs)])
}
