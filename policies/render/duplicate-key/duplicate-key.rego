# METADATA
# title: A key stands twice
# description: |
#   Parsers differ: kustomize takes the last one, others the first or none. Two resources keys hide a whole overlay.
# scope: package
# custom:
#   severity: block
#   remediation: remove one of the two
#   bad: |
#     tls: {minVersion: "1.3", minVersion: "1.2"}
#   good: |
#     tls: {minVersion: "1.3"}
package gatespan.rules.render["duplicate-key"]

import data.gatespan.lib.facts

deny contains found if some found in facts.rendered("render/duplicate-key")
