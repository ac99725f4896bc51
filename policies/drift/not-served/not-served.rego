# METADATA
# title: An exposure that is not served as declared
# description: |
#   The fleet declares an exposure, and no listener of the cluster serves it: its gateway or listener is gone, the
#   controller refuses it, or it has another port, name or TLS mode than declared.
# scope: package
# custom:
#   severity: block
#   remediation: run gatespan generate, or remove the exposure from the fleet
#   bad: |
#     # no Gateway edge/edge with a listener relay, which exposures.relay declares
#   good: |
#     kind: Gateway
#     spec: {listeners: [{name: relay, hostname: relay.example.com}]}
package gatespan.rules.drift["not-served"]

import data.gatespan.lib.finding
import data.gatespan.lib.scope

deny contains finding.at(want.listener, owner(want), "", message) if {
	some want in input.wanted.entries
	count(entries(want)) == 0
	message := sprintf("exposure %s is not served: there is no %s", [want.exposure, finding.name(want.listener)])
}

deny contains finding.of(entry.subject, entry.served, message) if {
	some want in input.wanted.entries
	some entry in entries(want)
	not entry.served.value
	message := sprintf("exposure %s is not served: the controller refuses %s", [want.exposure, finding.name(entry.subject)])
}

deny contains finding.at(entry.subject, entry.listener, difference, message) if {
	some want in input.wanted.entries
	some entry in entries(want)
	entry.served.value
	some difference in differences(want, entry)
	message := sprintf("exposure %s is not served as declared: %s %s", [want.exposure, finding.name(entry.subject), difference])
}

entries(want) := [entry | some entry in input.posture.entries; scope.meant(want, entry)]

differences(want, entry) := ({sprintf("has port %d, not %d", [entry.port, want.port]) | entry.port != want.port} | {sprintf("does not serve %s", [want.hostname]) | not serves(entry, want.hostname)}) | {sprintf("does %s with TLS, not %s", [entry.tls.value, lower(want.mode)]) | entry.tls.value != lower(want.mode)}

serves(entry, hostname) if hostname in entry.hostnames

# A listener without a name serves every name, and bypass/wide-hostname reports it.
serves(entry, _) if count(entry.hostnames) == 0

serves(entry, hostname) if {
	some pattern in entry.hostnames
	startswith(pattern, "*.")
	endswith(hostname, substring(pattern, 1, -1))
}

owner(want) := {
	"apiVersion": "gateway.networking.k8s.io/v1", "kind": want.listener.kind, "field": "spec.listeners",
	"namespace": want.listener.namespace, "name": want.listener.name,
}
