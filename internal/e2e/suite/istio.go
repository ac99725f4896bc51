//go:build e2e && linux

package suite

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/e2e/around"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

func istio() translator {
	return translator{
		name: "istio", area: "Istio's pilot, in a process of its own: what the proxies get is what the posture says", weakened: weakenedIstio,
		question: (*translated).istioQuestion, compare: (*translated).istio,
	}
}

// gatewayOf is a Gateway as modules/istio asks for it: the labels are those of its proxies.
type gatewayOf struct {
	Namespace, Name string
	Labels          map[string]string
}

// gateways are the Gateways of the posture, and what they need beside the objects: the Service of their proxies, which istiod makes for one of
// Gateway API and people for a classic one.
func (c *translated) gateways() (all []gatewayOf, services []*object.Object, err error) {
	done := map[posture.Subject]bool{}
	for _, e := range c.posture.Entries {
		if done[e.Gateway] || e.Controller != "istio" {
			continue
		}
		done[e.Gateway] = true
		labels := map[string]string{"gateway.networking.k8s.io/gateway-name": e.Gateway.Name}
		if classic(e) {
			labels = c.selected(e)
		}
		of := gatewayOf{c.proxiesIn(e, labels), e.Gateway.Name, labels}
		all = append(all, of)
		service, err := c.gatewayService(e, of)
		if err != nil {
			return nil, nil, err
		}
		services = append(services, service)
	}
	return all, services, nil
}

// proxiesIn is the namespace of a Gateway's proxies: its own, unless Git has a Deployment with the labels that a classic one selects.
func (c *translated) proxiesIn(e posture.Entry, labels map[string]string) string {
	for _, o := range c.objects {
		has := func(key string) bool { return o.Text(object.Key("spec.template.metadata.labels", key)) == labels[key] }
		if classic(e) && o.Kind == "Deployment" && !slices.ContainsFunc(slices.Collect(maps.Keys(labels)), func(key string) bool { return !has(key) }) {
			return o.Namespace
		}
	}
	return e.Gateway.Namespace
}

// selected are the labels that a classic Gateway selects its proxies by.
func (c *translated) selected(e posture.Entry) map[string]string {
	out := map[string]string{}
	for _, o := range c.objects {
		if o.Kind == "Gateway" && o.Group() == "networking.istio.io" && o.Namespace == e.Gateway.Namespace && o.Name == e.Gateway.Name {
			selector, _ := o.Get("spec.selector").(map[string]any)
			for key := range selector {
				out[key] = o.Text(object.Key("spec.selector", key))
			}
		}
	}
	return out
}

// istioQuestion is what modules/istio reads: objects, by whose they are, the mesh configuration, and the Gateways that are asked for.
func (c *translated) istioQuestion() (any, error) {
	gateways, kubernetes, err := c.gateways()
	if err != nil {
		return nil, err
	}
	kubernetes = slices.DeleteFunc(kubernetes, func(s *object.Object) bool {
		return slices.ContainsFunc(c.objects, func(o *object.Object) bool { return o.ID() == s.ID() })
	})
	var own []*object.Object
	for _, o := range c.objects {
		switch {
		case strings.HasSuffix(o.Group(), ".istio.io"):
			own = append(own, o)
		case o.Group() == "" || o.Group() == "gateway.networking.k8s.io":
			kept, err := stored(o)
			if err != nil {
				return nil, err
			}
			kubernetes = append(kubernetes, kept)
		}
	}
	q := map[string]any{"Gateways": gateways, "Mesh": c.mesh()}
	for key, all := range map[string][]*object.Object{"Kubernetes": kubernetes, "Istio": own} {
		text, err := stream(all)
		if err != nil {
			return nil, err
		}
		q[key] = text
	}
	return q, nil
}

// gatewayService is the Service of a Gateway's proxies: its ports are the listeners'.
func (c *translated) gatewayService(e posture.Entry, of gatewayOf) (*object.Object, error) {
	var ports []any
	seen := map[int]bool{}
	for _, other := range c.posture.Entries {
		if other.Gateway == e.Gateway && !seen[other.Port] {
			seen[other.Port] = true
			ports = append(ports, map[string]any{"name": fmt.Sprintf("p%d", other.Port), "port": other.Port, "targetPort": other.Port, "appProtocol": "tls"})
		}
	}
	selector := map[string]any{}
	for key, value := range of.Labels {
		selector[key] = value
	}
	name := strings.TrimSuffix(e.Gateway.Name+"-"+e.Class, "-")
	return object.New(around.Made("v1", "Service", of.Namespace, name, map[string]any{"spec": map[string]any{"ports": ports, "selector": selector}}), object.Origin{})
}

// mesh is the mesh configuration of the revision that the Gateways ask for: what is in Git, or what the fleet says of it.
func (c *translated) mesh() string {
	for _, o := range c.objects {
		if text := o.Text("data.mesh"); o.Kind == "ConfigMap" && strings.HasPrefix(o.Name, c.meshName()) && text != "" {
			return text
		}
	}
	if c.revision() == "" && c.facts.Controller.MinTLS == "1.3" {
		return "tlsDefaults: {minProtocolVersion: TLSV1_3}\n"
	}
	return ""
}

// meshName is that of the ConfigMap that the control plane reads it from.
func (c *translated) meshName() string {
	if revision := c.revision(); revision != "" {
		return "istio-" + revision
	}
	return "istio"
}

// revision is that of the control plane that the Gateways ask for.
func (c *translated) revision() string {
	for _, o := range c.objects {
		if revision := o.Labels["istio.io/rev"]; o.Kind == "Gateway" && revision != "" {
			return revision
		}
	}
	return ""
}

// stored is an object as the API server shows it to Istio: a Secret's stringData is data, and a ReferenceGrant has the version that Istio
// watches (pkg/config/schema/gvr/resources.gen.go).
func stored(o *object.Object) (*object.Object, error) {
	text, ok := o.Get("stringData").(map[string]any)
	if o.Kind == "ReferenceGrant" && o.Version() == "v1" {
		served := maps.Clone(o.Data)
		served["apiVersion"] = "gateway.networking.k8s.io/v1beta1"
		return object.New(served, o.Origin)
	}
	if o.Kind != "Secret" || !ok {
		return o, nil
	}
	out, encoded := map[string]any{}, map[string]any{}
	for k, v := range o.Data {
		if k != "stringData" {
			out[k] = v
		}
	}
	for k, v := range text {
		encoded[k] = base64.StdEncoding.EncodeToString([]byte(fmt.Sprint(v)))
	}
	out["data"] = encoded
	return object.New(out, o.Origin)
}
