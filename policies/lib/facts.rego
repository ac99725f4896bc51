# Facts that Go finds and rules report: each names the rule that documents it.
package gatespan.lib.facts

import data.gatespan.lib.finding
import data.gatespan.lib.scope

# rendered are the findings for the facts of rendering, and of what engines do with what is rendered, that name a rule.
rendered(rule) := {object.union(placed(fact), severe(fact)) |
	some fact in input.render
	fact.rule == rule
}

# drifted are the findings for drift of one kind.
drifted(kind) := {object.union(placed(fact), {"value": fact.value}) |
	some fact in input.drift
	fact.kind == kind
}

# gate are the findings for what a change does to the gate itself. A fact may have a severity of its own.
gate(rule) := {object.union(found, severe(fact)) |
	some fact in input.gate
	fact.rule == rule
	found := object.union(
		finding.at(fact.subject, fact.by, fact.value, fact.message),
		{"file": fact.file, "line": fact.line, "column": fact.column},
	)
}

severe(fact) := {"severity": fact.severity} if fact.severity != ""

severe(fact) := {} if fact.severity == ""

# unknown are the findings for what a reader, or rendering, did not understand. On a public gateway it warns: nothing there is held to mutual TLS.
unknown(name) := rendered(concat("/", ["unknown", name])) | {object.union(found, milder(subject, "warn")) |
	some fact in input.posture.unknowns
	fact.rule == name
	subject := subject_of(fact)
	found := finding.at(subject, fact.by, fact.why, finding.because(sprintf("%s is not understood", [finding.name(subject)]), fact.why))
}

# changed are the findings for changes in one direction; on a public gateway they are only reported, and so is what NetworkPolicies admit to
# pods of no exposure where nothing is known to enforce them.
changed(direction) := {object.union(found, milder(change.subject, "change")) |
	some change in input.changes
	change.direction == direction
	value := sprintf("%s -> %s", [change.before, change.after])
	message := finding.because(sprintf("%s: %s", [finding.name(change.subject), describe(change)]), change.why)
	found := object.union(finding.at(subject_of(change), change.by, value, message), unenforced(change))
}

unenforced(change) := {"severity": "change"} if {
	change.field == "network"
	change.exposure == ""
	input.cluster.networkPolicyEngine in {"", "none"}
} else := {}

describe(change) := sprintf("%s was %s, now %s", [change.field, shown(change.before), shown(change.after)]) if change.field != ""

describe(change) := sprintf("%s since the base", [change.direction]) if change.field == ""

shown("") := "nothing"

shown(value) := value if value != ""

milder(subject, severity) := {"severity": severity} if scope.public(subject)

milder(subject, _) := {} if not scope.public(subject)

# placed is a finding with the fact's own place, where it knows one.
placed(fact) := object.union(
	finding.at(subject_of(fact), fact.by, fact.why, finding.because(fact.overlay, fact.why)),
	{"file": fact.file, "line": fact.line, "column": object.get(fact, "column", 0)},
)

# subject_of is the fact's subject; the object that decided when it names none, and the overlay when there is no object either.
subject_of(fact) := fact.subject if {
	fact.subject.kind != ""
} else := {"kind": fact.by.kind, "namespace": fact.by.namespace, "name": fact.by.name} if {
	fact.by.kind != ""
} else := {"kind": "Kustomization", "namespace": "", "name": fact.overlay}
