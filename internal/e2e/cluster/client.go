//go:build e2e && linux

package cluster

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/gatespan/gatespan/internal/object"
)

// ErrNoKind is of a kind that the API server does not know.
var ErrNoKind = errors.New("the API server has no such kind")

// Refusal is an answer of the API server that is no success.
type Refusal struct {
	Code    int
	Message string
}

func (r *Refusal) Error() string { return fmt.Sprintf("%d: %s", r.Code, r.Message) }

// NotFound reports whether the API server says that something is not there.
func NotFound(err error) bool {
	var r *Refusal
	return errors.As(err, &r) && r.Code == http.StatusNotFound
}

type resource struct {
	name       string
	namespaced bool
}

// Map is an object as encoding/json makes one.
type Map = map[string]any

// Apply applies an object server-side, with strict validation: a field that the kind does not have is refused.
func (c *Cluster) Apply(ctx context.Context, o Map) error {
	path, err := c.path(ctx, o)
	if err != nil {
		return err
	}
	body, err := json.Marshal(o)
	if err != nil {
		return err
	}
	_, err = c.do(ctx, http.MethodPatch, path+"?fieldManager=gatespan-e2e&fieldValidation=Strict&force=true", "application/apply-patch+yaml", body)
	return err
}

// Status merges a status into an object's, as its controller would.
func (c *Cluster) Status(ctx context.Context, o Map, status Map) error {
	path, err := c.path(ctx, o)
	if err != nil {
		return err
	}
	body, err := json.Marshal(Map{"status": status})
	if err != nil {
		return err
	}
	_, err = c.do(ctx, http.MethodPatch, path+"/status", "application/merge-patch+json", body)
	return err
}

// Get reads the object that has the API version, kind, namespace and name of o.
func (c *Cluster) Get(ctx context.Context, o Map) (Map, error) {
	path, err := c.path(ctx, o)
	if err != nil {
		return nil, err
	}
	return c.do(ctx, http.MethodGet, path, "", nil)
}

// Delete deletes an object; one that is not there is deleted already.
func (c *Cluster) Delete(ctx context.Context, o Map) error {
	path, err := c.path(ctx, o)
	if err != nil {
		return err
	}
	if _, err = c.do(ctx, http.MethodDelete, path, "", nil); NotFound(err) {
		return nil
	}
	return err
}

// Namespaces makes the namespaces of objects, which are prerequisites of the overlays and in none of them.
func (c *Cluster) Namespaces(ctx context.Context, objects []*object.Object) error {
	done := map[string]bool{"": true}
	for _, o := range objects {
		if done[o.Namespace] {
			continue
		}
		done[o.Namespace] = true
		if err := c.Apply(ctx, Map{"apiVersion": "v1", "kind": "Namespace", "metadata": Map{"name": o.Namespace}}); err != nil {
			return err
		}
	}
	return nil
}

// path is the path of an object in the API.
func (c *Cluster) path(ctx context.Context, o Map) (string, error) {
	version, _ := o["apiVersion"].(string)
	kind, _ := o["kind"].(string)
	metadata, _ := o["metadata"].(Map)
	name, _ := metadata["name"].(string)
	namespace, _ := metadata["namespace"].(string)
	found, err := c.resource(ctx, version, kind)
	if err != nil {
		return "", err
	}
	path := root(version)
	if found.namespaced {
		if namespace == "" {
			return "", fmt.Errorf("%s %s has no namespace", kind, name)
		}
		path += "/namespaces/" + url.PathEscape(namespace)
	}
	return path + "/" + found.name + "/" + url.PathEscape(name), nil
}

func root(version string) string {
	if strings.Contains(version, "/") {
		return "/apis/" + version
	}
	return "/api/" + version
}

// resource asks the API server what it calls a kind. What it does not know yet is asked for again: a CRD may be on its way.
func (c *Cluster) resource(ctx context.Context, version, kind string) (resource, error) {
	if found, ok := c.kinds[version][kind]; ok {
		return found, nil
	}
	list, err := c.do(ctx, http.MethodGet, root(version), "", nil)
	if err != nil && !NotFound(err) {
		return resource{}, err
	}
	known := map[string]resource{}
	resources, _ := list["resources"].([]any)
	for _, r := range resources {
		r, _ := r.(Map)
		name, _ := r["name"].(string)
		namespaced, _ := r["namespaced"].(bool)
		if of, _ := r["kind"].(string); of != "" && !strings.Contains(name, "/") {
			known[of] = resource{name, namespaced}
		}
	}
	c.kinds[version] = known
	found, ok := known[kind]
	if !ok {
		return found, fmt.Errorf("%s %s: %w", version, kind, ErrNoKind)
	}
	return found, nil
}

func (c *Cluster) do(ctx context.Context, method, path, content string, body []byte) (Map, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.Server+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.Token)
	request.Header.Set("Accept", "application/json")
	if content != "" {
		request.Header.Set("Content-Type", content)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	var said Map
	_ = json.Unmarshal(answer, &said) // /readyz and some refusals are no JSON
	if response.StatusCode/100 != 2 {
		message, ok := said["message"].(string)
		if !ok {
			message = strings.TrimSpace(string(answer))
		}
		return nil, &Refusal{response.StatusCode, message}
	}
	return said, nil
}

// Clear deletes objects as far as the API server knows their kinds, the last ones first. What cannot be deleted stays.
func (c *Cluster) Clear(ctx context.Context, objects []*object.Object) {
	for i := len(objects) - 1; i >= 0; i-- {
		_ = c.Delete(ctx, objects[i].Data)
	}
}

// Knows errors with ErrNoKind when the API server does not know an object's kind.
func (c *Cluster) Knows(ctx context.Context, o Map) error {
	_, err := c.path(ctx, o)
	return err
}
