//go:build golden

package goldentest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// documents are the objects of a file with YAML documents.
func documents(t *testing.T, file string) []map[string]any {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]any
	for _, text := range regexp.MustCompile(`(?m)^---.*$`).Split(string(raw), -1) {
		if data := document(t, file, text); data != nil {
			out = append(out, data)
		}
	}
	return out
}

func document(t *testing.T, file, text string) map[string]any {
	t.Helper()
	asJSON, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var data map[string]any
	if err := kjson.UnmarshalCaseSensitivePreserveInts(asJSON, &data); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return data
}

// readIstio is the posture of an input, with what Istio's test adds to each.
func readIstio(t *testing.T, folder, name string) posture.Posture {
	t.Helper()
	file := filepath.Join(folder, "testdata", name+".yaml")
	var all []*object.Object
	have := map[object.ID]bool{}
	add := func(data map[string]any) {
		o, err := object.New(data, object.Origin{Overlay: "overlays/golden"})
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if !have[o.ID()] {
			have[o.ID()] = true
			all = append(all, o)
		}
	}
	input := documents(t, file)
	for _, data := range append(input, probes(t, file, input)...) {
		add(data)
	}
	for _, data := range istioFixtures(t, folder, input) {
		add(data)
	}
	var cluster controller.Cluster
	cluster.Name = "golden"
	cluster.Controller.Name, cluster.Controller.Version, cluster.Controller.Distribution = "istio", "1.31", "upstream"
	cluster.GatewayAPI.Version, cluster.GatewayAPI.Channel = "1.6", "experimental"
	return catalog.Read(cluster, object.NewSet(all))
}

// probeGateway carries one listener with a route to everything that a BackendTLSPolicy of the input targets: posture has the TLS of a hop
// only where a route leads to it, and these inputs have policies without routes.
const probeGateway = "golden-probe"

func probes(t *testing.T, file string, input []map[string]any) []map[string]any {
	t.Helper()
	var out []map[string]any
	for _, data := range input {
		if data["kind"] != "BackendTLSPolicy" {
			continue
		}
		meta := data["metadata"].(map[string]any)
		namespace, name := meta["namespace"].(string), meta["name"].(string)
		targets, _ := data["spec"].(map[string]any)["targetRefs"].([]any)
		var rules []string
		for _, target := range targets {
			ref := target.(map[string]any)
			switch ref["kind"] {
			case "Service":
				for _, port := range []string{"80", "443"} {
					rules = append(rules, "{backendRefs: [{name: "+ref["name"].(string)+", port: "+port+"}]}")
				}
			case "ServiceEntry":
				for _, host := range serviceEntryHosts(input, namespace, ref["name"].(string)) {
					for _, port := range []string{"80", "443"} {
						rules = append(rules, "{backendRefs: [{group: networking.istio.io, kind: Hostname, name: "+host+", port: "+port+"}]}")
					}
				}
			}
		}
		out = append(out, document(t, file, "{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {namespace: "+namespace+
			", name: golden-probe-"+name+"}, spec: {parentRefs: [{name: "+probeGateway+", namespace: "+probeGateway+"}], rules: ["+strings.Join(rules, ", ")+"]}}"))
	}
	if len(out) > 0 {
		out = append(out, document(t, file, "{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {namespace: "+probeGateway+", name: "+probeGateway+
			"}, spec: {gatewayClassName: istio, listeners: [{name: probe, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}]}}"))
	}
	return out
}

func serviceEntryHosts(input []map[string]any, namespace, name string) []string {
	var out []string
	for _, data := range input {
		meta := data["metadata"].(map[string]any)
		if data["kind"] == "ServiceEntry" && meta["name"] == name && meta["namespace"] == namespace {
			hosts, _ := data["spec"].(map[string]any)["hosts"].([]any)
			for _, h := range hosts {
				out = append(out, h.(string))
			}
		}
	}
	return out
}
