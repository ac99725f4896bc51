# METADATA
# title: A private key or Secret value is in Git
# description: |
#   Whoever can read the repository, its clones and its history has the key. It is not printed here. A Secret that SOPS has
#   encrypted is not a value.
# scope: package
# custom:
#   severity: block
#   remediation: take the key out, replace it by a new one, and let cert-manager or External Secrets make the Secret
#   bad: |
#     kind: Secret
#     data: {tls.key: LS0tLS1C…}
#   good: |
#     kind: Certificate
#     spec: {secretName: edge-relay-tls}
package gatespan.rules.secrets["private-key-in-git"]

import data.gatespan.lib.finding
import data.gatespan.lib.references

deny contains finding.at(subject, secret.by, "", finding.because(message, secret.why)) if {
	some secret in input.posture.secrets
	subject := references.subject(secret.by)
	message := sprintf("%s holds a secret in Git", [finding.name(subject)])
}
