# The hops from gateways in scope to the Services behind them. What leaves the cluster is an exit, and judged there.
package gatespan.lib.hops

import data.gatespan.lib.finding
import data.gatespan.lib.scope

all := [{"entry": entry, "backend": backend} |
	some entry in scope.terminating
	some route in entry.routes
	some backend in route.backends
	not backend.external
]

# judge makes a finding about a hop; it blocks for declared exposures and warns for overlays that people wrote by hand.
judge(hop, setting, message) := object.union(finding.of(hop.entry.subject, setting, text), severity(hop)) if {
	text := sprintf("the hop from %s to %s %s", [finding.name(hop.entry.subject), finding.name(hop.backend.ref), message])
}

severity(hop) := {"severity": "block"} if declared(hop)

severity(hop) := {"severity": "warn"} if not declared(hop)

# declared: everything behind the listener of an exposure, and the Service of an exposure behind any listener.
declared(hop) if count(scope.wanted(hop.entry)) > 0

declared(hop) if count(wanted(hop)) > 0

# attested: the hop of an exposure whose gateway checks no certificate, and where the fleet says who answers for the way to its own pods.
# With mode Passthrough something else is attested.
attested(hop) if {
	some want in scope.wanted(hop.entry)
	want.attested
	want.mode != "Passthrough"
	want.service.namespace == hop.backend.ref.namespace
	hop.backend.ref.name in want.services
	want.servicePort == hop.backend.port
}

# wanted is what the fleet wants of the Service behind the hop.
wanted(hop) := [want |
	some want in input.wanted.entries
	scope.key(want.service) == scope.key(hop.backend.ref)
]
