# METADATA
# title: A call may use TLS below 1.3
# description: |
#   The call is TLS 1.3 if the egress gateway or the workload insists, or if the entry at the other end does (the controller
#   of the exit may have no floor; the exit then pins CA and name, which other rules judge). With no known entry at the
#   other end it warns.
# scope: package
# custom:
#   severity: block
#   remediation: set the lowest version of the exit to TLS 1.3, or of the entry that it calls
#   bad: |
#     kind: BackendTrafficPolicy # no lowest version, and the entry accepts 1.2
#     spec: {}
#   good: |
#     kind: ClientTrafficPolicy # of the entry
#     spec: {tls: {minVersion: "1.3"}}
package gatespan.rules.egress["version-below-floor"]

import data.gatespan.lib.exits
import data.gatespan.lib.versions

deny contains exits.judge(exit, exit.minTLS, sprintf("may use TLS %s, and the entry of cluster %s accepts %s", [shown(exit), peer.cluster, peer.minTLS])) if {
	some exit in low
	some peer in known(exit)
	versions.below(peer.minTLS, versions.floor)
}

deny contains exits.judge(exit, exit.minTLS, sprintf("may use TLS %s, and exposure %s relies on its floor", [shown(exit), want.exposure])) if {
	some exit in low
	count(known(exit)) == 0
	some want in exits.wanted(exit)
	not want.floorBy in {"peer", "attested"}
}

deny contains object.union(found, {"severity": "warn"}) if {
	some exit in low
	count(known(exit)) == 0
	count([want | some want in exits.wanted(exit); want.floorBy != "peer"]) == 0 # nor by pods that are attested to hold it
	found := exits.judge(exit, exit.minTLS, sprintf("may use TLS %s, and the entry that it calls is not known", [shown(exit)]))
}

low := [exit |
	some exit in input.posture.exits
	exit.tls.value == "tls"
	versions.below(exit.minTLS.value, versions.floor)
]

# known are the entries at the other end that terminate TLS, and so have a floor of their own.
known(exit) := [peer | some peer in exits.peers(exit); peer.tls == "terminate"]

shown(exit) := exit.minTLS.value if exit.minTLS.value != ""

shown(exit) := "of any version" if exit.minTLS.value == ""
