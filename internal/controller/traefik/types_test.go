package traefik

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// specs are the types that each kind is decoded into.
var specs = map[string]any{
	kindIngressRoute: ingressRouteSpec{}, kindIngressRouteTCP: ingressRouteSpec{}, kindIngressRouteUDP: ingressRouteSpec{},
	kindMiddleware: middlewareSpec{}, kindMiddlewareTCP: middlewareTCPSpec{}, kindServersTransport: serversTransportSpec{},
	kindServersTransportTCP: serversTransportTCPSpec{}, kindTLSOption: tlsOptionSpec{}, kindTLSStore: tlsStoreSpec{}, kindTraefikService: traefikServiceSpec{},
}

// TestTypes: every field of the CRDs is known to the types. testdata/fields.txt lists them, one a line with its kind, of
// docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml of github.com/traefik/traefik/v3 at v3.7.13.
func TestTypes(t *testing.T) {
	content, err := os.ReadFile("testdata/fields.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.Lines(string(content)) {
		kind, path, _ := strings.Cut(strings.TrimSpace(line), " ")
		seen[kind] = true
		if spec := specs[kind]; spec == nil || !has(reflect.TypeOf(spec), strings.Split(path, ".")[1:]) {
			t.Errorf("%s has %s, and its type does not", kind, path)
		}
	}
	for _, kind := range profile().Kinds[Group] {
		if !seen[kind] || specs[kind] == nil {
			t.Errorf("%s is in the profile, and has no CRD or no type", kind)
		}
	}
	if len(seen) != len(profile().Kinds[Group]) {
		t.Errorf("the CRDs are of %d kinds, and the profile knows %d", len(seen), len(profile().Kinds[Group]))
	}
}

// has reports whether a type has the fields of a path, or stops looking before its end.
func has(of reflect.Type, path []string) bool {
	for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
		of = of.Elem()
	}
	if len(path) == 0 || of.Kind() != reflect.Struct {
		return true
	}
	for _, field := range reflect.VisibleFields(of) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == path[0] {
			return has(field.Type, path[1:])
		}
	}
	return false
}
