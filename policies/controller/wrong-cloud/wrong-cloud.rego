# METADATA
# title: The controller does not run in this cloud
# description: |
#   Some controllers are a part of one cloud: the add-ons of AKS and Application Gateway for Containers of Azure, the load balancers and
#   VPC Lattice of AWS. A Gateway of theirs in a cluster of the other cloud is programmed by nobody, or the fleet is wrong about the
#   cluster: then everything else is judged by the wrong rules.
# scope: package
# custom:
#   severity: block
#   remediation: correct the cluster's cloud or controller in the fleet, or use a controller that runs there, such as Envoy Gateway
#   bad: |
#     "eks-prod": {cloud: "eks", controller: {name: "istio", distribution: "aks-addon"}}
#   good: |
#     "eks-prod": {cloud: "eks", controller: {name: "istio", version: "1.31"}}
package gatespan.rules.controller["wrong-cloud"]

import data.gatespan.lib.finding

deny contains finding.at(installation.subject, by, input.cluster.cloud, message) if {
	some installation in input.posture.installations
	installation.misplaced != ""
	by := object.union(installation.by, {"field": "name"})
	message := sprintf("%s has Gateways in a cluster of %s: %s", [installation.called, upper(input.cluster.cloud), installation.misplaced])
}
