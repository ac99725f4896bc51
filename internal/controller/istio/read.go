package istio

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// item is one decoded object of Istio's.
type item[S any] struct {
	object *object.Object
	spec   S
}

// reader is one reading of a cluster: its objects, decoded once.
type reader struct {
	*gatewayapi.World
	meshes     []mesh
	rules      []*rule                   // DestinationRules, and what BackendTLSPolicies amount to
	ignored    map[string]*object.Object // BackendTLSPolicies that their annotation switches off, by host
	services   []item[serviceEntrySpec]
	policies   []item[authorizationPolicySpec]
	peers      []item[peerAuthenticationSpec]
	tokenRules []item[requestAuthenticationSpec]
	classic    []item[classicGatewaySpec]
	virtual    []item[virtualServiceSpec]
	sidecars   []item[sidecarSpec]
	entries    []item[workloadEntrySpec]
	exitIndex  map[exitKey]int
	forced     struct {
		read   bool
		policy *forced
	}
}

func read(cluster controller.Cluster, set *object.Set) posture.Posture {
	r := &reader{World: gatewayapi.Load(cluster, profile(), set), exitIndex: map[exitKey]int{}, ignored: map[string]*object.Object{}}
	r.Objects = r.available()
	r.meshes = r.readMeshes()
	r.services = decode[serviceEntrySpec](r, networkingGroup, kindServiceEntry)
	r.policies = decode[authorizationPolicySpec](r, securityGroup, kindAuthorizationPolicy)
	r.tokenRules = decode[requestAuthenticationSpec](r, securityGroup, kindRequestAuthentication)
	r.peers = decode[peerAuthenticationSpec](r, securityGroup, "PeerAuthentication")
	r.classic = decode[classicGatewaySpec](r, networkingGroup, "Gateway")
	r.virtual = decode[virtualServiceSpec](r, networkingGroup, "VirtualService")
	r.sidecars = decode[sidecarSpec](r, networkingGroup, "Sidecar")
	r.entries = decode[workloadEntrySpec](r, networkingGroup, "WorkloadEntry")
	decode[telemetrySpec](r, telemetryGroup, "Telemetry")
	r.rules = r.destinationRules()

	for _, g := range r.Gateways {
		before := len(r.Posture.Exits)
		for _, l := range g.Listeners {
			e := r.listener(l)
			r.hops(l, &e)
			r.Posture.Entries = append(r.Posture.Entries, e)
		}
		if len(r.Posture.Exits) > before {
			r.egressOfAddOn(g)
		}
		r.authorization(g, workload{namespace: g.Object.Namespace, gateway: g.Object.Name, labels: podLabels(g)})
		r.unusedClientCertificate(g)
	}
	r.sidecarExits()
	r.classicGateways()
	r.foreignEndpoints()
	r.hatches()
	return r.Posture
}

func decode[S any](r *reader, group, kind string) []item[S] {
	var out []item[S]
	for _, o := range r.Objects.Kind(group, kind) {
		var d decoded[S]
		if r.CheckFields(o, &d) {
			out = append(out, item[S]{o, d.Spec})
		}
	}
	return out
}

// unusedClientCertificate reports spec.tls.backend: Istio validates the reference and presents nothing
// (pilot/pkg/config/kube/gateway/supported_features.go skips GatewayBackendClientCertificateFeature).
func (r *reader) unusedClientCertificate(g *gatewayapi.Gateway) {
	if g.Spec.TLS != nil && g.Spec.TLS.Backend != nil && g.Spec.TLS.Backend.ClientCertificateRef != nil {
		r.Unknown(g.Object, "field", "spec.tls.backend", "Istio validates the client certificate and never presents it; use a DestinationRule")
	}
}

// by makes a setting that the gateway enforces.
func by[T any](value T, at posture.Ref, why string) posture.Setting[T] {
	return posture.Setting[T]{Value: value, Enforcer: posture.ByGateway, By: at, Why: why}
}

// unheld makes a setting that nobody enforces: the weakest value.
func unheld[T any](value T, at posture.Ref, why string) posture.Setting[T] {
	return posture.Setting[T]{Value: value, Enforcer: posture.ByNobody, By: at, Why: why}
}

// subsetOf reports whether every label of a selector is among labels.
func subsetOf(selector, labels map[string]string) bool {
	for k, v := range selector {
		if have, ok := labels[k]; !ok || have != v {
			return false
		}
	}
	return true
}
