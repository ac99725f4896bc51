# METADATA
# title: The name of the other end is not checked
# description: |
#   Without a name in the check every certificate of the CA will do: any consumer of the trust domain can stand in for the
#   provider. For an exposure the name is its hostname.
# scope: package
# custom:
#   severity: block
#   remediation: "check the hostname of the exposure in the server certificate (for Istio in subjectAltNames: sni alone checks nothing)"
#   bad: |
#     tls: {mode: MUTUAL, credentialName: orders-client-tls, sni: relay.example.com}
#   good: |
#     tls: {mode: MUTUAL, credentialName: orders-client-tls, sni: relay.example.com, subjectAltNames: [relay.example.com]}
package gatespan.rules.egress["name-not-checked"]

import data.gatespan.lib.exits

deny contains exits.judge(exit, exit.names, "checks no name in the server's certificate") if {
	some exit in input.posture.exits
	exit.tls.value == "tls"
	count(exit.names.value) == 0
}

deny contains exits.judge(exit, exit.names, sprintf("accepts the names %s, and exposure %s has %s", [accepted, want.exposure, want.hostname])) if {
	some exit in input.posture.exits
	exit.tls.value == "tls"
	some want in exits.wanted(exit)
	others := {name | some name in exit.names.value} - {want.hostname}
	count(others) > 0
	accepted := concat(", ", exit.names.value)
}
