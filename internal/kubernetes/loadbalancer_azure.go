package kubernetes

import (
	"strings"

	"github.com/gatespan/gatespan/internal/posture"
)

// Annotations that Azure reads. Source: cloud-provider-azure, pkg/consts/consts.go and site/content/en/topics/loadbalancer.md.
const (
	azurePrefix      = "service.beta.kubernetes.io/azure-"
	azureInternal    = azurePrefix + "load-balancer-internal"
	azureRanges      = azurePrefix + "allowed-ip-ranges"
	azureTags        = azurePrefix + "allowed-service-tags"
	azurePrivateLink = azurePrefix + "pls-create"
	azureNoRules     = azurePrefix + "disable-load-balancer-nsg-rule"
	azureDenyRest    = azurePrefix + "deny-all-except-load-balancer-source-ranges"
	azureMoreIPs     = azurePrefix + "additional-public-ips"
)

// yes is how Azure reads an annotation: the word true in any case (pkg/provider/loadbalancer IsInternal, pkg/consts/helpers.go).
func (b LoadBalancer) yes(annotation string) bool {
	return strings.EqualFold(b.Annotations[annotation].Value, "true")
}

// schemeOnAzure: only the word true makes a load balancer internal.
func (b LoadBalancer) schemeOnAzure() posture.Setting[string] {
	a, ok := b.Annotations[azureInternal]
	switch more, public := b.Annotations[azureMoreIPs]; {
	case public && b.yes(azureInternal):
		return unheld(posture.SchemeUnknown, more.By,
			"the Azure load balancer is internal, and nodes also answer to public addresses that others lead to them")
	case b.yes(azureInternal):
		return byNetwork(posture.SchemeInternal, a.By, "the Azure load balancer is internal")
	case ok:
		return unheld(posture.SchemeInternetFacing, a.By, "the Azure load balancer is not internal")
	}
	return unheld(posture.SchemeInternetFacing, b.By, "load balancers of Azure face the internet by default")
}

// openedOnAzure is what makes the load balancer admit more than its ranges. Those of spec.loadBalancerSourceRanges are enforced on the nodes
// too (AKS articles/aks/configure-load-balancer-standard.md); those of an annotation by rules of the network security group alone, which
// admits the virtual network by default (pkg/provider/loadbalancer/accesscontrol.go DenyAllExceptSourceRanges).
func (b LoadBalancer) openedOnAzure() (Annotation, string) {
	if a, ok := b.Annotations[azureTags]; ok {
		return a, "the load balancer also admits the service tags " + a.Value
	}
	if len(b.SourceRanges) > 0 {
		return Annotation{}, ""
	}
	switch {
	case b.yes(azureNoRules):
		return b.Annotations[azureNoRules], "the ranges of an annotation are rules of the network security group, and none are made"
	case b.yes(azureInternal) && !b.yes(azureDenyRest):
		return b.Annotations[azureInternal], "the network security group admits the virtual network beside the ranges of an annotation"
	}
	return Annotation{}, ""
}
