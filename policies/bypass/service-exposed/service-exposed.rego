# METADATA
# title: A Service opens exposed pods to the outside
# description: |
#   A Service of type LoadBalancer or NodePort, or with external IPs, reaches the pods of an exposure without the gateway,
#   and so without client certificates. It need not be the exposure's own Service: another one that can select the same pods
#   is enough.
# scope: package
# custom:
#   severity: block
#   remediation: make the Service a ClusterIP, and let the gateway be the only way in
#   bad: |
#     kind: Service
#     spec: {type: LoadBalancer, selector: {app: relay}}
#   good: |
#     kind: Service
#     spec: {type: ClusterIP, selector: {app: relay}}
package gatespan.rules.bypass["service-exposed"]

import data.gatespan.lib.ways

deny contains found if some found in ways.deny(ways.others, "leads")
