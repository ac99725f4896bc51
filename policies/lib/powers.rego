# What RBAC lets whom do to what protects exposed gateways, and who may have which of it.
package gatespan.lib.powers

import data.gatespan.lib.finding
import data.gatespan.lib.scope

# Who holds a power.

# everybody: names of the API server's own that stand for whoever calls it, or for every workload.
everybody(holder) if holder.name in {"system:authenticated", "system:unauthenticated", "system:anonymous", "system:serviceaccounts"}

everybody(holder) if {
	holder.kind == "Group"
	startswith(holder.name, "system:serviceaccounts:")
}

# server: the API server and what runs beside it.
server(holder) if {
	holder.kind in {"User", "Group"}
	startswith(holder.name, "system:")
	not everybody(holder)
}

server(holder) if {
	holder.kind == "ServiceAccount"
	holder.namespace == "kube-system"
}

person(holder) if {
	holder.kind in {"User", "Group"}
	not startswith(holder.name, "system:")
}

# workload: any other service account.
workload(holder) if {
	holder.kind == "ServiceAccount"
	not server(holder)
}

# end: a service account of those whom the gateways are to hold to mutual TLS, or the one that every pod of a namespace has that names none.
end(holder) if {
	workload(holder)
	holder.name == "default"
}

end(holder) if {
	workload(holder)
	holder.namespace in ends
}

ends := {want.gateway.namespace | some want in input.wanted.exits} | {split(service, "/")[0] | some service in scope.exposed}

# engine: a workload of this name applies the overlays; it has power over everything, and is judged by what is in Git.
engine(holder) if holder.name in {
	"kustomize-controller", "helm-controller", "flux-operator", "flux-operator-instance",
	"argocd-application-controller", "argocd-server", "argocd-applicationset-controller",
}

# Who has which role.

provider(holder) if listed(input.cluster.roles.infrastructureProviders, holder)

operator(holder) if listed(input.cluster.roles.clusterOperators, holder)

developer(holder) if {
	some want in array.concat(input.wanted.entries, input.wanted.exits)
	listed(want.developers, holder)
}

listed(subjects, holder) if {
	some subject in subjects
	scope.same(subject, holder)
}

# may: the role of the holder includes the reach.
may(holder, _) if provider(holder)

may(holder, reach) if {
	operator(holder)
	reach.over in {
		"gateways", "routes", "reference grants", "policies", "bundles of roots", "secrets", "private keys", "certificates",
		"network policies",
	}
}

may(holder, reach) if owns(holder, reach.namespace, reach.place)

# A route beside the gateway, by its name.
may(holder, reach) if {
	reach.over == "routes"
	count(reach.names) > 0
	every name in reach.names {
		[reach.namespace, name] in routes(holder)
	}
}

# owns: the namespace is of a Service or consumer whose developers the holder is among. Where a gateway is, it is not theirs.
owns(holder, namespace, place) if {
	place in {"service", "consumer"}
	some want in input.wanted.entries
	want.service.namespace == namespace
	listed(want.developers, holder)
}

owns(holder, namespace, place) if {
	place in {"service", "consumer"}
	some want in input.wanted.exits
	want.gateway.namespace == namespace
	listed(want.developers, holder)
}

# routes are the namespaces and names of the routes of the exposures that the holder develops.
routes(holder) := {[route.ref.namespace, route.ref.name] |
	some want in input.wanted.entries
	listed(want.developers, holder)
	some entry in input.posture.entries
	some same in scope.wanted(entry)
	same.exposure == want.exposure
	some route in entry.routes
}

# beyond are the reaches of a power that no role of the holder includes.
beyond(power) := [reach | some reach in power.reaches; reach.over != "what is not known"; not may(power.holder, reach)]

# own: the place is the fleet's, or the whole cluster's. Another team's fleet may have gateways beside it, whose people it does not know.
own(reach) if reach.place in {"keys", "cluster"}

own(reach) if reach.namespace == input.cluster.controller.dataPlaneNamespace

own(reach) if {
	some want in input.wanted.entries
	reach.namespace in {want.gateway.namespace, want.service.namespace}
}

own(reach) if {
	some want in input.wanted.exits
	want.gateway.namespace == reach.namespace
}

# closed: the fleet says who may have power in the place, so that nobody else should.
closed(reach) if {
	reach.place in {"gateway", "keys", "cluster"}
	own(reach)
	count(input.cluster.roles.infrastructureProviders) + count(input.cluster.roles.clusterOperators) > 0
}

closed(reach) if {
	some want in input.wanted.entries
	want.service.namespace == reach.namespace
	count(want.developers) > 0
}

closed(reach) if {
	some want in input.wanted.exits
	want.gateway.namespace == reach.namespace
	count(want.developers) > 0
}

# Findings: one for all that a holder has by one binding.

holdings(powers) := {{"holder": power.holder, "binding": power.binding, "role": power.role} | some power in powers}

of(holding, powers) := [power |
	some power in powers
	power.holder == holding.holder
	power.binding == holding.binding
	power.role == holding.role
]

report(holding, powers, severity) := object.union(
	finding.at(holding.holder, powers[0].by, over, finding.because(message, powers[0].why)),
	{"severity": severity, "related": [{"by": holding.binding, "message": "the binding"} | holding.binding.name != ""]},
) if {
	over := described({reach | some power in powers; some reach in beyond(power)})
	message := sprintf("%s has power over %s by %s", [called(holding.holder), over, finding.name(holding.role)])
}

called(holder) := sprintf("whoever is bound to %s", [finding.name(holder)]) if holder.kind in {"Role", "ClusterRole"}

called(holder) := finding.name(holder) if not holder.kind in {"Role", "ClusterRole"}

# described is what a set of reaches comes to: "gateways, policies of namespace edge; gateway classes of the cluster".
described(reaches) := concat("; ", [text |
	some where in {reach.namespace | some reach in reaches}
	text := sprintf("%s of %s", [concat(", ", {reach.over | some reach in reaches; reach.namespace == where}), place(where)])
])

place("") := "the cluster"

place(namespace) := sprintf("namespace %s", [namespace]) if namespace != ""
