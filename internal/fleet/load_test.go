package fleet

import (
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	cueformat "cuelang.org/go/cue/format"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gatespan/gatespan/internal/finding"
)

// relay loads the example fleet.
func relay(t testing.TB) *Fleet {
	t.Helper()
	f, err := Load(os.DirFS("../.."), "testdata/relay", "overlays")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestRelayIsFormatted holds that the example is as cue fmt writes it.
func TestRelayIsFormatted(t *testing.T) {
	for _, name := range []string{"fleet.cue", "exposures/relay.cue"} {
		data, err := os.ReadFile("../../testdata/relay/" + name)
		if err != nil {
			t.Fatal(err)
		}
		formatted, err := cueformat.Source(data)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(formatted), string(data)); diff != "" {
			t.Errorf("%s: -formatted +file:\n%s", name, diff)
		}
	}
}

func TestRelayLoads(t *testing.T) {
	f := relay(t)
	if f.Name != "relay" || f.Clusters["eks-prod"].Path != "overlays/eks-prod" {
		t.Errorf("got name %q and path %q", f.Name, f.Clusters["eks-prod"].Path)
	}
	x := f.Exposures["relay"]
	if got, want := x.Service.Hostname, "relay.relay.svc.cluster.local"; got != want {
		t.Errorf("service hostname %q, want %q", got, want)
	}
	if x.Service.TargetPort != 8443 || x.TLS.Mode != "Terminate" || x.Consumers["orders"].Via != "gateway" {
		t.Errorf("defaults are missing: %+v", x)
	}
}

// TestPositions holds that what others report about a fleet lands on its lines.
func TestPositions(t *testing.T) {
	f := relay(t)
	for _, c := range []struct {
		path string
		file string
		word string // the line begins with it
	}{
		{"clusters.eks-prod", "testdata/relay/fleet.cue", `"eks-prod": {`},
		{"clusters.eks-prod.gateways.edge", "testdata/relay/fleet.cue", "gateways: edge: {"},
		{"trustDomains.corp", "testdata/relay/fleet.cue", "trustDomains: corp: {"},
		{"exposures.relay", "testdata/relay/exposures/relay.cue", "exposures: relay: {"},
		{"exposures.relay.providers.eks-prod", "testdata/relay/exposures/relay.cue", `providers: "eks-prod": gateway`},
		{"exposures.relay.consumers.orders", "testdata/relay/exposures/relay.cue", "consumers: orders: {"},
		{"exposures.relay.consumers.orders.nothing", "testdata/relay/exposures/relay.cue", "consumers: orders: {"},
	} {
		at := f.Position(strings.Split(c.path, ".")...)
		if at.File != c.file || at.Line == 0 || at.Column == 0 {
			t.Errorf("%s: at %+v, want %s", c.path, at, c.file)
			continue
		}
		data, err := os.ReadFile("../../" + at.File)
		if err != nil {
			t.Fatal(err)
		}
		if line := strings.TrimSpace(strings.Split(string(data), "\n")[at.Line-1]); !strings.HasPrefix(line, c.word) {
			t.Errorf("%s: line %d is %q, want %q", c.path, at.Line, line, c.word)
		}
	}
	if at := f.Position("clusters-of-nobody"); at != (finding.Position{}) {
		t.Errorf("a place for nothing: %+v", at)
	}
}

