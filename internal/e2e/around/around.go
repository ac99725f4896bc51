// Package around makes what a controller needs beside the overlays of a cluster before it translates them: what other overlays, cert-manager
// or people make, such as Services and Secrets. Secrets are there whoever makes them, as the posture takes it. Every Secret and ConfigMap has a root of its own, so that a mix-up of two of them is seen.
package around

import (
	"encoding/base64"
	"fmt"
	"slices"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/e2e/pki"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// Objects are those that the posture of a cluster refers to, or rests on, and that are not in it: GatewayClasses, namespaces, the Services
// behind the routes with their ports as the fleet names them, and the Secrets and ConfigMaps that are made from elsewhere.
func Objects(cluster controller.Cluster, set *object.Set, p posture.Posture) ([]map[string]any, error) {
	m := &maker{set: set, done: map[object.ID]bool{}}
	var hosts []string
	for _, e := range p.Entries {
		m.class(e)
		m.add("v1", "Namespace", "", e.Gateway.Namespace, nil)
		for _, r := range e.Routes {
			hosts = append(hosts, r.Hostnames...)
			for _, b := range slices.Concat(r.Backends, r.Mirrors) {
				if b.Ref.Kind == "Service" {
					m.service(cluster, b)
				}
			}
		}
		hosts = append(hosts, e.Hostnames...)
	}
	slices.Sort(hosts)
	for _, r := range p.References {
		if r.To.Kind != "Secret" && (r.To.Kind != "ConfigMap" || r.Resolved == "") {
			continue // of ConfigMaps those are missing that nothing makes
		}
		root, err := pki.New(r.To.Kind + " " + r.To.Namespace + "/" + r.To.Name)
		if err != nil {
			return nil, err
		}
		rest := map[string]any{"data": map[string]any{"ca.crt": root.PEM}}
		if r.To.Kind == "Secret" {
			pair, err := root.Issue(pki.Want{Name: r.To.Name, DNS: slices.Compact(hosts), Both: true})
			if err != nil {
				return nil, err
			}
			rest = map[string]any{"type": "kubernetes.io/tls", "data": map[string]any{"tls.crt": encode(pair.Certificate), "tls.key": encode(pair.Key), "ca.crt": encode(root.PEM)}}
		}
		m.add("v1", r.To.Kind, r.To.Namespace, r.To.Name, rest)
	}
	return m.out, m.err
}

type maker struct {
	set  *object.Set
	done map[object.ID]bool
	out  []map[string]any
	err  error
}

// class is a GatewayClass that is not in Git: of the controller that reads the entry.
func (m *maker) class(e posture.Entry) {
	c, known := catalog.ByName(e.Controller)
	if known && e.Class != "" {
		m.add("gateway.networking.k8s.io/v1", "GatewayClass", "", e.Class, map[string]any{"spec": map[string]any{"controllerName": c.Profile().ControllerNames[0]}})
	}
}

// service makes the Service behind a route, or adds a port to the one that was made.
func (m *maker) service(cluster controller.Cluster, b posture.Backend) {
	port := map[string]any{"name": fmt.Sprintf("p%d", b.Port), "port": b.Port, "targetPort": b.Port}
	for _, p := range cluster.ServicePorts {
		if p.Namespace == b.Ref.Namespace && p.Service == b.Ref.Name && p.Port == b.Port && p.Name != "" {
			port["name"] = p.Name
		}
	}
	for _, made := range m.out {
		meta, _ := made["metadata"].(map[string]any)
		if made["kind"] != "Service" || meta["namespace"] != b.Ref.Namespace || meta["name"] != b.Ref.Name {
			continue
		}
		spec := made["spec"].(map[string]any)
		ports := spec["ports"].([]any)
		if !slices.ContainsFunc(ports, func(have any) bool { return have.(map[string]any)["port"] == b.Port }) {
			spec["ports"] = append(ports, port)
		}
		return
	}
	m.add("v1", "Service", b.Ref.Namespace, b.Ref.Name, map[string]any{"spec": map[string]any{
		"ports": []any{port}, "selector": map[string]any{"app": b.Ref.Name}, "clusterIP": fmt.Sprintf("10.96.1.%d", len(m.out)+1)}})
}

func (m *maker) add(version, kind, namespace, name string, rest map[string]any) {
	o, err := object.New(Made(version, kind, namespace, name, rest), object.Origin{})
	if err != nil {
		m.err = err
		return
	}
	if m.done[o.ID()] || m.set.Find(o.Group(), kind, namespace, name) != nil {
		return
	}
	m.done[o.ID()] = true
	m.out = append(m.out, o.Data)
}

// Made is an object.
func Made(version, kind, namespace, name string, rest map[string]any) map[string]any {
	meta := map[string]any{"name": name}
	if namespace != "" {
		meta["namespace"] = namespace
	}
	out := map[string]any{"apiVersion": version, "kind": kind, "metadata": meta}
	for k, v := range rest {
		out[k] = v
	}
	return out
}

func encode(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
