# METADATA
# title: An Ingress reaches an exposed Service
# description: |
#   An Ingress is served by another controller, with its own TLS and no client certificates that are judged here.
# scope: package
# custom:
#   severity: block
#   remediation: remove the Ingress, or the backend of the exposed Service from it
#   bad: |
#     kind: Ingress
#     spec: {rules: [{http: {paths: [{backend: {service: {name: relay}}}]}}]}
#   good: |
#     kind: HTTPRoute
#     spec: {parentRefs: [{name: edge, sectionName: relay}]}
package gatespan.rules.bypass.ingress

import data.gatespan.lib.ways

deny contains found if some found in ways.deny({"ingress"}, "leads")
