package crdtest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// Definitions are CRDs by the kind that they define. A kind is compiled when it is first asked for: CEL is dear.
type Definitions struct {
	versions map[schema.GroupVersionKind]*version
	plurals  map[string]map[string]string // by group and kind
}

// version is one served version of a kind.
type version struct {
	namespaced bool
	v1         *apiextensionsv1.JSONSchemaProps
	compiled   *compiled
}

type compiled struct {
	schema    *structural.Structural
	validator validation.SchemaValidator
	cel       *cel.Validator
}

// Load reads the CRDs of modules.
func Load(modules []Module) (*Definitions, error) {
	d := &Definitions{versions: map[schema.GroupVersionKind]*version{}, plurals: map[string]map[string]string{}}
	for _, m := range modules {
		paths, err := m.Paths()
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			raw, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			if err := d.add(raw); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	return d, nil
}

func (d *Definitions) add(stream []byte) error {
	documents, err := Documents(stream)
	if err != nil {
		return err
	}
	for _, document := range documents {
		var crd apiextensionsv1.CustomResourceDefinition
		if err := yaml.Unmarshal(document, &crd); err != nil {
			return err
		}
		if crd.Kind != "CustomResourceDefinition" {
			continue
		}
		if d.plurals[crd.Spec.Group] == nil {
			d.plurals[crd.Spec.Group] = map[string]string{}
		}
		d.plurals[crd.Spec.Group][crd.Spec.Names.Kind] = crd.Spec.Names.Plural
		for _, v := range crd.Spec.Versions {
			if v.Served && v.Schema != nil {
				kind := schema.GroupVersionKind{Group: crd.Spec.Group, Version: v.Name, Kind: crd.Spec.Names.Kind}
				d.versions[kind] = &version{namespaced: crd.Spec.Scope == apiextensionsv1.NamespaceScoped, v1: v.Schema.OpenAPIV3Schema}
			}
		}
	}
	return nil
}

// Has reports whether a CRD defines the kind in that version.
func (d *Definitions) Has(kind schema.GroupVersionKind) bool { return d.versions[kind] != nil }

// Plural is how the CRD of a kind says that RBAC names it; "" when no CRD defines the kind.
func (d *Definitions) Plural(group, kind string) string { return d.plurals[group][kind] }

// Validate returns why an API server with the CRDs would refuse an object, or drop some of it.
func (d *Definitions) Validate(o *unstructured.Unstructured) []error {
	v := d.versions[o.GroupVersionKind()]
	if v.compiled == nil {
		c, err := compile(v.v1)
		if err != nil {
			return []error{err}
		}
		v.compiled = c
	}
	var out []error
	if v.namespaced != (o.GetNamespace() != "") {
		out = append(out, fmt.Errorf("metadata.namespace is %q, and namespaced is %t", o.GetNamespace(), v.namespaced))
	}
	c := v.compiled
	o = o.DeepCopy()
	for _, path := range pruning.PruneWithOptions(o.Object, c.schema, true, structural.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}) {
		out = append(out, fmt.Errorf("%s: there is no such field", path))
	}
	defaulting.Default(o.Object, c.schema)
	for _, e := range validation.ValidateCustomResource(nil, o.Object, c.validator) {
		out = append(out, e)
	}
	for _, e := range listtype.ValidateListSetsAndMaps(nil, c.schema, o.Object) {
		out = append(out, e)
	}
	if c.cel != nil {
		errs, _ := c.cel.Validate(context.Background(), nil, c.schema, o.Object, nil, celconfig.RuntimeCELCostBudget)
		for _, e := range errs {
			out = append(out, e)
		}
	}
	return out
}

func compile(v1 *apiextensionsv1.JSONSchemaProps) (*compiled, error) {
	internal := &apiextensions.JSONSchemaProps{}
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(v1, internal, nil); err != nil {
		return nil, err
	}
	s, err := structural.NewStructural(internal)
	if err != nil {
		return nil, err
	}
	validator, _, err := validation.NewSchemaValidator(internal)
	if err != nil {
		return nil, err
	}
	return &compiled{schema: s, validator: validator, cel: cel.NewValidator(s, true, celconfig.PerCallLimit)}, nil
}

// Documents splits a YAML stream and leaves empty documents out.
func Documents(stream []byte) ([][]byte, error) {
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(stream)))
	var out [][]byte
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		var any map[string]any
		if err := yaml.Unmarshal(document, &any); err != nil {
			return nil, err
		}
		if len(any) > 0 {
			out = append(out, document)
		}
	}
}

// Decode reads one object with whole numbers as integers, as CEL rules expect them.
func Decode(document []byte) (*unstructured.Unstructured, error) {
	raw, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return nil, err
	}
	o := &unstructured.Unstructured{}
	if _, _, err := unstructured.UnstructuredJSONScheme.Decode(raw, nil, o); err != nil {
		return nil, err
	}
	return o, nil
}

// Strictly decodes an object of a built-in kind, and refuses fields that the kind does not have.
func Strictly(builtin *runtime.Scheme, o *unstructured.Unstructured) error {
	into, err := builtin.New(o.GroupVersionKind())
	if err != nil {
		return err
	}
	return runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(o.Object, into, true)
}
