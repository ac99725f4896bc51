//go:build e2e && linux

package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/gatespan/gatespan/internal/object"
)

// Install applies the CRDs of files, and waits until the API server serves them. Other kinds in the files are left out: Gateway API's
// admission policy would keep its two channels apart, and a fleet that needs a kind of the experimental one gets that alone.
func (c *Cluster) Install(ctx context.Context, files []string) error {
	var crds []Map
	for _, file := range files {
		objects, err := Read(file)
		if err != nil {
			return err
		}
		for _, o := range objects {
			if o["kind"] != "CustomResourceDefinition" {
				continue
			}
			if err := c.Apply(ctx, o); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			crds = append(crds, o)
		}
	}
	clear(c.kinds)
	for _, crd := range crds {
		if err := c.served(ctx, crd); err != nil {
			return err
		}
	}
	return nil
}

// served waits until the API server serves every version of a CRD that says so: before it is established, discovery has it already, and
// writing is refused.
func (c *Cluster) served(ctx context.Context, crd Map) error {
	o, err := object.New(crd, object.Origin{})
	if err != nil {
		return err
	}
	deadline := time.Now().Add(time.Minute)
	until := func(holds func() error) error {
		for {
			err := holds()
			if err == nil || time.Now().After(deadline) || ctx.Err() != nil {
				return err
			}
			time.Sleep(200 * time.Millisecond)
		}
	}
	if err := until(func() error {
		now, err := c.Get(ctx, crd)
		if err != nil {
			return err
		}
		seen := object.Object{Data: now}
		conditions, _ := seen.Get("status.conditions").([]any)
		for i := range conditions {
			at := object.Item("status.conditions", i)
			if seen.Text(at+".type") == "Established" && seen.Text(at+".status") == "True" {
				return nil
			}
		}
		return fmt.Errorf("%s is not established", o.Name)
	}); err != nil {
		return err
	}
	versions, _ := o.Get("spec.versions").([]any)
	for i := range versions {
		at := object.Item("spec.versions", i)
		if o.Get(at+".served") != true {
			continue
		}
		like := Map{"apiVersion": o.Text("spec.group") + "/" + o.Text(at+".name"), "kind": o.Text("spec.names.kind"), "metadata": Map{"name": "any", "namespace": "any"}}
		if err := until(func() error { return c.Knows(ctx, like) }); err != nil {
			return err
		}
	}
	return nil
}

// Read decodes all objects of a YAML file.
func Read(file string) ([]Map, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(content), 1<<16)
	var out []Map
	for {
		var o Map
		switch err := decoder.Decode(&o); {
		case errors.Is(err, io.EOF):
			return out, nil
		case err != nil:
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if len(o) > 0 {
			out = append(out, o)
		}
	}
}

// Define makes a CRD without a schema for the kind of an object, and waits until the API server serves it.
func (c *Cluster) Define(ctx context.Context, o *object.Object) error {
	plural := strings.ToLower(o.Kind) + "s"
	if strings.HasSuffix(plural, "ys") {
		plural = strings.TrimSuffix(plural, "ys") + "ies"
	}
	schema := Map{"openAPIV3Schema": Map{"type": "object", "x-kubernetes-preserve-unknown-fields": true}}
	crd := Map{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": Map{"name": plural + "." + o.Group()},
		"spec": Map{"group": o.Group(), "scope": "Namespaced", "names": Map{"kind": o.Kind, "plural": plural},
			"versions": []any{Map{"name": o.Version(), "served": true, "storage": true, "schema": schema}}}}
	if err := c.Apply(ctx, crd); err != nil {
		return err
	}
	return c.served(ctx, crd)
}
