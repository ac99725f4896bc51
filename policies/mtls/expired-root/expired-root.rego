# METADATA
# title: A root outside its time
# description: |
#   A bundle in Git holds a root that has expired: some verifiers refuse everything that it signed, and others (those that do not look
#   at the dates of a trust anchor) go on believing it. A bundle whose only roots are not valid yet stops every call. A root that is
#   valid soon, beside one that is now, and one that expires within 30 days, only warn. What today is says --today, or the clock.
# scope: package
# custom:
#   severity: block
#   remediation: take the root out of the bundle, and out of the trust domain's fingerprints; put its successor in before
#   bad: |
#     data: {ca.crt: …} # notAfter is past
#   good: |
#     data: {ca.crt: …} # both roots while one replaces the other, and the old one out before it expires
package gatespan.rules.mtls["expired-root"]

import data.gatespan.lib.roots

today := data.gatespan.today

deny contains roots.fault(trust, root, root.notAfter, sprintf("it expired on %s", [root.notAfter])) if {
	some trust in roots.trusted
	some root in roots.of(trust.setting)
	root.notAfter < today
}

deny contains roots.fault(trust, root, root.notBefore, sprintf("it is valid from %s on, and no other root is valid now", [root.notBefore])) if {
	some trust in roots.trusted
	some root in roots.of(trust.setting)
	root.notBefore > today
	not usable(trust)
}

deny contains warned(trust, root, root.notBefore, sprintf("it is valid from %s on", [root.notBefore])) if {
	some trust in roots.trusted
	some root in roots.of(trust.setting)
	root.notBefore > today
	usable(trust)
}

deny contains warned(trust, root, root.notAfter, sprintf("it expires on %s", [root.notAfter])) if {
	some trust in roots.trusted
	some root in roots.of(trust.setting)
	root.notAfter >= today
	root.notAfter <= soon
}

warned(trust, root, value, why) := object.union(roots.fault(trust, root, value, why), {"severity": "warn"})

# usable: some root of the setting is valid today, or could be: what is not in Git is not known.
usable(trust) if {
	some root in roots.of(trust.setting)
	root.notBefore <= today
	root.notAfter >= today
}

usable(trust) if {
	some anchor in trust.setting.value
	anchor.source != "missing"
	count(anchor.roots) == 0
}

# soon is today in 30 days.
soon := sprintf("%04d-%02d-%02d", time.date(time.add_date(time.parse_ns("2006-01-02", today), 0, 0, 30)))
