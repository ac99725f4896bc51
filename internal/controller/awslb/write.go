package awslb

import (
	"cmp"
	"fmt"
	"slices"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
)

// writeGateway writes the Gateway and the configuration of its load balancer, which has the Gateway's name. All listeners have one port,
// and so are one listener of the load balancer: one TLS policy, one trust store, and the certificates of all of them.
func writeGateway(g controller.Gateway) ([]any, error) {
	if len(g.Listeners) == 0 {
		return nil, fmt.Errorf("gateway %s/%s has no listener", g.Namespace, g.Name)
	}
	through := g.Listeners[0].Mode == gatewayapi.Passthrough
	config := loadBalancer{Scheme: &g.Scheme}
	if ranges := kubernetes.SourceRanges(g.Listeners); ranges != nil {
		config.SourceRanges = &ranges
	}
	spec := gatewayv1.GatewaySpec{
		GatewayClassName: gatewayv1.ObjectName(cmp.Or(g.ClassName, className(through))),
		Infrastructure: &gatewayv1.GatewayInfrastructure{
			ParametersRef: &gatewayv1.LocalParametersReference{Group: Group, Kind: kindLoadBalancer, Name: g.Name},
		},
	}
	var certificates []string
	for _, l := range g.Listeners {
		if (l.Mode == gatewayapi.Passthrough) != through {
			return nil, fmt.Errorf("gateway %s/%s: listener %s has another mode than the others", g.Namespace, g.Name, l.Name)
		}
		listener := gatewayapi.ProviderListener(g.Port, l)
		if !through {
			listener.TLS = nil // with a mode it would need certificateRefs, which nobody reads
			certificates = append(certificates, l.Certificate.ACM)
		}
		spec.Listeners = append(spec.Listeners, listener)
	}
	if !through {
		config.Listeners = &[]listenerConfiguration{terminating(g, certificates)}
	}
	at := gatewayapi.Meta{Name: g.Name, Namespace: g.Namespace}
	return []any{
		gatewayapi.Make(version, kindLoadBalancer, at, config),
		gatewayapi.Make(gatewayapi.Version, "Gateway", at, spec),
	}, nil
}

// className is the class of a Gateway where the fleet names none.
func className(through bool) string {
	if through {
		return classNLB
	}
	return classALB
}

// terminating is the listener of the load balancer that all listeners of an ALB's Gateway are.
func terminating(g controller.Gateway, certificates []string) listenerConfiguration {
	slices.Sort(certificates)
	certificates = slices.Compact(certificates)
	return listenerConfiguration{
		ProtocolPort:       fmt.Sprintf("HTTPS:%d", g.Port),
		DefaultCertificate: certificates[0],
		Certificates:       certificates[1:],
		SSLPolicy:          pointer(strictPolicy),
		MutualAuthentication: &mutualAuthentication{
			Mode: "verify", TrustStore: g.TrustStore, IgnoreExpiry: pointer(false),
		},
	}
}

// writeConsumer writes what pods that call by themselves need. The controller takes no part in it.
func writeConsumer(c controller.Cluster, s controller.Consumer) ([]any, error) {
	if s.Via != "direct" {
		return nil, fmt.Errorf("consumer %s: a load balancer of AWS is no way out", s.Name)
	}
	return kubernetes.WriteDirect(c, s)
}

func pointer[T any](v T) *T { return &v }
