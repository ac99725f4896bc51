# Which exits belong to exposures, and what they meet at the other end.
package gatespan.lib.exits

import data.gatespan.lib.finding
import data.gatespan.lib.scope

# judge makes a finding about an exit. It warns where nothing says that the call should be mutual TLS: an ordinary application's
# call of a public service.
judge(exit, setting, message) := object.union(finding.of(exit.subject, setting, text), severity(exit)) if {
	text := sprintf("%s %s", [label(exit), message])
}

severity(exit) := {} if tied(exit)

severity(exit) := {"severity": "warn"} if not tied(exit)

label(exit) := sprintf("the call of %s:%d through %s", [exit.host, exit.port, finding.name(exit.subject)]) if exit.gateway.name != ""

label(exit) := sprintf("the call of %s:%d by %s", [exit.host, exit.port, finding.name(exit.subject)]) if exit.gateway.name == ""

# tied: the exit belongs to mutual TLS. The fleet wants it, an entry of the fleet is at its other end, it presents a certificate,
# or it leaves through a gateway that is there for that: one for pods of this cluster only.
tied(exit) if count(wanted(exit)) > 0

tied(exit) if count(peers(exit)) > 0

tied(exit) if exit.certificate.value != ""

tied(exit) if {
	some entry in input.posture.entries
	scope.same(entry.gateway, exit.gateway)
	scope.egress(entry)
}

# wanted is what the fleet wants of the exit.
wanted(exit) := [want |
	some want in input.wanted.exits
	scope.same(want.gateway, carrier(exit))
	want.hostname in names(exit)
]

# carrier is the egress gateway; the workload where it calls for itself.
carrier(exit) := exit.gateway if exit.gateway.name != ""

carrier(exit) := exit.subject if exit.gateway.name == ""

names(exit) := {exit.host, exit.sni}

# peers are the entries of the fleet that the exit may meet.
peers(exit) := [peer |
	some peer in input.peers
	peer.port == exit.port
	some hostname in peer.hostnames
	some name in names(exit)
	covers(hostname, name)
]

covers(hostname, hostname)

covers(hostname, name) if {
	startswith(hostname, "*.")
	endswith(name, substring(hostname, 1, -1))
}
