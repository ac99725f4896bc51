package gatewayapi

import (
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
)

// Version is the API version of what is written.
const Version = Group + "/v1"

// Passthrough is the mode of a listener that leaves TLS to the pods.
const Passthrough = "Passthrough"

// Resource is one object as it is written: the same shape for every kind, without the status that typed objects carry.
type Resource[S any] struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   Meta   `json:"metadata"`
	Spec       S      `json:"spec"`
}

// Make is a Resource; the spec's type follows from the spec.
func Make[S any](apiVersion, kind string, meta Meta, spec S) Resource[S] {
	return Resource[S]{APIVersion: apiVersion, Kind: kind, Metadata: meta, Spec: spec}
}

// Meta is what writers say of an object; the plan adds labels.
type Meta struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// ProviderListener is the listener of one exposure: HTTPS with its own certificate, or TLS that is passed through. Routes attach from
// the Gateway's own namespace only.
func ProviderListener(port int, l controller.Listener) gatewayv1.Listener {
	out := gatewayv1.Listener{
		Name:     gatewayv1.SectionName(l.Name),
		Hostname: pointer(gatewayv1.Hostname(l.Hostname)),
		Port:     gatewayv1.PortNumber(port),
	}
	if l.Mode == Passthrough {
		out.Protocol = gatewayv1.TLSProtocolType
		out.TLS = &gatewayv1.ListenerTLSConfig{Mode: pointer(gatewayv1.TLSModePassthrough)}
		out.AllowedRoutes = SameNamespace("TLSRoute")
		return out
	}
	out.TLS = Terminate(l.Certificate.Secret)
	out.Protocol = gatewayv1.HTTPSProtocolType
	if l.Protocol == "TCP" {
		out.Protocol = gatewayv1.TLSProtocolType
	}
	out.AllowedRoutes = SameNamespace(RouteKind(l.Mode, l.Protocol))
	return out
}

// RouteKind is the kind of route that leads to the pods. A TLSRoute also carries bytes whose TLS ended at the listener.
func RouteKind(mode, protocol string) string {
	switch {
	case mode == Passthrough || protocol == "TCP":
		return "TLSRoute"
	case protocol == "GRPC":
		return "GRPCRoute"
	default:
		return "HTTPRoute"
	}
}

// Terminate is TLS with the certificate of a Secret.
func Terminate(secret string) *gatewayv1.ListenerTLSConfig {
	return &gatewayv1.ListenerTLSConfig{
		Mode:            pointer(gatewayv1.TLSModeTerminate),
		CertificateRefs: []gatewayv1.SecretObjectReference{SecretReference(secret)},
	}
}

// SecretReference names a Secret of the same namespace.
func SecretReference(name string) gatewayv1.SecretObjectReference {
	return gatewayv1.SecretObjectReference{
		Group: pointer(gatewayv1.Group("")), Kind: pointer(gatewayv1.Kind("Secret")), Name: gatewayv1.ObjectName(name),
	}
}

// SameNamespace lets routes of one kind attach from the Gateway's namespace.
func SameNamespace(kind string) *gatewayv1.AllowedRoutes {
	return &gatewayv1.AllowedRoutes{
		Namespaces: &gatewayv1.RouteNamespaces{From: pointer(gatewayv1.NamespacesFromSame)},
		Kinds:      []gatewayv1.RouteGroupKind{{Group: pointer(gatewayv1.Group(Group)), Kind: gatewayv1.Kind(kind)}},
	}
}

// FrontendTLS requires client certificates of one CA on every HTTPS listener. One reference only: with two Istio refuses the listener
// (pilot/pkg/config/kube/gateway/conversion.go buildTLS).
func FrontendTLS(configMap string) *gatewayv1.GatewayTLSConfig {
	return &gatewayv1.GatewayTLSConfig{Frontend: &gatewayv1.FrontendTLSConfig{Default: gatewayv1.TLSConfig{
		Validation: &gatewayv1.FrontendTLSValidation{
			Mode:              gatewayv1.AllowValidOnly,
			CACertificateRefs: []gatewayv1.ObjectReference{{Kind: "ConfigMap", Name: gatewayv1.ObjectName(configMap)}},
		},
	}}}
}

func pointer[T any](v T) *T { return &v }
