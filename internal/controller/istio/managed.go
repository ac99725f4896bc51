package istio

import (
	"fmt"
	"slices"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
)

// The distributions of AKS beside upstream: the Istio add-on, and application routing, which runs a control plane of Istio for Gateways
// alone. A cluster has one of them at most (AKS articles/aks/app-routing-gateway-api.md).
const (
	aksAddon        = "aks-addon"
	approuting      = "aks-approuting"
	approutingClass = "approuting-istio"
)

// Options of a listener for which the application routing operator takes the server's certificate from Azure Key Vault: it makes the
// Secret kv-gw-cert-<gateway>-<listener> and names it in certificateRefs. Both are needed, and both GatewayClasses of AKS have them
// (AKS articles/aks/app-routing-gateway-api-dns-tls.md).
const (
	optionVaultURI     = "kubernetes.azure.com/tls-cert-keyvault-uri"
	optionVaultAccount = "kubernetes.azure.com/tls-cert-service-account"
)

// approuting reports whether the cluster has application routing: the fleet says so, or a Gateway has its class.
func (r *reader) approuting() bool {
	return r.distribution() == approuting ||
		slices.ContainsFunc(r.Gateways, func(g *gatewayapi.Gateway) bool { return string(g.Spec.GatewayClassName) == approutingClass })
}

// managed reports whether AKS runs the control plane.
func (r *reader) managed() bool { return r.distribution() == aksAddon || r.approuting() }

// distribution is the cluster's, when it is one of Istio: other controllers have add-ons too.
func (r *reader) distribution() string {
	if c := r.Cluster.Controller; c.Name == "istio" || c.Name == "" {
		return c.Distribution
	}
	return ""
}

// blockedKinds are the kinds that the add-on refuses (AKS articles/aks/istio-about.md, Limitations).
var blockedKinds = []struct{ group, kind string }{
	{networkingGroup, "ProxyConfig"}, {networkingGroup, "WorkloadEntry"}, {networkingGroup, "WorkloadGroup"},
	{extensionsGroup, "WasmPlugin"}, {"install.istio.io", "IstioOperator"},
}

func blocked(o *object.Object) bool {
	return slices.ContainsFunc(blockedKinds, func(b struct{ group, kind string }) bool { return b.group == o.Group() && b.kind == o.Kind })
}

// available is what the API server of the cluster takes of Istio's own kinds. Application routing has none of them, and its control
// plane does not start where their CRDs are (AKS articles/aks/app-routing-gateway-api.md, Limitations): what such objects say holds of
// nothing.
func (r *reader) available() *object.Set {
	refused := func(o *object.Object) string {
		switch {
		case r.approuting() && slices.Contains([]string{networkingGroup, securityGroup, extensionsGroup, telemetryGroup}, o.Group()):
			return "application routing has no kinds of Istio's own, and the API server refuses the object"
		case r.distribution() == aksAddon && blocked(o):
			return "the Istio add-on of AKS refuses the kind"
		default:
			return ""
		}
	}
	var taken []*object.Object
	for _, o := range r.Objects.All() {
		if why := refused(o); why != "" {
			r.Unknown(o, "kind", "kind", why)
			continue
		}
		taken = append(taken, o)
	}
	if len(taken) == len(r.Objects.All()) {
		return r.Objects
	}
	return object.NewSet(taken)
}

// egressOfAddOn: the add-on deploys the proxies of a Gateway for what comes in. It supports calls that leave through a Gateway only where
// spec.addresses names a Service of proxies that were deployed by hand (AKS articles/aks/istio-gateway-api.md, Limitations and considerations).
func (r *reader) egressOfAddOn(g *gatewayapi.Gateway) {
	if r.distribution() == aksAddon && len(g.Spec.Addresses) == 0 {
		r.Unknown(g.Object, "value", "spec.gatewayClassName", "calls leave through it, and the Istio add-on of AKS supports no egress through the proxies that it deploys for a Gateway")
	}
}

// fromVault reports whether the operator makes a listener's certificate. One option alone does nothing.
func (r *reader) fromVault(l *gatewayapi.Listener) bool {
	uri, account := l.Spec.TLS.Options[optionVaultURI], l.Spec.TLS.Options[optionVaultAccount]
	switch {
	case uri == "" && account == "":
		return false
	case uri == "" || account == "":
		r.Unknown(l.Owner, "value", l.Field+".tls.options", fmt.Sprintf("of %s and %s both are needed, and one is there", optionVaultURI, optionVaultAccount))
		return false
	case r.Cluster.Cloud != "aks" || !r.managed():
		r.Unknown(l.Owner, "field", object.Key(l.Field+".tls.options", optionVaultURI), "only the managed Gateways of AKS have the option, and Istio ignores it")
		return false
	}
	r.Assume(l.Owner, object.Key(l.Field+".tls.options", optionVaultURI), fmt.Sprintf(
		"Secret %s/%s is made of the certificate at %s; without it nothing is served", l.Owner.Namespace, vaultSecret(l), uri))
	return true
}

// vaultSecret is the Secret that the operator makes.
func vaultSecret(l *gatewayapi.Listener) string {
	return "kv-gw-cert-" + l.Gateway.Object.Name + "-" + string(l.Spec.Name)
}

// vaultOption reports whether a key is one of the two.
func vaultOption(key gatewayv1.AnnotationKey) bool {
	return strings.EqualFold(string(key), optionVaultURI) || strings.EqualFold(string(key), optionVaultAccount)
}
