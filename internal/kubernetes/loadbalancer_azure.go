package kubernetes

import "github.com/gatespan/gatespan/internal/posture"

// Annotations that Azure reads. Source: cloud-provider-azure, pkg/consts/consts.go and site/content/en/topics/loadbalancer.md.
const (
	azurePrefix      = "service.beta.kubernetes.io/azure-"
	azureInternal    = azurePrefix + "load-balancer-internal"
	azureRanges      = azurePrefix + "allowed-ip-ranges"
	azureTags        = azurePrefix + "allowed-service-tags"
	azurePrivateLink = azurePrefix + "pls-create"
)

// schemeOnAzure: only the word true makes a load balancer internal (pkg/provider/loadbalancer, IsInternal).
func (b LoadBalancer) schemeOnAzure() posture.Setting[string] {
	a, ok := b.Annotations[azureInternal]
	switch {
	case a.Value == "true":
		return byNetwork(posture.SchemeInternal, a.By, "the Azure load balancer is internal")
	case ok:
		return unheld(posture.SchemeInternetFacing, a.By, "the Azure load balancer is not internal")
	}
	return unheld(posture.SchemeInternetFacing, b.By, "load balancers of Azure face the internet by default")
}
