# References that readers followed.
package gatespan.lib.references

import data.gatespan.lib.finding

# bundles are the kinds that hold CA bundles. A ConfigMap that a reader follows is one.
bundles := {"ConfigMap", "ClusterTrustBundle"}

# dangling are the references that nothing in the cluster, and nothing in the fleet, makes.
dangling := [reference | some reference in input.posture.references; reference.resolved == ""]

broken(reference) := finding.at(subject(reference.from), reference.from, finding.name(reference.to), message) if {
	message := sprintf("%s refers to %s, which nothing makes", [finding.name(reference.from), finding.name(reference.to)])
}

# subject is the object of a place as a subject.
subject(ref) := {"kind": ref.kind, "namespace": ref.namespace, "name": ref.name, "listener": ""}
