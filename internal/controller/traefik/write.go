package traefik

import (
	"cmp"
	"fmt"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// writeGateway writes the Gateway, and the TLSOption named default with the CA of its clients. Where every listener passes TLS through
// there is no such option: the pods have the certificates.
func writeGateway(cluster controller.Cluster, g controller.Gateway) ([]any, error) {
	if len(g.Listeners) == 0 {
		return nil, fmt.Errorf("gateway %s/%s has no listener", g.Namespace, g.Name)
	}
	spec := gatewayv1.GatewaySpec{GatewayClassName: gatewayv1.ObjectName(cmp.Or(g.ClassName, cluster.Controller.GatewayClassName, className))}
	terminates := false
	for _, l := range g.Listeners {
		if l.PinIdentities || l.JWT != nil || l.Protocol == "TCP" || l.Protocol == "GRPC" {
			return nil, fmt.Errorf("listener %s of gateway %s/%s asks for what Traefik cannot do", l.Name, g.Namespace, g.Name)
		}
		terminates = terminates || l.Mode != gatewayapi.Passthrough
		spec.Listeners = append(spec.Listeners, gatewayapi.ProviderListener(g.Port, l))
	}
	objects := []any{gatewayapi.Make(gatewayapi.Version, "Gateway", gatewayapi.Meta{Name: g.Name, Namespace: g.Namespace}, spec)}
	if terminates {
		ca := g.TrustDomain.ConfigMap // trust-manager makes a Secret of that name too
		if g.TrustDomain.Written() {
			ca = g.Name + "-client-ca"
		}
		objects = append(objects, gatewayapi.Make(version, kindTLSOption, gatewayapi.Meta{Name: defaultOption, Namespace: g.Namespace}, tlsOptionSpec{
			MinVersion: "VersionTLS13", SNIStrict: true, ClientAuth: &clientAuth{SecretNames: []string{ca}, ClientAuthType: strictType},
		}))
		if g.TrustDomain.Written() {
			objects = append(objects, kubernetes.CASecret(ca, g.Namespace, g.TrustDomain.PEM))
		}
	}
	for _, l := range g.Listeners {
		if o := kubernetes.Certificate(l.Certificate, l.Certificate.Secret); o != nil {
			objects = append(objects, o)
		}
	}
	return objects, nil
}

// writeExposure writes the way from a listener to the pods: the route beside the Gateway, and with the Service the grant that names it, the
// TLS of the hop and the pods' NetworkPolicy. The route takes from requests what clients could claim about their certificate.
func writeExposure(cluster controller.Cluster, e controller.Exposure) ([]any, error) {
	if e.Protocol == "GRPC" {
		return nil, fmt.Errorf("exposure %s: %s", e.Name, noGRPC)
	}
	if e.Protocol == "TCP" {
		return nil, fmt.Errorf("exposure %s: %s", e.Name, noTCP)
	}
	proxies := kubernetes.GatewayPods{Namespace: cluster.Controller.DataPlaneNamespace, Labels: cluster.Controller.DataPlanePods}
	objects := kubernetes.WriteExposure(cluster, e, proxies, false)
	objects[0] = gatewayapi.WriteRouteWithout(e, identityHeaders[:]) // in the place of the plain route
	return objects, nil
}
