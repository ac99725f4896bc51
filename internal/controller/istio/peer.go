package istio

import (
	"fmt"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// strict reports whether the pods of a Service take mutual TLS of the mesh only: the gateway then speaks it by itself. The most specific
// PeerAuthentication counts: of the port, of the workload, of the namespace, of the mesh (pilot/pkg/model/authentication.go
// initAuthnPolicies, pilot/pkg/security/authn/policy_applier.go). A workload's policy that may select the pods, as far as Git tells, counts
// as one that does where it is less strict.
func (r *reader) strict(namespace, service string, port int) (bool, posture.Ref, string) {
	o := r.Objects.Find("", "Service", namespace, service)
	if o == nil {
		return false, posture.Ref{APIVersion: "v1", Kind: "Service", Namespace: namespace, Name: service}, "no policy makes the gateway speak TLS to it"
	}
	selector := labelsAt(o, "spec.selector")
	pods := r.podsOf(namespace, selector)
	target := targetPort(o, port)
	if at, why, out := r.outsideMesh(namespace, pods, target); out {
		return false, at, why
	}
	// From the widest to the most specific; each that says something decides.
	strict, at, why := false, gatewayapi.RefOf(o, "spec"), "no PeerAuthentication requires mutual TLS of its pods"
	take := func(p item[peerAuthenticationSpec], mode, field string) {
		switch mode {
		case "", "UNSET":
		case "STRICT":
			strict, at, why = true, gatewayapi.RefOf(p.object, field), "PeerAuthentication mode is STRICT"
		default:
			strict, at, why = false, gatewayapi.RefOf(p.object, field), "PeerAuthentication mode is "+mode
		}
	}
	root := r.rootNamespace()
	for _, p := range r.peers {
		if p.object.Namespace == root && p.spec.Selector == nil && p.spec.MTLS != nil {
			take(p, p.spec.MTLS.Mode, "spec.mtls.mode")
		}
	}
	for _, p := range r.peers {
		if p.object.Namespace == namespace && p.object.Namespace != root && p.spec.Selector == nil && p.spec.MTLS != nil {
			take(p, p.spec.MTLS.Mode, "spec.mtls.mode")
		}
	}
	for _, p := range r.peers {
		if p.object.Namespace != namespace || p.spec.Selector == nil {
			continue
		}
		sure, may := selects(p.spec.Selector.MatchLabels, selector, pods)
		if !may {
			continue
		}
		mode, field := "", "spec.mtls.mode"
		if p.spec.MTLS != nil {
			mode = p.spec.MTLS.Mode
		}
		if level, ok := p.spec.PortLevelMTLS[fmt.Sprint(target)]; ok {
			mode, field = level.Mode, object.Key("spec.portLevelMtls", fmt.Sprint(target))+".mode"
		} else if len(p.spec.PortLevelMTLS) > 0 && target == 0 {
			mode, field = "of a port that Git does not tell", "spec.portLevelMtls"
		}
		if sure || mode != "STRICT" {
			take(p, mode, field)
		}
	}
	return strict, at, why
}

// selects: surely, when the Service's own selector or all known pods have the labels; maybe, when nothing contradicts.
func selects(want, service map[string]string, pods []pod) (sure, may bool) {
	if subsetOf(want, service) {
		return true, true
	}
	for _, p := range pods {
		if subsetOf(want, p.labels) {
			may = true
		}
	}
	if len(pods) > 0 {
		return false, may
	}
	for k, v := range want {
		if have, ok := service[k]; ok && have != v {
			return false, false
		}
	}
	return false, true
}

type pod struct {
	object      *object.Object
	at          string // of its template
	labels      map[string]string
	annotations map[string]string
}

// podsOf are the workloads in Git that a Service selects.
func (r *reader) podsOf(namespace string, selector map[string]string) []pod {
	var out []pod
	for _, kind := range []string{"Deployment", "StatefulSet", "DaemonSet", "Pod"} {
		group, at := "apps", "spec.template.metadata"
		if kind == "Pod" {
			group, at = "", "metadata"
		}
		for _, o := range r.Objects.Kind(group, kind) {
			labels := labelsAt(o, at+".labels")
			if o.Namespace == namespace && len(selector) > 0 && subsetOf(selector, labels) {
				out = append(out, pod{o, at, labels, labelsAt(o, at+".annotations")})
			}
		}
	}
	return out
}

// outsideMesh reports pods whose port no sidecar protects: no injection, or the port is excluded
// (istio.io/docs/ops/configuration/traffic-management, annotations of istio.io/api).
func (r *reader) outsideMesh(namespace string, pods []pod, target int) (posture.Ref, string, bool) {
	injected := func(labels map[string]string) bool {
		return labels["sidecar.istio.io/inject"] == "true" || labels[labelRevision] != "" || labels["istio-injection"] == "enabled" || labels["istio.io/dataplane-mode"] == "ambient"
	}
	ns := r.Objects.Find("", "Namespace", "", namespace)
	for _, p := range pods {
		for _, where := range []string{"labels", "annotations"} {
			const key = "sidecar.istio.io/inject"
			if p.object.Text(object.Key(p.at+"."+where, key)) == "false" {
				return gatewayapi.RefOf(p.object, object.Key(p.at+"."+where, key)), key + " is false: the pods are outside the mesh", true
			}
		}
		for _, key := range []string{"traffic.sidecar.istio.io/excludeInboundPorts", "traffic.sidecar.istio.io/includeInboundPorts"} {
			value, ok := p.annotations[key]
			listed := contains(value, fmt.Sprint(target))
			if ok && (strings.HasSuffix(key, "excludeInboundPorts") == listed) && value != "*" {
				return gatewayapi.RefOf(p.object, object.Key(p.at+".annotations", key)), key + " keeps the port from the sidecar", true
			}
		}
		if ns != nil && !injected(ns.Labels) && !injected(p.labels) {
			return gatewayapi.RefOf(ns, "metadata"), "the namespace has no label that brings its pods into the mesh", true
		}
	}
	if ns != nil && len(pods) == 0 && !injected(ns.Labels) {
		return gatewayapi.RefOf(ns, "metadata"), "the namespace has no label that brings its pods into the mesh", true
	}
	return posture.Ref{}, "", false
}

func contains(list, port string) bool {
	for _, p := range strings.Split(list, ",") {
		if strings.TrimSpace(p) == port {
			return true
		}
	}
	return false
}

// targetPort is the pods' port behind a port of a Service; 0 when it is a name.
func targetPort(service *object.Object, port int) int {
	list, _ := service.Get("spec.ports").([]any)
	for i := range list {
		at := object.Item("spec.ports", i)
		if number(service.Get(at+".port")) != port {
			continue
		}
		target := service.Get(at + ".targetPort")
		if target == nil {
			return port
		}
		return number(target)
	}
	return 0
}

func labelsAt(o *object.Object, field string) map[string]string {
	m, _ := o.Get(field).(map[string]any)
	out := map[string]string{}
	for k, v := range m {
		if s, ok := v.(string); ok {
			out[k] = s
		}
	}
	return out
}
