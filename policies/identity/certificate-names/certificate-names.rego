# METADATA
# title: A certificate with other names than the fleet's
# description: |
#   The certificate of an exposure's listener names its hostname, and a consumer's certificate its identity, and neither names anything
#   else: every further name is somebody whom its holder can pretend to be. Where people declared a gateway by hand, a certificate that
#   does not name the listener's hostname warns: callers that check the name do not get through.
# scope: package
# custom:
#   severity: block
#   remediation: give the certificate the exposure's hostname, or the consumer's identity, and no other name
#   bad: |
#     uris: [spiffe://corp.example.com/ns/orders/sa/orders, spiffe://corp.example.com/ns/billing/sa/billing]
#   good: |
#     uris: [spiffe://corp.example.com/ns/orders/sa/orders]
package gatespan.rules.identity["certificate-names"]

import data.gatespan.lib.certificates

# expected are the names that a certificate must have, for what the fleet wants where it is used.
expected(certificate) := {{"type": "dns", "value": want.hostname} | some want in certificates.wanted_entries(certificate)} | {{"type": want.identity.type, "value": want.identity.value} | some want in certificates.wanted_exits(certificate)}

had(certificate) := {{"type": name.type, "value": name.value} | some name in certificate.names.value}

deny contains certificates.judge(certificate, certificate.names, missing.value, message) if {
	some certificate in input.posture.certificates
	some missing in (expected(certificate) - had(certificate))
	message := sprintf("does not name %s, which the fleet wants of it", [missing.value])
}

deny contains certificates.judge(certificate, certificate.names, more.value, message) if {
	some certificate in input.posture.certificates
	wanted := expected(certificate)
	count(wanted) > 0
	count(certificates.inner(certificate)) == 0
	some more in (had(certificate) - wanted)
	message := sprintf("also names %s: its holder can pretend to be it", [more.value])
}

deny contains object.union(found, {"severity": "warn"}) if {
	some certificate in input.posture.certificates
	count(expected(certificate)) == 0
	some entry in certificates.served(certificate)
	some hostname in entry.hostnames
	not covered(certificate, hostname)
	message := sprintf("does not name %s, which %s serves", [hostname, certificates.user(entry)])
	found := certificates.judge(certificate, certificate.names, hostname, message)
}

covered(certificate, hostname) if {
	some name in certificate.names.value
	name.type == "dns"
	name.value == hostname
}

covered(certificate, hostname) if {
	some name in certificate.names.value
	name.type == "dns"
	startswith(name.value, "*.")
	substring(hostname, indexof(hostname, "."), -1) == substring(name.value, 1, -1)
}
