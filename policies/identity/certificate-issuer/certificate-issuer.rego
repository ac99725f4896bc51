# METADATA
# title: A certificate that the trust domain's CA does not sign
# description: |
#   Both ends of an exposure have certificates of a common CA. An issuer that signs with the certificate's own key, or one of a public CA,
#   is none: nobody can verify the one but by trusting it itself, and everybody can have one of the other. Nor is an issuer other than
#   the one that the fleet declares. The same holds for roots that come out of such a certificate's Secret.
# scope: package
# custom:
#   severity: block
#   remediation: use the issuer of the trust domain, as the fleet declares it
#   bad: |
#     issuerRef: {kind: ClusterIssuer, name: selfsigned}
#   good: |
#     issuerRef: {kind: ClusterIssuer, name: corp}
package gatespan.rules.identity["certificate-issuer"]

import data.gatespan.lib.certificates
import data.gatespan.lib.finding

deny contains found(certificate, issuer.by, message) if {
	some certificate in input.posture.certificates
	issuer := certificate.issuer.value
	issuer.type == "selfSigned"
	some user in array.concat(certificates.served(certificate), certificates.presented(certificate))
	message := sprintf("is signed by its own key, and %s uses it: no common CA vouches for it", [certificates.user(user)])
}

# A public CA may sign for a listener that people wrote by hand: its callers are not the fleet's.
deny contains found(certificate, issuer.by, message) if {
	some certificate in input.posture.certificates
	issuer := certificate.issuer.value
	issuer.type == "acme"
	some user in array.concat(declared(certificate), certificates.presented(certificate))
	message := sprintf("is signed by a public CA, and %s uses it: the common CA does not vouch for it", [certificates.user(user)])
}

declared(certificate) := [entry |
	count(certificates.wanted_entries(certificate)) > 0
	some entry in certificates.served(certificate)
]

deny contains found(certificate, certificate.issuer.by, message) if {
	some certificate in input.posture.certificates
	some want in array.concat(certificates.wanted_entries(certificate), certificates.wanted_exits(certificate))
	want.issuer != null
	issuer := certificate.issuer.value
	[issuer.group, issuer.kind, issuer.name] != [want.issuer.group, want.issuer.kind, want.issuer.name]
	message := sprintf("is signed by %s %s, and the fleet declares %s %s", [issuer.kind, issuer.name, want.issuer.kind, want.issuer.name])
}

# roots: what is in ca.crt beside a certificate of a public CA is nobody's own, and beside one that signed itself, that certificate.
deny contains found(certificate, issuer.by, message) if {
	some certificate in input.posture.certificates
	some user in certificate.roots
	issuer := certificate.issuer.value
	no_roots(certificate, issuer)
	message := sprintf("brings no roots of a common CA, and %s takes roots from its Secret", [finding.name(user)])
}

no_roots(_, issuer) if issuer.type == "acme"

no_roots(certificate, issuer) if {
	issuer.type == "selfSigned"
	not certificate.ca.value
}

found(certificate, by, message) := object.union(
	finding.at(certificate.subject, by, value, text),
	{"related": [{"by": certificate.issuer.by, "message": "the certificate that names the issuer"} | by != certificate.issuer.by]},
) if {
	issuer := certificate.issuer.value
	value := sprintf("%s %s %s", [issuer.group, issuer.kind, issuer.name])
	text := sprintf("%s %s", [finding.name(certificate.subject), message])
}
