// Package object holds decoded Kubernetes objects together with where they came from.
//
// An Object is what a cluster would receive: one rendered manifest, decoded once, with its origin. A Set is all objects of
// one cluster, indexed by group, kind, namespace and name. Nothing here knows what an object means.
package object

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	kjson "sigs.k8s.io/json"
)

// Origin says where an object was read from. Paths are relative to the repository's root and use forward slashes.
type Origin struct {
	Overlay string // the kustomize root that rendered it, e.g. "overlays/eks-prod/gateways/edge"
	File    string // the file that held it before kustomize; "" when a generator made it
}

// Object is one Kubernetes object as the API server would receive it.
type Object struct {
	APIVersion  string
	Kind        string
	Namespace   string // "" for cluster-scoped objects
	Name        string
	Labels      map[string]string
	Annotations map[string]string
	Data        map[string]any // the whole object; numbers are int64 or float64
	Origin      Origin
}

// ID names an object regardless of its API version: what the API server stores under one key.
type ID struct{ Group, Kind, Namespace, Name string }

func (id ID) String() string {
	name := id.Name
	if id.Namespace != "" {
		name = id.Namespace + "/" + id.Name
	}
	return id.Kind + " " + name
}

// New wraps decoded data. It errors when apiVersion, kind or metadata.name is missing or not a string, or when a label or
// annotation is not a string: the API server would refuse such an object.
func New(data map[string]any, origin Origin) (*Object, error) {
	o := &Object{Data: data, Origin: origin}
	var ok bool
	if o.APIVersion, ok = data["apiVersion"].(string); !ok || o.APIVersion == "" {
		return nil, fmt.Errorf("object has no apiVersion")
	}
	if o.Kind, ok = data["kind"].(string); !ok || o.Kind == "" {
		return nil, fmt.Errorf("object has no kind")
	}
	meta, ok := data["metadata"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s has no metadata", o.Kind)
	}
	if o.Name, ok = meta["name"].(string); !ok || o.Name == "" {
		return nil, fmt.Errorf("%s has no metadata.name", o.Kind)
	}
	if namespace, present := meta["namespace"]; present && namespace != nil {
		if o.Namespace, ok = namespace.(string); !ok {
			return nil, fmt.Errorf("%s %s: metadata.namespace is not a string", o.Kind, o.Name)
		}
	}
	var err error
	if o.Labels, err = stringMap(meta["labels"]); err != nil {
		return nil, fmt.Errorf("%s %s: metadata.labels: %w", o.Kind, o.Name, err)
	}
	if o.Annotations, err = stringMap(meta["annotations"]); err != nil {
		return nil, fmt.Errorf("%s %s: metadata.annotations: %w", o.Kind, o.Name, err)
	}
	return o, nil
}

func stringMap(value any) (map[string]string, error) {
	if value == nil {
		return nil, nil
	}
	m, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("not a map")
	}
	out := make(map[string]string, len(m))
	for k, v := range m {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("the value of %q is not a string", k)
		}
		out[k] = s
	}
	return out, nil
}

// Group is the API group, "" for the core group.
func (o *Object) Group() string {
	if group, _, found := strings.Cut(o.APIVersion, "/"); found {
		return group
	}
	return ""
}

// Version is the API version without its group.
func (o *Object) Version() string {
	if _, version, found := strings.Cut(o.APIVersion, "/"); found {
		return version
	}
	return o.APIVersion
}

// ID is the object's identity without its version.
func (o *Object) ID() ID { return ID{o.Group(), o.Kind, o.Namespace, o.Name} }

func (o *Object) String() string { return o.ID().String() }

// Get returns the value at a field path such as `spec.listeners[0].tls.options["a.b/c"]`, or nil.
func (o *Object) Get(path string) any {
	var value any = o.Data
	for _, step := range ParsePath(path) {
		switch {
		case step.Index >= 0:
			list, ok := value.([]any)
			if !ok || step.Index >= len(list) {
				return nil
			}
			value = list[step.Index]
		default:
			m, ok := value.(map[string]any)
			if !ok {
				return nil
			}
			value = m[step.Key]
		}
	}
	return value
}

// Text returns the string at a field path, or "".
func (o *Object) Text(path string) string {
	s, _ := o.Get(path).(string)
	return s
}

// Texts returns the map of strings at a field path, without what is no string.
func (o *Object) Texts(path string) map[string]string {
	out := map[string]string{}
	m, _ := o.Get(path).(map[string]any)
	for k, v := range m {
		if s, ok := v.(string); ok {
			out[k] = s
		}
	}
	return out
}

// Decode decodes the object into a typed struct. Fields that the struct does not know come back as paths such as
// `spec.tls.newField`; a value of the wrong type is an error (the API server would refuse the object).
func (o *Object) Decode(into any) (unknown []string, err error) {
	raw, err := json.Marshal(o.Data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o, err)
	}
	strict, err := kjson.UnmarshalStrict(raw, into)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o, err)
	}
	for _, e := range strict {
		var fieldError kjson.FieldError
		if errors.As(e, &fieldError) {
			unknown = append(unknown, fieldError.FieldPath())
		} else {
			unknown = append(unknown, e.Error())
		}
	}
	return unknown, nil
}
