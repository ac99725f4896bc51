# METADATA
# title: A certificate for another purpose than its use
# description: |
#   A server's certificate is for `server auth`, a consumer's for `client auth`, and for nothing else. Without the purpose that its use
#   needs the handshake fails; with another one, or with none (which means any), a server's key can call and a consumer's can serve in its
#   name. For certificates that people declared by hand, being for more than its use only warns.
# scope: package
# custom:
#   severity: block
#   remediation: list the one purpose in usages, beside digital signature
#   bad: |
#     usages: [digital signature, key encipherment] # any purpose
#   good: |
#     usages: [digital signature, client auth]
package gatespan.rules.identity["certificate-purpose"]

import data.gatespan.lib.certificates

# uses are what certificates are used for, with who uses them so.
uses := [use |
	some certificate in input.posture.certificates
	some use in array.concat(
		[{"certificate": certificate, "needs": "server auth", "other": "client auth", "who": certificates.user(entry), "does": "serves", "wanted": certificates.wanted_entries(certificate)} |
			some entry in array.concat(certificates.served(certificate), certificates.inner(certificate))
		],
		[{"certificate": certificate, "needs": "client auth", "other": "server auth", "who": certificates.user(exit), "does": "calls", "wanted": certificates.wanted_exits(certificate)} |
			some exit in certificates.presented(certificate)
		],
	)
]

deny contains certificates.judge(use.certificate, purposes, json.marshal(purposes.value), message) if {
	some use in uses
	purposes := use.certificate.purposes
	not allows(purposes, use.needs)
	message := sprintf("is not for %s, and %s %s with it", [use.needs, use.who, use.does])
}

deny contains object.union(found, certificates.severity(use.wanted)) if {
	some use in uses
	purposes := use.certificate.purposes
	allows(purposes, use.needs)
	allows(purposes, use.other)
	message := sprintf("is for %s too, and %s only %s with it", [use.other, use.who, use.does])
	found := certificates.judge(use.certificate, purposes, json.marshal(purposes.value), message)
}

allows(purposes, _) if count(purposes.value) == 0

allows(purposes, _) if "any" in purposes.value

allows(purposes, purpose) if purpose in purposes.value
