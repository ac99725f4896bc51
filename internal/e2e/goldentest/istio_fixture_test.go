//go:build golden

package goldentest

import (
	"encoding/base64"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// istioFixtures are the objects that conversion_test.go adds to every input, found in its source: the Services that it declares by host
// name, all with the ports of its svcPorts, and the Secrets and ConfigMaps of its `objects`. Namespaces are those of the input, with the
// label that readConfig gives them.
func istioFixtures(t *testing.T, folder string, input []map[string]any) []map[string]any {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, "conversion_test.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	f := fixtures{text: map[string]string{}}
	ast.Inspect(file, f.collect)
	ast.Inspect(file, f.objects)
	ast.Inspect(file, f.services)
	if len(f.out) < 40 {
		t.Fatalf("conversion_test.go gives only %d objects", len(f.out))
	}
	var namespaces []string
	for _, data := range input {
		if namespace, _ := data["metadata"].(map[string]any)["namespace"].(string); namespace != "" && !slices.Contains(namespaces, namespace) {
			namespaces = append(namespaces, namespace)
			part, _, _ := strings.Cut(namespace, "-")
			f.out = append(f.out, map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{
				"name": namespace, "labels": map[string]any{"istio.io/test-name-part": part},
			}})
		}
	}
	return f.out
}

type fixtures struct {
	text map[string]string // string variables of the file
	out  []map[string]any
}

func (f *fixtures) collect(n ast.Node) bool {
	if spec, ok := n.(*ast.ValueSpec); ok {
		for i, name := range spec.Names {
			if i < len(spec.Values) {
				if text, ok := f.literal(spec.Values[i]); ok {
					f.text[name.Name] = text
				}
			}
		}
	}
	return true
}

// literal is the text of "x", []byte("x") or a variable of the file that holds it.
func (f *fixtures) literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		text, known := f.text[e.Name]
		return text, known
	case *ast.CallExpr:
		if len(e.Args) == 1 {
			return f.literal(e.Args[0])
		}
	}
	return "", false
}

// objects gathers literals of Secrets and ConfigMaps.
func (f *fixtures) objects(n ast.Node) bool {
	c, ok := n.(*ast.CompositeLit)
	if !ok {
		return true
	}
	sel, ok := c.Type.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Secret" && sel.Sel.Name != "ConfigMap" {
		return true
	}
	data := map[string]any{}
	meta, _ := fieldOf(c, "ObjectMeta").(*ast.CompositeLit)
	values, _ := fieldOf(c, "Data").(*ast.CompositeLit)
	if meta == nil || values == nil {
		return true
	}
	for _, element := range values.Elts {
		pair := element.(*ast.KeyValueExpr)
		key, _ := f.literal(pair.Key)
		value, _ := f.literal(pair.Value)
		if sel.Sel.Name == "Secret" {
			value = base64.StdEncoding.EncodeToString([]byte(value))
		}
		data[key] = value
	}
	name, _ := f.literal(fieldOf(meta, "Name"))
	namespace, _ := f.literal(fieldOf(meta, "Namespace"))
	f.out = append(f.out, map[string]any{
		"apiVersion": "v1", "kind": sel.Sel.Name, "metadata": map[string]any{"namespace": namespace, "name": name}, "data": data,
	})
	return true
}

// services gathers the Services by their host names.
func (f *fixtures) services(n ast.Node) bool {
	pair, ok := n.(*ast.KeyValueExpr)
	if !ok {
		return true
	}
	if key, ok := pair.Key.(*ast.Ident); !ok || key.Name != "Hostname" {
		return true
	}
	host, _ := f.literal(pair.Value)
	parts := strings.Split(strings.TrimSuffix(host, ".svc.domain.suffix"), ".")
	if len(parts) != 2 || !strings.HasSuffix(host, ".svc.domain.suffix") {
		return true
	}
	f.out = append(f.out, map[string]any{
		"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"namespace": parts[1], "name": parts[0]},
		"spec": map[string]any{"ports": []any{
			map[string]any{"name": "http", "port": int64(80)}, map[string]any{"name": "tcp", "port": int64(34000)}, map[string]any{"name": "tcp-other", "port": int64(34001)},
		}},
	})
	return true
}

func fieldOf(c *ast.CompositeLit, name string) ast.Expr {
	for _, element := range c.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.Ident); ok && key.Name == name {
				return pair.Value
			}
		}
	}
	return nil
}
