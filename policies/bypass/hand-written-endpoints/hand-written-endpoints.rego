# METADATA
# title: Endpoints written by hand for an exposed Service
# description: |
#   An EndpointSlice or Endpoints object in Git decides where the traffic of a Service goes, in any namespace and to any
#   address, with no ReferenceGrant asked for (CVE-2021-25740).
# scope: package
# custom:
#   severity: block
#   remediation: give the Service a selector, and remove the object
#   bad: |
#     kind: EndpointSlice
#     metadata: {labels: {kubernetes.io/service-name: relay}}
#     endpoints: [{addresses: ["10.0.7.4"]}]
#   good: |
#     kind: Service
#     spec: {selector: {app: relay}}
package gatespan.rules.bypass["hand-written-endpoints"]

import data.gatespan.lib.ways

deny contains found if some found in ways.deny({"endpoints"}, "leads")
