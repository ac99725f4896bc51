package envoygateway

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/posture"
)

// crowded closes a listener whose port the Gateway itself gives to another protocol. The Gateway's own protocol wins over that of ListenerSets,
// and where its own listeners disagree none of them is served (validateConflictedProtocolsListeners in internal/gatewayapi/validate.go,
// v1.9.1; merged Gateways only add conflicts). Listeners that are not valid are left out there, and what a Secret holds makes one invalid: only
// a listener that needs none takes the port for sure, and of the others each counts as served.
func (r *reader) crowded(l *gatewayapi.Listener, e *posture.Entry) {
	version := r.Cluster.Controller.Version
	if version == "" || controller.CompareVersions(version, "1.9") < 0 {
		return // other rules, which were not read
	}
	for _, other := range l.Gateway.Listeners {
		if other.Owner != l.Gateway.Object || other.Spec.Port != l.Spec.Port || !surelyValid(other.Spec) {
			continue
		}
		if a, b := layer(other.Spec.Protocol), layer(l.Spec.Protocol); a != b && a != "" && b != "" {
			e.Served = byGatewayItself(false, l.Ref(".port"), fmt.Sprintf(
				"listener %s of the Gateway has port %d for %s, and Envoy Gateway serves no listener of another protocol there", other.Spec.Name, l.Spec.Port, other.Spec.Protocol))
			return
		}
	}
}

// layer is what must be the same for all listeners of a port; "" is UDP, or no protocol of Envoy Gateway, which is in nobody's way.
func layer(p gatewayv1.ProtocolType) string {
	switch p {
	case gatewayv1.HTTPSProtocolType, gatewayv1.TLSProtocolType:
		return "TLS"
	case gatewayv1.HTTPProtocolType, gatewayv1.TCPProtocolType:
		return string(p)
	default:
		return ""
	}
}

// surelyValid reports whether nothing outside Git makes Envoy Gateway refuse a listener (validateListenerSpec in
// internal/gatewayapi/listener.go).
func surelyValid(l gatewayv1.Listener) bool {
	switch l.Protocol {
	case gatewayv1.HTTPProtocolType:
	case gatewayv1.TCPProtocolType:
		if l.Hostname != nil {
			return false
		}
	default:
		return false
	}
	if l.TLS != nil {
		return false
	}
	if l.AllowedRoutes == nil {
		return true
	}
	if n := l.AllowedRoutes.Namespaces; n != nil && deref(n.From, gatewayv1.NamespacesFromSame) == gatewayv1.NamespacesFromSelector {
		if _, err := metav1.LabelSelectorAsSelector(n.Selector); n.Selector == nil || err != nil {
			return false
		}
	}
	return len(l.AllowedRoutes.Kinds) == 0
}
