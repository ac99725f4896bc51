package fleet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"cuelang.org/go/encoding/jsonschema"

	"github.com/gatespan/gatespan/schema"
)

// moduleFile makes a fleet's directory a CUE module of its own. Its name is never looked up anywhere.
const moduleFile = `// Written by gatespan schema. It makes this folder a CUE module, so that editors and cue vet find the schema in pkg/, offline.
// gatespan itself judges with the schema that it carries.
module: "gatespan.dev/fleet@v0"
language: version: "v0.17.0"
`

// Schema is what editors and plain `cue vet` need beside a fleet in dir: the schema below cue.mod/pkg, where an import is looked
// for before any registry, and a JSON Schema for fleets in YAML and JSON. Keys are slash paths.
//
// It panics when the embedded schema cannot be read or exported, which the tests rule out.
func Schema(dir string) map[string][]byte {
	out := map[string][]byte{path.Join(dir, "cue.mod", "module.cue"): []byte(moduleFile)}
	names, err := fs.Glob(schema.Files, "*.cue")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		data, err := schema.Files.ReadFile(name)
		if err != nil {
			panic(err)
		}
		out[path.Join(dir, "cue.mod", "pkg", schema.ImportPath, name)] = data
	}
	data, err := jsonSchema()
	if err != nil {
		panic(err)
	}
	out[path.Join(dir, "fleet.schema.json")] = data
	return out
}

// jsonSchema is the CUE schema as JSON Schema 2020-12, as far as that can say it.
func jsonSchema() ([]byte, error) {
	e, err := newEvaluator(false)
	if err != nil {
		return nil, err
	}
	expr, err := jsonschema.Generate(e.fleet, nil)
	if err != nil {
		return nil, err
	}
	data, err := e.ctx.BuildExpr(expr).MarshalJSON()
	if err != nil {
		return nil, err
	}
	var root map[string]any
	if err := json.Unmarshal(data, &root); err != nil {
		return nil, err
	}
	amend(root)
	root["title"] = "gatespan fleet"
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		return nil, fmt.Errorf("schema as JSON: %w", err)
	}
	return b.Bytes(), nil
}

// amend joins the lines of comments, which editors break themselves, and closes what the exporter leaves open: it drops the
// validator of "struct.MinFields(1) & {…}", and with it that the struct is closed.
func amend(node any) {
	switch x := node.(type) {
	case map[string]any:
		_, isMap := x["patternProperties"]
		_, isStruct := x["properties"].(map[string]any)
		if _, said := x["additionalProperties"]; !said && x["type"] == "object" && (isMap || isStruct) {
			x["additionalProperties"] = false
			if isMap {
				x["minProperties"] = 1
			}
		}
		for k, v := range x {
			if text, ok := v.(string); ok && k == "description" {
				x[k] = strings.Join(strings.Fields(text), " ")
				continue
			}
			amend(v)
		}
	case []any:
		for _, v := range x {
			amend(v)
		}
	}
}
