# What rules yield.
package gatespan.lib.finding

# of makes a finding about a subject from the setting that decided it: its place, its value and its reason.
of(subject, setting, message) := {
	"subject": subject,
	"by": setting.by,
	"value": text(setting.value),
	"message": because(message, setting.why),
}

# at makes a finding that no setting but an object or field decided.
at(subject, by, value, message) := {"subject": subject, "by": by, "value": text(value), "message": message}

# because appends the reason, where there is one.
because(message, why) := joined(": ", [message, why])

# text is how a value stands in a fingerprint.
text(value) := value if is_string(value)

text(value) := json.marshal(value) if not is_string(value)

# name is how messages name a subject or an object: "listener relay of Gateway edge/edge", "Service relay/relay".
name(thing) := sprintf("listener %s of %s %s", [thing.listener, thing.kind, path(thing)]) if thing.listener != ""

name(thing) := sprintf("%s %s", [thing.kind, path(thing)]) if object.get(thing, "listener", "") == ""

# path is namespace/name, or the name of a cluster-scoped object.
path(thing) := joined("/", [thing.namespace, thing.name])

joined(separator, parts) := concat(separator, [part | some part in parts; part != ""])
