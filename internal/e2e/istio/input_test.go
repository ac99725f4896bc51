package istio

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/e2e/around"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/plan"
	"github.com/gatespan/gatespan/internal/posture"
)

const root = "../../.."

// cluster is one cluster of an example fleet that has Istio.
type cluster struct {
	name    string // "aks-to-eks/aks-prod"
	facts   controller.Cluster
	objects *object.Set
	posture posture.Posture
}

// clusters are all of them, in all example fleets, after an edit of their documents, or as they are. With an edit only those that it changes
// are there.
func clusters(t *testing.T, edit func(string) string) []cluster {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(root, "testdata", "fleets", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var out []cluster
	add := func(name, fleetAt, overlays string) {
		f, err := fleet.Load(os.DirFS(root), fleetAt, overlays)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for id, c := range f.Clusters {
			if c.Controller.Name != "istio" {
				continue
			}
			facts := plan.Facts(f, id)
			objects, changed := documents(t, filepath.Join(root, overlays, id), edit)
			if edit != nil && !changed {
				continue
			}
			set := object.NewSet(objects)
			out = append(out, cluster{name + "/" + id, facts, set, catalog.Read(facts, set)})
		}
	}
	add("relay", "testdata/relay", "overlays")
	for _, folder := range folders {
		name := filepath.Base(folder)
		add(name, "testdata/fleets/"+name, "testdata/fleets/"+name+"/overlays")
	}
	slices.SortFunc(out, func(a, b cluster) int { return strings.Compare(a.name, b.name) })
	if len(out) == 0 {
		t.Fatal("no example fleet has Istio any more, or none has what is edited")
	}
	return out
}

// documents are the objects of a cluster's overlays. A document that an edit empties is left out.
func documents(t *testing.T, dir string, edit func(string) string) (out []*object.Object, changed bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".yaml" || d.Name() == "kustomization.yaml" {
			return err
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, text := range strings.Split("\n"+string(raw), "\n---\n") {
			if edit != nil {
				before := text
				text = edit(text)
				changed = changed || text != before
			}
			asJSON, err := yaml.YAMLToJSON([]byte(text))
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			var data map[string]any
			if err := kjson.UnmarshalCaseSensitivePreserveInts(asJSON, &data); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if data == nil {
				continue
			}
			o, err := object.New(data, object.Origin{Overlay: filepath.Dir(name), File: name})
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			out = append(out, o)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, changed
}

// kubernetes are the cluster's objects of the groups that pilot watches, as YAML, with what is not in the overlays: the GatewayClass, the
// Service of each gateway, which istiod makes, the Services behind the routes, and the Secrets and ConfigMaps that are made from elsewhere.
func (c cluster) kubernetes(t *testing.T) string {
	t.Helper()
	var out []string
	have := map[object.ID]bool{}
	add := func(data map[string]any) {
		o, err := object.New(data, object.Origin{})
		if err != nil {
			t.Fatal(err)
		}
		if have[o.ID()] {
			return
		}
		have[o.ID()] = true
		raw, err := yaml.Marshal(data)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(raw))
	}
	for _, o := range c.objects.All() {
		if o.Group() == "gateway.networking.k8s.io" || o.Group() == "" {
			add(stored(o.Data))
		}
	}
	for _, e := range c.posture.Entries {
		if e.Gateway.Kind == "Gateway" {
			add(c.gatewayService(e))
		}
	}
	beside, err := around.Objects(c.facts, c.objects, c.posture)
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range beside {
		add(data)
	}
	return strings.Join(out, "\n---\n")
}

// gatewayService is the Service that istiod makes for a Gateway: its ports are the listeners'.
func (c cluster) gatewayService(e posture.Entry) map[string]any {
	var ports []any
	seen := map[int]bool{}
	for _, other := range c.posture.Entries {
		if other.Gateway == e.Gateway && !seen[other.Port] {
			seen[other.Port] = true
			ports = append(ports, map[string]any{"name": fmt.Sprintf("p%d", other.Port), "port": other.Port, "targetPort": other.Port, "appProtocol": "tls"})
		}
	}
	return around.Made("v1", "Service", e.Gateway.Namespace, e.Gateway.Name+"-"+e.Class, map[string]any{"spec": map[string]any{
		"ports": ports, "selector": map[string]any{gatewayLabel: e.Gateway.Name},
	}})
}

// configs are the cluster's objects of Istio's own groups.
func (c cluster) configs(t *testing.T) string {
	t.Helper()
	var out []string
	for _, o := range c.objects.All() {
		if strings.HasSuffix(o.Group(), ".istio.io") {
			raw, err := yaml.Marshal(o.Data)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, string(raw))
		}
	}
	return strings.Join(out, "\n---\n")
}

// mesh is the mesh configuration: what is in Git, or what the fleet says of it.
func (c cluster) mesh() string {
	for _, o := range c.objects.Kind("", "ConfigMap") {
		if text := o.Text("data.mesh"); text != "" {
			return text
		}
	}
	if c.facts.Controller.MinTLS == "1.3" {
		return "tlsDefaults: {minProtocolVersion: TLSV1_3}\n"
	}
	return ""
}

// stored is an object as the API server keeps it: a Secret's stringData is data.
func stored(data map[string]any) map[string]any {
	text, ok := data["stringData"].(map[string]any)
	if data["kind"] != "Secret" || !ok {
		return data
	}
	out := map[string]any{}
	for k, v := range data {
		if k != "stringData" {
			out[k] = v
		}
	}
	encoded := map[string]any{}
	for k, v := range text {
		encoded[k] = base64.StdEncoding.EncodeToString([]byte(fmt.Sprint(v)))
	}
	out["data"] = encoded
	return out
}
