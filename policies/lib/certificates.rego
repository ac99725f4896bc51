# The certificates that cert-manager makes, and what they are for.
package gatespan.lib.certificates

import data.gatespan.lib.exits
import data.gatespan.lib.finding
import data.gatespan.lib.scope

# served are the entries in scope that end TLS with a certificate.
served(certificate) := [entry |
	some entry in scope.terminating
	entry.subject in certificate.serves
]

# inner are the listeners of egress gateways with it: pods of the cluster verify it, nobody else.
inner(certificate) := [entry |
	some entry in scope.served
	scope.egress(entry)
	entry.subject in certificate.serves
]

# presented are the exits that present it.
presented(certificate) := [exit |
	some exit in input.posture.exits
	exit.subject in certificate.presents
	exit.certificate.value == sprintf("Secret %s", [certificate.secret])
]

# wanted_entries and wanted_exits are what the fleet wants where it is used.
wanted_entries(certificate) := [want |
	some entry in served(certificate)
	some want in scope.wanted(entry)
]

wanted_exits(certificate) := [want |
	some exit in presented(certificate)
	some want in exits.wanted(exit)
]

# severity: what a declared exposure rests on blocks; a certificate that people declared by hand warns.
severity(wanted) := {} if count(wanted) > 0

severity(wanted) := {"severity": "warn"} if count(wanted) == 0

# judge makes a finding about a certificate from one of its settings.
judge(certificate, setting, value, message) := finding.at(certificate.subject, setting.by, value, text) if {
	text := sprintf("%s %s", [finding.name(certificate.subject), message])
}

user(thing) := finding.name(thing.subject)
