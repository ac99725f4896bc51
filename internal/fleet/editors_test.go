package fleet

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	cueload "cuelang.org/go/cue/load"
	"cuelang.org/go/encoding/jsonschema"
	cueyaml "cuelang.org/go/encoding/yaml"
)

// vet does what `cue vet ./...` does in a folder, without a registry.
func vet(t *testing.T, dir string) error {
	t.Helper()
	instances := cueload.Instances([]string{"./..."}, &cueload.Config{Dir: dir, Env: []string{"CUE_REGISTRY=none", "HOME=" + t.TempDir()}})
	if len(instances) == 0 {
		t.Fatal("nothing to vet")
	}
	for _, inst := range instances {
		if inst.Err != nil {
			return inst.Err
		}
		if err := cuecontext.New().BuildInstance(inst).Validate(cue.Concrete(true), cue.All()); err != nil {
			return err
		}
	}
	return nil
}

// TestCueVetWorksOffline writes what `gatespan schema` writes beside the example fleet, and loads it with CUE's own loader.
func TestCueVetWorksOffline(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../testdata/relay")); err != nil {
		t.Fatal(err)
	}
	if err := vet(t, dir); err == nil {
		t.Fatal("the schema is found without having been written")
	}
	for name, data := range Schema("") {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := vet(t, dir); err != nil {
		t.Fatal(err)
	}

	// gatespan itself is not disturbed by these files.
	if _, err := Load(os.DirFS(dir), ".", "overlays"); err != nil {
		t.Fatal(err)
	}

	// A misspelt field is an error there too.
	name := filepath.Join(dir, "exposures", "relay.cue")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	data = []byte(strings.Replace(string(data), "hostname:", "hostnames:", 1))
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := vet(t, dir); err == nil || !strings.Contains(err.Error(), "hostnames") {
		t.Errorf("a misspelt field: %v", err)
	}
}

// TestJSONSchemaSaysTheSame reads the JSON Schema back and judges YAML fleets with it: the example passes, and each mistake that
// a JSON Schema can express is refused.
func TestJSONSchemaSaysTheSame(t *testing.T) {
	data := Schema("fleet")["fleet/fleet.schema.json"]
	if !json.Valid(data) {
		t.Fatal("not JSON")
	}
	if strings.Contains(string(data), "[:") {
		t.Error("a pattern has a POSIX class, which editors do not know")
	}
	ctx := cuecontext.New()
	file, err := jsonschema.Extract(ctx.CompileBytes(data), &jsonschema.Config{StrictFeatures: true})
	if err != nil {
		t.Fatal(err)
	}
	judge := ctx.BuildFile(file)
	if err := judge.Err(); err != nil {
		t.Fatal(err)
	}
	const fleet = `
trustDomains:
  corp:
    spiffe: corp.example.com
    bundle: {configMap: corp-ca, sha256: [9b0fb8ac5a7b4c5f2a8f4a2e6a0c6a9d1d6e7f0b3c2d1e0f9a8b7c6d5e4f3a2b]}
clusters:
  eks:
    cloud: eks
    controller: {name: envoy-gateway, version: 1.9.1}
    egressCIDRs: [20.50.0.0/28]
    certificates: {certManager: {issuerRef: {kind: ClusterIssuer, name: corp}}}
    gateways: {edge: {namespace: edge, trustDomain: corp}}
exposures:
  relay:
    owner: team-relay
    service: {namespace: relay, name: relay, port: 8443, selector: {app: relay}}
    hostname: relay.example.com
    providers: {eks: {gateway: edge}}
    http: [{matches: [{path: {value: /v1}}]}]
    consumers:
      orders:
        cluster: eks
        namespace: orders
        podSelector: {matchLabels: {app: orders}}
        identity: {uri: spiffe://corp.example.com/ns/orders/sa/orders}
`
	for _, c := range []struct{ name, old, new string }{
		{"as it is", "", ""},
		{"misspelt field", "owner:", "owners:"},
		{"missing field", "    owner: team-relay\n", ""},
		{"missing nested field", ", port: 8443", ""},
		{"wrong type", "port: 8443", "port: http"},
		{"out of range", "port: 8443", "port: 84430"},
		{"not one of", "cloud: eks", "cloud: gcp"},
		{"bad name", "  relay:\n    owner", "  Relay_1:\n    owner"},
		{"bad pattern", "relay.example.com", "'*.example.com'"},
		{"too few", "[9b0fb8ac5a7b4c5f2a8f4a2e6a0c6a9d1d6e7f0b3c2d1e0f9a8b7c6d5e4f3a2b]", "[]"},
		{"misspelt field of a map's element", "{gateway: edge}}", "{gatway: edge, gateway: edge}}"},
		{"none", "providers: {eks: {gateway: edge}}", "providers: {}"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(fleet, c.old) {
				t.Fatal("the case changes nothing")
			}
			syntax, err := cueyaml.Extract("fleet.yaml", strings.Replace(fleet, c.old, c.new, 1))
			if err != nil {
				t.Fatal(err)
			}
			err = ctx.BuildFile(syntax).Unify(judge).Validate(cue.Concrete(true))
			if refused := err != nil; refused != (c.old != "") {
				t.Errorf("refused: %v (%v)", refused, err)
			}
		})
	}
}
