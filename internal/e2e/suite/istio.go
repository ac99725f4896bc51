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

// istioQuestion is what modules/istio reads: objects, by whose they are, the mesh configuration, and the Gateways that are asked for.
func (c *translated) istioQuestion() (any, error) {
	var kubernetes, own []*object.Object
	var gateways []map[string]string
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
	done := map[posture.Subject]bool{}
	for _, e := range c.posture.Entries {
		if classic(e) || done[e.Gateway] {
			continue
		}
		done[e.Gateway] = true
		gateways = append(gateways, map[string]string{"namespace": e.Gateway.Namespace, "name": e.Gateway.Name})
		service, err := c.gatewayService(e)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(kubernetes, func(o *object.Object) bool { return o.ID() == service.ID() }) {
			kubernetes = append(kubernetes, service)
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

// gatewayService is the Service that istiod makes for a Gateway: its ports are the listeners'.
func (c *translated) gatewayService(e posture.Entry) (*object.Object, error) {
	var ports []any
	seen := map[int]bool{}
	for _, other := range c.posture.Entries {
		if other.Gateway == e.Gateway && !seen[other.Port] {
			seen[other.Port] = true
			ports = append(ports, map[string]any{"name": fmt.Sprintf("p%d", other.Port), "port": other.Port, "targetPort": other.Port, "appProtocol": "tls"})
		}
	}
	return object.New(around.Made("v1", "Service", e.Gateway.Namespace, e.Gateway.Name+"-"+e.Class, map[string]any{"spec": map[string]any{
		"ports": ports, "selector": map[string]any{"gateway.networking.k8s.io/gateway-name": e.Gateway.Name},
	}}), object.Origin{})
}

// mesh is the mesh configuration of the revision that the Gateways ask for: what is in Git, or what the fleet says of it.
func (c *translated) mesh() string {
	name := "istio"
	for _, o := range c.objects {
		if revision := o.Labels["istio.io/rev"]; o.Kind == "Gateway" && revision != "" {
			name = "istio-" + revision
		}
	}
	for _, o := range c.objects {
		if text := o.Text("data.mesh"); o.Kind == "ConfigMap" && strings.HasPrefix(o.Name, name) && text != "" {
			return text
		}
	}
	if name == "istio" && c.facts.Controller.MinTLS == "1.3" {
		return "tlsDefaults: {minProtocolVersion: TLSV1_3}\n"
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
