# Ways around the gateways to exposed pods.
package gatespan.lib.ways

import data.gatespan.lib.finding
import data.gatespan.lib.scope

# own are the kinds of ways that have a rule of their own. Every other kind, also one that a reader invents tomorrow, is
# bypass/service-exposed.
own := {"host-port", "host-network", "ingress", "classic-route", "endpoints", "external-name", "unseen-gateway"}

others := {way.via | some way in input.posture.ways} - own

# deny are the findings for the ways of some kinds that reach an exposed Service or exposed pods.
deny(kinds, what) := {finding.at(way.subject, way.by, way.via, finding.because(message, way.why)) |
	some way in input.posture.ways
	way.via in kinds
	target := reaches(way)
	message := sprintf("%s %s around the gateway to %s", [finding.name(way.subject), what, target])
}

# reaches is the exposed Service or pods at the end of the way, for a message.
reaches(way) := sprintf("Service %s", [service]) if {
	service := scope.key(way.service)
	service in scope.exposed
} else := sprintf("pods of namespace %s", [namespace(way)]) if {
	some pods in scope.pods
	pods.namespace == namespace(way)
	meet(way, pods.labels)
}

namespace(way) := way.service.namespace if way.service.name != ""

namespace(way) := way.subject.namespace if way.service.name == ""

# meet: pods with the way's labels are selected by the exposed selector, or one pod can satisfy both selectors. Pods are rarely
# in the same repository as the gateway, so two selectors without a contradiction may always mean the same pods. There is always a label.
meet(way, labels) if {
	every name, value in labels {
		way.pods[name] == value
	}
}

meet(way, labels) if {
	count(way.pods) == 0
	count(way.selector) > 0
	every name, value in labels {
		object.get(way.selector, name, value) == value
	}
}
