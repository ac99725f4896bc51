package istio

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// strict reports whether the pods of a Service take mutual TLS of the mesh only: the gateway then speaks it by itself.
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
	m := r.peerMode(namespace, selector, pods, target)
	if m.mode == "" {
		return false, gatewayapi.RefOf(o, "spec"), "no PeerAuthentication requires mutual TLS of its pods"
	}
	return m.mode == modeStrict, m.at, "PeerAuthentication mode is " + m.mode
}

const modeStrict = "STRICT" // security/v1beta1/peer_authentication.proto

// peerMode is one mode with the field that decided; without mode nothing did.
type peerMode struct {
	mode string
	at   posture.Ref
}

// over lets what is more specific decide, unless it says nothing.
func (m peerMode) over(wider peerMode) peerMode {
	if m.mode == "" || m.mode == "UNSET" {
		return wider
	}
	return m
}

// peerMode is the mode of the mesh, over it that of the namespace, over it that of the workload, and over it that of the port, which a
// workload's policy alone can have (pilot/pkg/security/authn/policy_applier.go ComposePeerAuthentication). Of several policies of one
// scope the oldest counts alone, so that here the weakest does; a workload's policy that may select the pods, as far as Git tells,
// is one of them where it is less strict.
func (r *reader) peerMode(namespace string, service map[string]string, pods []pod, port int) peerMode {
	root := r.rootNamespace()
	var mesh, scope []peerMode
	var workload []item[peerAuthenticationSpec]
	sure := true
	for _, p := range r.peers {
		own := p.object.Namespace == namespace && namespace != root
		switch {
		case p.spec.Selector == nil || len(p.spec.Selector.MatchLabels) == 0:
			if p.object.Namespace == root {
				mesh = append(mesh, said(p))
			} else if own {
				scope = append(scope, said(p))
			}
		case own:
			always, may := selects(p.spec.Selector.MatchLabels, service, pods)
			if may {
				workload = append(workload, p)
				sure = sure && always
			}
		}
	}
	wider := weakestMode(scope, weakestMode(mesh, peerMode{}))
	var modes []peerMode
	for _, p := range workload {
		m := said(p).over(wider)
		number := fmt.Sprint(port)
		if level, ok := p.spec.PortLevelMTLS[number]; ok {
			m = peerMode{level.Mode, gatewayapi.Nearest(p.object, object.Key("spec.portLevelMtls", number)+".mode")}.over(m)
		} else if port == 0 {
			for _, name := range slices.Sorted(maps.Keys(p.spec.PortLevelMTLS)) { // one of them may be the port, whose number Git does not tell
				level := peerMode{p.spec.PortLevelMTLS[name].Mode, gatewayapi.Nearest(p.object, object.Key("spec.portLevelMtls", name)+".mode")}.over(m)
				m = weakestMode([]peerMode{m, level}, wider)
			}
		}
		modes = append(modes, m)
	}
	if !sure {
		modes = append(modes, wider)
	}
	return weakestMode(modes, wider)
}

// said is what a policy says of all ports.
func said(p item[peerAuthenticationSpec]) peerMode {
	m := peerMode{at: gatewayapi.Nearest(p.object, "spec.mtls.mode")}
	if p.spec.MTLS != nil {
		m.mode = p.spec.MTLS.Mode
	}
	return m
}

// weakestMode is the first that is not STRICT, otherwise the first; where there is none, and for one that says nothing, what is wider.
func weakestMode(modes []peerMode, wider peerMode) peerMode {
	out := wider
	for i, m := range modes {
		if m = m.over(wider); i == 0 || m.mode != modeStrict {
			out = m
		}
		if out.mode != modeStrict {
			break
		}
	}
	return out
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

// podsOf are the workloads in Git with the labels of a selector, in a namespace or in any.
func (r *reader) podsOf(namespace string, selector map[string]string) []pod {
	var out []pod
	for _, kind := range []string{"Deployment", "StatefulSet", "DaemonSet", "Pod"} {
		group, at := "apps", "spec.template.metadata"
		if kind == "Pod" {
			group, at = "", "metadata"
		}
		for _, o := range r.Objects.Kind(group, kind) {
			labels := labelsAt(o, at+".labels")
			if (namespace == "" || o.Namespace == namespace) && len(selector) > 0 && subsetOf(selector, labels) {
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
