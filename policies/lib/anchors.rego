# Trust anchors against the fingerprints that the fleet declares.
package gatespan.lib.anchors

import data.gatespan.lib.finding

# fleet are the fingerprints of all trust domains of the fleet.
fleet := {plain(sum) | some domain in input.cluster.trustDomains; some sum in domain.sha256}

# plain is a fingerprint in the form that readers give it, however a person wrote it.
plain(sum) := lower(replace(trim_prefix(sum, "sha256:"), ":", ""))

# findings are what is wrong with a setting of anchors. declared holds the fingerprints that are right; where it is empty nothing
# is declared, and only what no declaration could allow is found. An anchor that nothing makes is left to mtls/missing-ca.
findings(subject, setting, declared, purpose) := {found |
	some fault in array.concat(
		[{"by": setting.by, "value": "", "text": "no CA"} | count(setting.value) == 0],
		[fault | some anchor in setting.value; fault := fault_of(setting, anchor, declared)],
	)
	message := finding.because(sprintf("%s trusts %s for %s", [finding.name(subject), fault.text, purpose]), setting.why)
	found := object.union(finding.at(subject, fault.by, fault.value, message), {"related": related(setting, fault)})
}

fault_of(setting, anchor, _) := {"by": setting.by, "value": "system", "text": "every public CA"} if anchor.system

# What a bundle in Git holds is decided there; the setting that names it is shown beside it.
fault_of(_, anchor, declared) := {"by": anchor.ref, "value": concat(" ", foreign), "text": text} if {
	not anchor.system
	count(declared) > 0
	foreign := {sum | some sum in anchor.sha256} - declared
	count(foreign) > 0
	text := sprintf("a CA that the fleet does not declare for it (%s, SHA-256 %s)", [
		finding.name(anchor.ref),
		concat(", ", [substring(sum, 0, 16) | some sum in foreign]),
	])
}

fault_of(setting, anchor, declared) := {"by": setting.by, "value": finding.name(anchor.ref), "text": text} if {
	not anchor.system
	count(declared) > 0
	count(anchor.sha256) == 0
	anchor.source != "missing"
	text := sprintf("a CA of unknown content (%s)", [finding.name(anchor.ref)])
}

related(setting, fault) := [{"by": setting.by, "message": "the setting that names it"} | fault.by != setting.by]
