package crdtest

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// golden are the folders whose YAML gatespan generated: what the repository commits, and what the tests of plan and of the
// controllers compare with.
func golden(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"../../overlays", "../plan/testdata/golden", "../controller/*/testdata/golden", "../../testdata/fleets/*/overlays"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, found...)
	}
	return out
}

func builtin(t *testing.T) *runtime.Scheme {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, networkingv1.AddToScheme, rbacv1.AddToScheme, appsv1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	return scheme
}

func definitions(t *testing.T) *Definitions {
	t.Helper()
	d, err := Load(Modules())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestOverlays: an API server takes every generated object as it is, or the kind is in unproven.txt.
func TestOverlays(t *testing.T) {
	crds, builtin := definitions(t), builtin(t)
	unproven, proven := map[string]bool{}, map[string]int{}
	for _, root := range golden(t) {
		err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(name) != ".yaml" || entry.Name() == "kustomization.yaml" {
				return err
			}
			stream, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			documents, err := Documents(stream)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			for _, document := range documents {
				o, err := Decode(document)
				if err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				kind := o.GroupVersionKind()
				where := fmt.Sprintf("%s: %s %s", name, kind.Kind, o.GetName())
				switch {
				case crds.Has(kind):
					for _, err := range crds.Validate(o) {
						t.Errorf("%s: %v", where, err)
					}
				case builtin.Recognizes(kind):
					if err := Strictly(builtin, o); err != nil {
						t.Errorf("%s: %v", where, err)
					}
				default:
					unproven[kind.GroupVersion().String()+" "+kind.Kind] = true
					continue
				}
				proven[kind.GroupVersion().String()+" "+kind.Kind]++
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	if len(proven) < 10 {
		t.Errorf("only these kinds were there to be proven: %v", proven)
	}
	for _, kind := range slices.Sorted(maps.Keys(proven)) {
		t.Logf("proven: %s, %d objects", kind, proven[kind])
	}
	for _, path := range slices.Sorted(maps.Keys(Missing())) {
		t.Logf("missing: %s: %s", path, Missing()[path])
	}
	have := slices.Sorted(maps.Keys(unproven))
	t.Logf("without a CRD to prove them: %v", have)
	listed := lines(t, "unproven.txt")
	if !slices.Equal(have, listed) {
		t.Errorf("unproven.txt says %v", listed)
	}
}

// TestRefusals: what an API server refuses is refused here, by schema, by pruning, by CEL and by strict decoding.
func TestRefusals(t *testing.T) {
	crds, builtin := definitions(t), builtin(t)
	const gateway = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: a, namespace: b}\nspec:\n  gatewayClassName: eg\n  listeners:\n"
	for name, c := range map[string]struct{ object, want string }{
		"schema":         {gateway + "  - {name: a, port: many, protocol: HTTPS}\n", "spec.listeners[0].port"},
		"unknown field":  {gateway + "  - {name: a, port: 80, protocol: HTTP, tsl: {}}\n", "spec.listeners[0].tsl: there is no such field"},
		"CEL":            {gateway + "  - {name: a, port: 443, protocol: HTTP, tls: {mode: Terminate, certificateRefs: [{name: x}]}}\n", "tls must not be specified for protocols"},
		"double name":    {gateway + "  - {name: a, port: 80, protocol: HTTP}\n  - {name: a, port: 81, protocol: HTTP}\n", "Duplicate value"},
		"missing":        {"apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: a, namespace: b}\nspec: {}\n", "Required value"},
		"no namespace":   {"apiVersion: gateway.networking.k8s.io/v1\nkind: ReferenceGrant\nmetadata: {name: a}\nspec: {from: [{group: x, kind: Y, namespace: z}], to: [{group: '', kind: Service}]}\n", "metadata.namespace"},
		"another group":  {"apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: ClientTrafficPolicy\nmetadata: {name: a, namespace: b}\nspec: {targetRef: {group: '', kind: Service, name: x}}\n", "spec"},
		"built-in field": {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\ndate: {}\n", "date"},
	} {
		t.Run(name, func(t *testing.T) {
			o, err := Decode([]byte(c.object))
			if err != nil {
				t.Fatal(err)
			}
			var said []string
			if crds.Has(o.GroupVersionKind()) {
				for _, err := range crds.Validate(o) {
					said = append(said, err.Error())
				}
			} else if err := Strictly(builtin, o); err != nil {
				said = append(said, err.Error())
			}
			if !strings.Contains(strings.Join(said, "\n"), c.want) {
				t.Errorf("%q is not among %q", c.want, said)
			}
		})
	}
}
