# Builders for the tests of rules: a safe input of each kind, to which a test gives what is unsafe.
#
#	test_blocks_an_optional_certificate if given.blocks(rule.deny) with input as given.entry({"clientAuth": {"value": "optional"}})
#
# A change is merged into the safe value field by field; a list replaces the list.
package gatespan.lib.testing

# blocks, changes, warns and passes are what a test says of a rule's findings. One that has no severity of its own has that of
# its rule's METADATA, which make test gives as data.severity; a plain opa test does not know it, and takes it for the right one.
blocks(deny) if {
	count(deny) > 0
	every finding in deny {
		is_finding(finding)
		severity(finding, "block") == "block"
	}
}

changes(deny) if {
	count(deny) > 0
	every finding in deny {
		is_finding(finding)
		severity(finding, "change") == "change"
	}
}

warns(deny) if {
	count(deny) > 0
	every finding in deny {
		is_finding(finding)
		severity(finding, "warn") == "warn"
	}
}

is_finding(finding) if {
	finding.subject.kind != ""
	finding.message != ""
}

severity(finding, _) := finding.severity

severity(finding, _) := data.severity if not finding.severity

severity(finding, wanted) := wanted if {
	not finding.severity
	not data.severity
}

passes(deny) if count(deny) == 0

# by: every finding names this object as the one that decided.
by(deny, kind, name) if {
	count(deny) > 0
	every finding in deny {
		[finding.by.kind, finding.by.name] == [kind, name]
	}
}

# says: every message holds the text.
says(deny, text) if {
	count(deny) > 0
	every finding in deny {
		contains(finding.message, text)
	}
}

# Subjects, and a place that decides.

gateway := {"kind": "Gateway", "namespace": "edge", "name": "edge", "listener": ""}

listener := object.union(gateway, {"listener": "relay"})

egress_gateway := {"kind": "Gateway", "namespace": "orders", "name": "orders-egress", "listener": ""}

egress_listener := object.union(egress_gateway, {"listener": "relay"})

service := {"kind": "Service", "namespace": "relay", "name": "relay", "listener": ""}

ref(kind, namespace, name) := {"apiVersion": "v1", "kind": kind, "namespace": namespace, "name": name, "field": "spec"}

setting(value) := {"value": value, "enforcer": "gateway", "by": ref("ClientTrafficPolicy", "edge", "edge"), "why": ""}

policy(value, why) := object.union(setting(value), {"why": why})

declared_sum := "9b0f"

foreign_sum := "66aa"

anchor(sums) := {
	"ref": ref("ConfigMap", "edge", "edge-client-ca"),
	"sha256": sums, "system": false, "source": "git", "trustDomain": "", "roots": [],
}

# holding is an anchor whose only root is in Git, valid and strong but for the change.
holding(change) := object.union(anchor([declared_sum]), {"roots": [object.union(
	{
		"by": ref("ConfigMap", "edge", "edge-client-ca"), "sha256": declared_sum, "subject": "CN=root",
		"notBefore": "2026-01-01", "notAfter": "2049-12-31", "weak": [],
	},
	change,
)]})

system_anchor := object.union(anchor([]), {"system": true, "source": "system"})

unknown_anchor := object.union(anchor([]), {"source": "secret", "ref": ref("Secret", "edge", "ca")})

# A safe way in, hop, and way out.

safe_backend := {
	"ref": ref("Service", "relay", "relay"), "from": ref("HTTPRoute", "edge", "relay"), "port": 8443, "weight": 1,
	"granted": true, "exists": true, "external": false, "exitIndex": -1, "host": "",
	"tls": setting("tls"), "ca": setting([anchor([declared_sum])]), "name": setting("relay.relay.svc"), "minTLS": setting("1.3"),
}

safe_route := {
	"ref": ref("HTTPRoute", "edge", "relay"), "hostnames": [], "paths": [], "redirectOnly": false,
	"backends": [safe_backend], "mirrors": [], "headers": [],
}

