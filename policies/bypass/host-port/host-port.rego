# METADATA
# title: Exposed pods listen on their node
# description: |
#   A hostPort, or the host's network, opens the pod on every node that runs it, past the gateway and past most
#   NetworkPolicies.
# scope: package
# custom:
#   severity: block
#   remediation: remove hostPort and hostNetwork from the pods of the exposure
#   bad: |
#     containers: [{ports: [{containerPort: 8443, hostPort: 8443}]}]
#   good: |
#     containers: [{ports: [{containerPort: 8443}]}]
package gatespan.rules.bypass["host-port"]

import data.gatespan.lib.ways

deny contains found if some found in ways.deny({"host-port", "host-network"}, "leads")
