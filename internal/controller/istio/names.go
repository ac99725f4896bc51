package istio

import (
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
)

// Listener options that Istio reads; it ignores every other key in silence.
// Source: pilot/pkg/config/kube/gatewaycommon/gateway_utils.go, gateway/conversion.go, pkg/config/constants/constants.go.
const (
	optionMode     = "gateway.istio.io/tls-terminate-mode"
	optionCiphers  = "gateway.istio.io/tls-cipher-suites"
	optionProtocol = "gateway.istio.io/listener-protocol"
)

// TLS modes: of the listener option, of DestinationRules and of classic Gateways.
const (
	modeDisable        = "DISABLE"
	modeSimple         = "SIMPLE"
	modeMutual         = "MUTUAL"
	modeOptionalMutual = "OPTIONAL_MUTUAL"
	modeIstioSimple    = "ISTIO_SIMPLE"
	modeIstioMutual    = "ISTIO_MUTUAL"
)

// Labels and annotations. Source: istio.io/api label/labels.gen.go and annotation/annotations.gen.go, manifests/…/kube-gateway.yaml.
const (
	labelGatewayName   = "gateway.networking.k8s.io/gateway-name"
	labelGatewayClass  = "gateway.networking.k8s.io/gateway-class-name"
	labelManaged       = "gateway.istio.io/managed"
	labelCanonicalName = "service.istio.io/canonical-name"
	labelRevision      = "istio.io/rev"

	annotationServiceType  = "networking.istio.io/service-type"
	annotationDryRun       = "istio.io/dry-run"
	annotationProxyConfig  = "proxy.istio.io/config"
	annotationIgnorePolicy = "istio.io/ignore-policy-attachment"
)

const (
	kindAuthorizationPolicy = "AuthorizationPolicy"
	kindDestinationRule     = "DestinationRule"
	kindServiceEntry        = "ServiceEntry"
	kindHostname            = "Hostname" // of a backendRef only, never an object
)

// clusterDomain is Kubernetes' DNS domain; Istio's default (pkg/config/constants/constants.go, DefaultClusterLocalDomain).
const clusterDomain = "cluster.local"

// defaultTrustDomain is the mesh's when its configuration says nothing (pkg/config/mesh/mesh.go).
const defaultTrustDomain = "cluster.local"

// serviceHost is the host under which Istio knows a Kubernetes Service.
func serviceHost(name, namespace string) string {
	return name + "." + namespace + ".svc." + clusterDomain
}

// localService is the Service that a host names, if it is one of this cluster.
func localService(host string) (name, namespace string, ok bool) {
	rest, found := strings.CutSuffix(host, ".svc."+clusterDomain)
	name, namespace, ok = strings.Cut(rest, ".")
	return name, namespace, found && ok && !strings.Contains(namespace, ".")
}

// gatewayPodLabels are the labels by which the proxies of a Gateway can be told from all others of its namespace.
func gatewayPodLabels(name string) map[string]string {
	return map[string]string{labelGatewayName: name}
}

// atLeast compares Istio's version, "1.31" or an add-on's revision "asm-1-30"; a version that nobody names is a new one.
func atLeast(c controller.Cluster, version string) bool {
	return c.Controller.Version == "" || controller.CompareVersions(c.Controller.Version, version) >= 0
}

func pointer[T any](v T) *T { return &v }

func deref[T any](p *T, absent T) T {
	if p == nil {
		return absent
	}
	return *p
}