safe_entry := {
	"subject": listener, "gateway": gateway, "controller": "envoy-gateway", "class": "eg", "labels": {},
	"listener": ref("Gateway", "edge", "edge"), "port": 443, "protocol": "HTTPS", "hostnames": ["relay.example.com"],
	"served": setting(true), "scheme": setting("internet-facing"),
	"attachment": setting({"everybody": false, "namespaces": ["edge"], "selector": "", "kinds": [], "listeners": false}),
	"tls": setting("terminate"), "minTLS": setting("1.3"), "maxTLS": setting("1.3"), "http3": setting(false), "resumption": setting(false),
	"clientAuth": setting("required"), "clientCA": setting([anchor([declared_sum])]),
	"identities": setting({"everybody": false, "accepted": [identity]}), "expired": setting(false), "revocation": setting("none"),
	"forwarding": setting("sanitize"), "sourceCIDRs": setting({"everybody": false, "cidrs": [], "trusted": true}),
	"probe": setting(""), "jwt": setting({"value": "none", "issuers": [], "audiences": [], "keys": []}),
	"routes": [safe_route],
}

identity := {"type": "uri", "match": "exact", "value": "spiffe://corp.example.com/ns/orders/sa/orders"}

# egress_entry is the listener of an egress gateway: for pods of its cluster, and every route leaves it.
egress_entry := object.union(safe_entry, {
	"subject": egress_listener, "gateway": egress_gateway, "scheme": setting("cluster"), "clientAuth": setting("none"),
	"routes": [object.union(safe_route, {"backends": [egress_backend]})],
})

egress_backend := object.union(safe_backend, {
	"ref": ref("Backend", "orders", "relay"), "external": true, "exitIndex": 0, "host": "relay.example.com",
})

safe_exit := {
	"subject": egress_listener, "gateway": egress_gateway, "controller": "envoy-gateway",
	"destination": ref("Backend", "orders", "relay"), "host": "relay.example.com", "port": 443, "paths": [],
	"tls": setting("tls"), "minTLS": setting("1.3"), "certificate": setting("Secret orders/orders-client-tls"),
	"ca": setting([anchor([declared_sum])]), "names": setting(["relay.example.com"]), "sni": "relay.example.com",
	"users": setting({"everybody": false, "principals": [], "pods": ["orders: app=orders"]}),
}

safe_service := {
	"subject": service, "ref": ref("Service", "relay", "relay"), "type": "ClusterIP", "selector": {"app": "relay"}, "ports": {},
	"network": setting({"everybody": false, "admitted": ["namespaces{edge}"]}),
}

safe_grant := {
	"subject": {"kind": "ReferenceGrant", "namespace": "relay", "name": "relay", "listener": ""},
	"by": ref("ReferenceGrant", "relay", "relay"), "fromBy": ref("ReferenceGrant", "relay", "relay"),
	"fromGroup": "gateway.networking.k8s.io", "fromKind": "HTTPRoute", "fromNamespace": "edge",
	"toGroup": "", "toKind": "Service", "toName": "relay", "usedBy": ["HTTPRoute edge/relay"],
}

safe_reference := {
	"from": ref("HTTPRoute", "edge", "relay"), "to": ref("Service", "relay", "relay"),
	"resolved": "object", "onMissing": "closed", "crossNamespace": true, "granted": true, "ignored": "",
}

safe_way := {
	"subject": {"kind": "Service", "namespace": "relay", "name": "relay-lb", "listener": ""}, "via": "load-balancer",
	"service": {"kind": "Service", "namespace": "relay", "name": "relay-lb", "listener": ""}, "pods": {}, "selector": {"app": "other"},
	"by": ref("Service", "relay", "relay-lb"), "why": "type is LoadBalancer",
}

safe_hatch := {
	"subject": {"kind": "EnvoyPatchPolicy", "namespace": "edge", "name": "patch", "listener": ""},
	"by": ref("EnvoyPatchPolicy", "edge", "patch"), "gateways": [gateway], "why": "it changes the generated configuration",
}

# A certificate of cert-manager: serving is used by the safe entry, calling by the safe exit.

serving := {
	"subject": {"kind": "Certificate", "namespace": "edge", "name": "edge-relay-tls", "listener": ""}, "secret": "edge/edge-relay-tls",
	"serves": [listener], "presents": [], "roots": [], "purposes": certificate_setting("edge-relay-tls", ["server auth"]),
	"ca": certificate_setting("edge-relay-tls", false), "names": certificate_setting("edge-relay-tls", [dns("relay.example.com")]),
	"issuer": certificate_setting("edge-relay-tls", issuer), "days": certificate_setting("edge-relay-tls", 90),
}

