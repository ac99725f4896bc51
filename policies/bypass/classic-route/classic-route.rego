# METADATA
# title: A route of another API reaches an exposed Service
# description: |
#   A VirtualService of Istio on a gateway, classic or not, or an IngressRoute or TraefikService of Traefik, reaches the pods by another route than
#   the one that is judged.
# scope: package
# custom:
#   severity: block
#   remediation: serve the Service with an HTTPRoute on the listener of its exposure only
#   bad: |
#     kind: VirtualService
#     spec: {gateways: [public], http: [{route: [{destination: {host: relay.relay.svc.cluster.local}}]}]}
#   good: |
#     kind: HTTPRoute
#     spec: {parentRefs: [{name: edge, sectionName: relay}]}
package gatespan.rules.bypass["classic-route"]

import data.gatespan.lib.ways

deny contains found if some found in ways.deny({"classic-route"}, "leads")
