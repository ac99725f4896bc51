package istio

import (
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// probe is how Azure's load balancer probes a listener. A port of the Service has the listener's protocol as appProtocol
// (pilot/pkg/config/kube/gatewaycommon/deploymentcontroller.go extractServicePorts), so that without annotations Azure takes HTTPS. The
// managed control planes of AKS bring annotations of their own (AKS articles/aks/istio-gateway-api.md, ConfigMap customizations).
func (r *reader) probe(l *gatewayapi.Listener, e *posture.Entry) {
	if r.Cluster.Cloud != "aks" || len(l.Gateway.Spec.Addresses) > 0 || e.Scheme.Value == posture.SchemeCluster {
		return
	}
	service, parameters := r.parameters(l.Gateway)
	value := func(key string) (string, bool) {
		if v, ok := service.Metadata.Annotations[key]; ok {
			return v, v != "" // a null takes the annotation away
		}
		v, ok := infrastructureText(l.Gateway, key)
		return v, ok
	}
	https, key := kubernetes.AzureProbe(value, int(l.Spec.Port), strings.ToLower(string(l.Spec.Protocol)), service.Spec.ExternalTrafficPolicy == "Local")
	switch {
	case !https, key == "" && r.managed():
	case key == "":
		e.Probe = unheld(posture.ProbeHTTPS, l.Ref(".protocol"), "the Service's port has appProtocol https, and no annotation says how else to probe it")
	default:
		at := gatewayapi.Nearest(l.Gateway.Object, object.Key("spec.infrastructure.annotations", key))
		if _, ok := service.Metadata.Annotations[key]; ok {
			at = gatewayapi.RefOf(parameters, "data.service")
		}
		e.Probe = unheld(posture.ProbeHTTPS, at, "annotation "+key+" says HTTPS")
	}
}

// infrastructureText is one of the annotations that Istio writes on the Service.
func infrastructureText(g *gatewayapi.Gateway, key string) (string, bool) {
	if g.Spec.Infrastructure == nil {
		return "", false
	}
	for k, v := range g.Spec.Infrastructure.Annotations {
		if string(k) == key {
			return string(v), true
		}
	}
	return "", false
}
