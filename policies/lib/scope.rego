# What is judged: which entries and exits are in scope, which Services and pods are exposed.
package gatespan.lib.scope

# served are the entries that their controller serves. A listener that it refuses is closed.
served := [entry | some entry in input.posture.entries; entry.served.value]

# inside are the entries held to mutual TLS: neither of a public gateway nor of an egress gateway. Passthrough is among them.
inside := [entry | some entry in served; not public(entry.gateway); not egress(entry)]

# outside are the entries of public gateways, which serve browsers.
outside := [entry | some entry in served; public(entry.gateway)]

# terminating are those inside that terminate TLS themselves.
terminating := [entry | some entry in inside; entry.tls.value == "terminate"]

# public: the fleet names the gateway, with a reason.
public(gateway) if {
	gateway.kind == "Gateway"
	some named in input.cluster.publicGateways
	named.namespace == gateway.namespace
	named.name == gateway.name
}

# egress: a listener for pods of this cluster alone, from which every route leaves the cluster. Who may use it is judged by
# egress/; a listener of the same gateway that reaches a Service of this cluster is an entry like any other.
egress(entry) if {
	entry.scheme.value == "cluster"
	carries_exits(entry.gateway)
	every route in entry.routes {
		every backend in array.concat(route.backends, route.mirrors) {
			leaves(backend)
		}
	}
}

carries_exits(gateway) if {
	some exit in input.posture.exits
	same(exit.gateway, gateway)
}

carries_exits(gateway) if {
	some exit in input.wanted.exits
	same(exit.gateway, gateway)
}

# leaves: the backend is outside this cluster, and not one of its Services under its DNS name.
leaves(backend) if {
	backend.external
	not local_name(backend.host)
}

# local_name: the DNS name of a Service of this cluster, <service>.<namespace>.svc…
local_name(host) if regex.match(`^[^.]+\.[^.]+\.svc(\..*)?$`, host)

# same: two subjects are one object, whichever listener they name.
same(a, b) if {
	a.name != ""
	[a.kind, a.namespace, a.name] == [b.kind, b.namespace, b.name]
}

# wanted is what the fleet wants of the entry's listener.
wanted(entry) := [want | some want in input.wanted.entries; meant(want, entry)]

# meant: the entry is the wanted listener, of the same Gateway and declared by the same object. A ListenerSet may have the Gateway's own
# name, and its listener the name of one that is wanted.
meant(want, entry) if {
	same(want.listener, entry.subject)
	want.listener.listener == entry.subject.listener
	same(want.gateway, entry.gateway)
}

# reached are the Services of this cluster, as namespace/name, to which the entry's routes lead.
reached(entry) := {key(backend.ref) |
	some route in entry.routes
	some backend in route.backends
	backend.ref.kind == "Service"
}

key(thing) := sprintf("%s/%s", [thing.namespace, thing.name])

# declared are the Services that the fleet's exposures name.
declared := {key(want.service) | some want in input.wanted.entries}

# exposed are the declared Services, and those that an entry with client certificates reaches, or one whose pods end TLS.
exposed := declared | {service |
	some entry in inside
	verified(entry)
	some service in reached(entry)
}

verified(entry) if entry.clientAuth.value == "required"

verified(entry) if entry.tls.value == "passthrough"

# pods are the selectors of the exposed pods, each with its namespace.
pods contains {"namespace": want.service.namespace, "labels": want.pods} if {
	some want in input.wanted.entries
	count(want.pods) > 0
}

pods contains {"namespace": service.subject.namespace, "labels": service.selector} if {
	some service in input.posture.services
	key(service.subject) in exposed
	count(service.selector) > 0
}
