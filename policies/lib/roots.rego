# What certificates in bundles say of themselves, wherever something in scope trusts them.
package gatespan.lib.roots

import data.gatespan.lib.exits
import data.gatespan.lib.finding
import data.gatespan.lib.hops
import data.gatespan.lib.scope

# trusted are the settings of anchors that are judged, each with what it trusts them for and how a finding about it weighs. A listener
# that takes no notice of client certificates trusts nobody.
trusted := array.concat(
	array.concat(
		[{"subject": entry.subject, "setting": entry.clientCA, "severity": {}, "purpose": "client certificates"} |
			some entry in scope.terminating
			entry.clientAuth.value != "none"
		],
		[{"subject": hop.entry.subject, "setting": hop.backend.ca, "severity": hops.severity(hop), "purpose": purpose} |
			some hop in hops.all
			hop.backend.tls.value == "tls"
			purpose := sprintf("the hop to %s", [finding.name(hop.backend.ref)])
		],
	),
	[{"subject": exit.subject, "setting": exit.ca, "severity": exits.severity(exit), "purpose": purpose} |
		some exit in input.posture.exits
		exit.tls.value == "tls"
		purpose := sprintf("the call of %s:%d", [exit.host, exit.port])
	],
)

# of are the roots of a setting.
of(setting) := [root | some anchor in setting.value; some root in anchor.roots]

# fault is a finding about one root that something trusts: at its PEM, with the setting that names it beside it.
fault(trust, root, value, why) := object.union(
	object.union(finding.at(trust.subject, root.by, value, message), {"related": [{"by": trust.setting.by, "message": "the setting that names it"}]}),
	trust.severity,
) if {
	message := sprintf("%s trusts a root for %s that it should not (%s, SHA-256 %s): %s", [
		finding.name(trust.subject),
		trust.purpose,
		root.subject,
		substring(root.sha256, 0, 16),
		why,
	])
}
