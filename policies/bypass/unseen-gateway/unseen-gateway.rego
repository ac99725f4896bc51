# METADATA
# title: A route attaches to a Gateway that is not in Git
# description: |
#   The route leads to an exposed Service from a Gateway that nobody here has seen: whether it asks for client certificates,
#   and who can reach it, is not known.
# scope: package
# custom:
#   severity: block
#   remediation: remove the parentRef, or bring the Gateway into the overlays of the cluster
#   bad: |
#     kind: HTTPRoute
#     spec: {parentRefs: [{name: somewhere-else}]}
#   good: |
#     kind: HTTPRoute
#     spec: {parentRefs: [{name: edge, sectionName: relay}]}
package gatespan.rules.bypass["unseen-gateway"]

import data.gatespan.lib.ways

deny contains found if some found in ways.deny({"unseen-gateway"}, "leads")
