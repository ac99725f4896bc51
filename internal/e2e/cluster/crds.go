//go:build e2e && linux

package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/util/yaml"
)

// Install applies the CRDs of files, and waits until the API server serves them. Other kinds in the files are left out: Gateway API's
// admission policy would keep its two channels apart, and a fleet that needs a kind of the experimental one gets that alone.
func (c *Cluster) Install(ctx context.Context, files []string) error {
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
		}
	}
	clear(c.kinds)
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