// TestLanguages holds that one fleet in CUE, YAML or JSON, in one file or several, is the same fleet.
func TestLanguages(t *testing.T) {
	const (
		cueFile  = "name: \"a\"\nclusters: c: {cloud: \"aks\", controller: name: \"istio\", path: \"a\"}\n"
		yamlFile = "name: a\nclusters:\n  c: &c\n    cloud: aks\n    controller: {name: istio}\n    path: a\n"
		jsonFile = `{"name": "a", "clusters": {"c": {"cloud": "aks", "controller": {"name": "istio"}, "path": "a"}}}`
		imported = "package fleet\n\nimport \"github.com/gatespan/gatespan/schema\"\n\nschema.#Fleet & {\n" + cueFile + "}\n"
		part     = "package fleet\n\nimport \"github.com/gatespan/gatespan/schema\"\n\n_cloud: \"aks\"\nclusters: c: schema.#Cluster & {cloud: _cloud}\n"
	)
	var want *Fleet
	for _, c := range []struct {
		name  string
		root  string
		files fstest.MapFS
	}{
		{"cue file", "fleet.cue", fstest.MapFS{"fleet.cue": {Data: []byte(cueFile)}}},
		{"cue file with import", "x/fleet.cue", fstest.MapFS{"x/fleet.cue": {Data: []byte(imported)}}},
		{"json file", "fleet.json", fstest.MapFS{"fleet.json": {Data: []byte(jsonFile)}}},
		{"yaml file", "fleet.yml", fstest.MapFS{"fleet.yml": {Data: []byte(yamlFile)}}},
		{"directory", "fleet", fstest.MapFS{"fleet/a.yaml": {Data: []byte(yamlFile)}}},
		{"several languages", "fleet/", fstest.MapFS{
			"fleet/a.cue":             {Data: []byte(part)},
			"fleet/b.yaml":            {Data: []byte("name: a\n")},
			"fleet/c.json":            {Data: []byte(`{"clusters": {"c": {"controller": {"name": "istio"}, "path": "a"}}}`)},
			"fleet/empty.yaml":        {Data: []byte("# nothing\n")},
			"fleet/fleet.schema.json": {Data: []byte(`{"title": "for editors"}`)},
			"fleet/cue.mod/x.cue":     {Data: []byte("not: read")},
			"fleet/README.md":         {Data: []byte("# fleet\n")},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Load(c.files, c.root, "overlays")
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = got
			}
			if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Fleet{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestObjectsKeepTheirNumbers holds that whole numbers of copied objects stay whole.
func TestObjectsKeepTheirNumbers(t *testing.T) {
	f, err := Load(fstest.MapFS{"fleet.yaml": {Data: []byte(`
trustDomains: {corp: {bundle: {configMap: ca, sha256: ["` + strings.Repeat("0", 64) + `"]}}}
clusters:
  a:
    cloud: eks
    controller: {name: envoy-gateway}
    gateways:
      edge:
        namespace: edge
        trustDomain: corp
        objects: [{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: edge}, spec: {minAvailable: 9007199254740993}}]
`)}}, "fleet.yaml", "overlays")
	if err != nil {
		t.Fatal(err)
	}
	got := f.Clusters["a"].Gateways["edge"].Objects[0]["spec"].(map[string]any)["minAvailable"]
	if got != int64(9007199254740993) {
		t.Errorf("got %T %v", got, got)
	}
}

// many is a fleet of n exposures in n files.
func many(n int) fstest.MapFS {
	files := fstest.MapFS{"fleet/fleet.cue": {Data: []byte(`
trustDomains: corp: {spiffe: "corp.example.com", bundle: {configMap: "ca", sha256: ["` + strings.Repeat("0", 64) + `"]}}
clusters: {
	aks: {cloud: "aks", controller: name: "istio", certificates: secret: "tls"}
	for i in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] {
		"eks-\(i)": {
			cloud: "eks", controller: name: "envoy-gateway", certificates: secret: "tls"
			for g in [0, 1, 2, 3, 4] {gateways: "edge-\(g)": {namespace: "edge", trustDomain: "corp"}}
		}
	}
}
`)}}
	for i := range n {
		files[fmt.Sprintf("fleet/exposures/x%04d.cue", i)] = &fstest.MapFile{Data: fmt.Appendf(nil, `package fleet

import "github.com/gatespan/gatespan/schema"

schema.#Fleet & {
	exposures: "x%[1]d": {
		owner: "team"
		service: {namespace: "n", name: "x%[1]d", port: 8443, selector: app: "x"}
		hostname: "x%[1]d.example.com"
		providers: "eks-%[2]d": gateway: "edge-%[3]d"
		consumers: c: {
			cluster: "aks", namespace: "c", podSelector: matchLabels: app: "c"
			identity: uri: "spiffe://corp.example.com/ns/c/sa/c"
		}
	}
}
`, i, i%10, i/10%5)}
	}
	return files
}

// TestSameResult holds that neither the number of processors nor the run decides what is loaded or reported.
func TestSameResult(t *testing.T) {
	files := many(120)
	wrong := many(120)
	for i := range 40 {
		name := fmt.Sprintf("fleet/exposures/x%04d.cue", i*3)
		wrong[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(wrong[name].Data), "8443", fmt.Sprint(70_000+i), 1))}
	}
	var fleets []*Fleet
	var texts []string
	for _, n := range []int{1, 4, 1, 4} {
		before := runtime.GOMAXPROCS(n)
		f, err := Load(files, "fleet", "overlays")
		_, wrongErr := Load(wrong, "fleet", "overlays")
		runtime.GOMAXPROCS(before)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(asErrors(wrongErr)); got != 40 {
			t.Fatalf("%d errors, want 40: %v", got, wrongErr)
		}
		fleets, texts = append(fleets, f), append(texts, wrongErr.Error())
	}
	for i := range fleets {
		if !reflect.DeepEqual(fleets[0], fleets[i]) {
			t.Errorf("fleet %d differs", i)
		}
		if diff := cmp.Diff(texts[0], texts[i]); diff != "" {
			t.Errorf("errors %d differ:\n%s", i, diff)
		}
	}
}

func BenchmarkLoadRelay(b *testing.B) {
	for b.Loop() {
		relay(b)
	}
}

func BenchmarkLoad1000(b *testing.B) {
	files := many(1000)
	for b.Loop() {
		if _, err := Load(files, "fleet", "overlays"); err != nil {
			b.Fatal(err)
		}
	}
}