calling := object.union(serving, {
	"subject": {"kind": "Certificate", "namespace": "orders", "name": "orders-client-tls", "listener": ""}, "secret": "orders/orders-client-tls",
	"serves": [], "presents": [egress_listener], "purposes": certificate_setting("orders-client-tls", ["client auth"]),
	"names": certificate_setting("orders-client-tls", [identity]), "issuer": certificate_setting("orders-client-tls", issuer),
})

certificate_setting(name, value) := object.union(setting(value), {"by": ref("Certificate", "edge", name), "enforcer": "trustDomain"})

issuer := {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": "corp", "type": "", "by": ref("", "", "")}

issuer_of(type) := object.union(issuer, {"type": type, "by": ref("ClusterIssuer", "", "corp")})

dns(name) := {"type": "dns", "match": "exact", "value": name}

# certified is an input with the safe entry and exit and one certificate.
certified(certificate) := posture({
	"entries": [safe_entry, egress_entry], "exits": [safe_exit], "certificates": [certificate],
})

# wanting_both adds that the fleet wants the entry and the exit, with their issuer.
wanting_both(base) := object.union(base, {"wanted": {
	"entries": [object.union(wanted_entry, {"issuer": declared_issuer})],
	"exits": [object.union(wanted_exit, {"issuer": declared_issuer, "identity": identity})],
}})

declared_issuer := {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": "corp"}

team := {"kind": "Group", "namespace": "", "name": "team-relay", "listener": ""}

account(namespace, name) := {"kind": "ServiceAccount", "namespace": namespace, "name": name, "listener": ""}

reach(over, place, namespace) := {"over": over, "place": place, "namespace": namespace, "names": []}

# safe_power is what a declared cluster operator may do; nobody is declared in an input without roles.
safe_power := {
	"holder": team, "bound": true, "binding": ref("RoleBinding", "edge", "operators"), "role": ref("Role", "edge", "operators"),
	"by": ref("Role", "edge", "operators"), "scope": "edge", "verbs": ["update"], "reaches": [reach("gateways", "gateway", "edge")],
	"wildcard": false, "escalates": false, "broad": false, "why": "",
}

safe_installation := {
	"subject": {"kind": "Controller", "namespace": "", "name": "envoy-gateway", "listener": ""}, "called": "Envoy Gateway 1.9.1",
	"by": {"apiVersion": "", "kind": "Controller", "namespace": "", "name": "envoy-gateway", "field": "version"}, "version": "1.9.1",
	"misplaced": "", "oldest": "", "endOfLife": "", "source": "", "vulnerabilities": [],
}

# installed is an input with the safe entry, and its controller, safe but for the change.
installed(change) := posture({"entries": [safe_entry], "installations": [object.union(safe_installation, change)]})

# What the fleet wants.

wanted_entry := {
	"exposure": "relay", "gateway": listener, "listener": listener, "hostname": "relay.example.com", "port": 443, "mode": "Terminate", "minTLS": "1.3",
	"trustDomain": "corp", "sha256": [declared_sum], "pinIdentities": true, "identities": [identity],
	"service": service, "servicePort": 8443, "pods": {"app": "relay"}, "backendName": "relay.relay.svc", "backendSHA256": [declared_sum], "developers": [],
}

wanted_exit := {
	"exposure": "relay", "consumer": "orders", "via": "gateway", "gateway": egress_gateway, "hostname": "relay.example.com",
	"port": 443, "sha256": [declared_sum], "minTLS": "1.3", "floorBy": "gateway", "developers": [],
}

peer := {
	"cluster": "eks-prod", "gateway": listener, "hostnames": ["relay.example.com"], "port": 443, "tls": "terminate", "minTLS": "1.3",
	"clientAuth": "required",
}

trust_domain := {"name": "corp", "spiffe": "corp.example.com", "configMap": "corp-ca", "sha256": [declared_sum]}

# Inputs.

nothing := {
	"cluster": {"name": "eks-prod", "networkPolicyEngine": "vpc-cni", "trustDomains": [], "publicGateways": [], "roles": {"infrastructureProviders": [], "clusterOperators": []}},
	"posture": {
		"entries": [], "exits": [], "grants": [], "references": [], "ways": [], "hatches": [], "services": [], "secrets": [], "certificates": [],
		"installations": [], "powers": [], "unknowns": [], "assumptions": [],
	},
	"wanted": {"entries": [], "exits": []}, "peers": [], "render": [], "drift": [], "changes": [], "gate": [], "objects": [],
}

# posture is an input with nothing but some of the posture.
posture(some_of_it) := object.union(nothing, {"posture": some_of_it})

# entry is an input with one entry, safe but for the change.
entry(change) := posture({"entries": [object.union(safe_entry, change)]})

# route and backend are one entry whose only route, or backend, is changed.
route(change) := entry({"routes": [object.union(safe_route, change)]})

backend(change) := route({"backends": [object.union(safe_backend, change)]})

# exit is an egress gateway with one exit, safe but for the change.
exit(change) := posture({"entries": [egress_entry], "exits": [object.union(safe_exit, change)]})

# stray_exit is the call of an application that nothing ties to mutual TLS.
stray_exit(change) := posture({"exits": [object.union(object.union(safe_exit, {"certificate": setting("")}), change)]})

# wanting adds that the fleet wants the entry of the safe listener; for_exit, the safe exit.
wanting(base, change) := object.union(base, {"wanted": {"entries": [object.union(wanted_entry, change)]}})

for_exit(base, change) := object.union(base, {"wanted": {"exits": [object.union(wanted_exit, change)]}})

# public names the safe entry's gateway among the public ones.
public(base) := object.union(base, {"cluster": {"publicGateways": [{"namespace": "edge", "name": "edge", "reason": "web"}]}})

# trusting declares the trust domain in the cluster; meeting, the entry at the other end of the safe exit.
trusting(base) := object.union(base, {"cluster": {"trustDomains": [trust_domain]}})

meeting(base, change) := object.union(base, {"peers": [object.union(peer, change)]})

# A fact of rendering, drift or the reader, and a change.

# fact is one of rendering; fact_with, one with a severity of its own.
fact(rule) := fact_with(rule, "")

fact_with(rule, severity) := object.union(nothing, {"render": [{
	"rule": rule, "severity": severity, "overlay": "overlays/eks-prod/gateways/edge", "file": "overlays/eks-prod/gateways/edge/kustomization.yaml",
	"line": 3, "column": 1, "subject": {"kind": "", "namespace": "", "name": "", "listener": ""}, "by": ref("", "", ""), "why": "a reason",
}]})

drift(kind) := object.union(nothing, {"drift": [{
	"kind": kind, "overlay": "overlays/eks-prod/gateways/edge", "file": "overlays/eks-prod/gateways/edge/edge.yaml", "line": 7,
	"subject": gateway, "by": ref("Gateway", "edge", "edge"), "value": "abc", "why": "a reason",
}]})

# gate is a fact about the gate itself; gate_with, one with a severity of its own.
gate(rule) := gate_with(rule, "")

gate_with(rule, severity) := object.union(nothing, {"gate": [{
	"rule": rule, "severity": severity, "subject": {"kind": "Cluster", "namespace": "", "name": "eks-prod", "listener": ""},
	"by": ref("Cluster", "", "eks-prod"), "value": "abc", "file": "fleet/fleet.cue", "line": 7, "column": 3, "message": "a message",
}]})

unknown(rule) := posture({"unknowns": [{"rule": rule, "subject": listener, "by": ref("ClientTrafficPolicy", "edge", "edge"), "why": "a reason"}]})

change(direction) := object.union(nothing, {"changes": [{
	"subject": listener, "by": ref("Gateway", "edge", "edge"), "field": "clientAuth", "before": "required", "after": "optional",
	"direction": direction, "exposure": "relay", "why": "a reason",
}]})

# power is an input with an exposure and one power, safe but for the change.
power(change) := object.union(posture({"entries": [safe_entry], "powers": [object.union(safe_power, change)]}), {"wanted": {"entries": [wanted_entry], "exits": [wanted_exit]}})

# with_roles and with_developers let the fleet declare somebody.
with_roles(given, providers, operators) := object.union(given, {"cluster": {"roles": {"infrastructureProviders": providers, "clusterOperators": operators}}})

with_developers(given, developers) := object.union(given, {"wanted": {"entries": [object.union(wanted_entry, {"developers": developers})]}})
