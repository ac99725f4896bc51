package main

import (
	"encoding/json"
	"fmt"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	gwapiv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	egv1a1 "github.com/envoyproxy/gateway/api/v1alpha1"
	"github.com/envoyproxy/gateway/internal/gatewayapi/resource"
)

// objects are those of a cluster. A kind of them is a field of resource.Resources that is a slice of it.
type objects struct {
	all        *resource.Resources
	classes    []*gwapiv1.GatewayClass
	proxies    []*egv1a1.EnvoyProxy
	namespaces map[string]*corev1.Namespace
}

// load decodes a stream. Kinds that the translator does not look at are left out.
func load(text []byte, out *answer) (*objects, error) {
	o := &objects{all: resource.NewResources(), namespaces: map[string]*corev1.Namespace{}}
	err := resource.IterYAMLBytes(text, func(document []byte) error {
		var data map[string]any
		if err := yaml.Unmarshal(document, &data); err != nil || len(data) == 0 {
			return err
		}
		return o.add(&unstructured.Unstructured{Object: data}, document, out)
	})
	if err != nil {
		return nil, err
	}
	for _, n := range o.namespaces {
		o.all.Namespaces = append(o.all.Namespaces, n)
	}
	o.all.Sort()
	return o, nil
}

func (o *objects) add(u *unstructured.Unstructured, document []byte, out *answer) error {
	group := u.GroupVersionKind().Group
	if group == egv1a1.GroupName || group == gwapiv1.GroupName {
		if why := refused(document); why != "" {
			out.Refused = append(out.Refused, fmt.Sprintf("%s %s/%s: %s", u.GetKind(), u.GetNamespace(), u.GetName(), why))
			return nil
		}
		var err error
		if u, err = resource.GetGatewaySchemaDefaulter().ApplyDefault(u); err != nil {
			return err
		}
	}
	o.namespace(u.GetNamespace())
	raw, err := json.Marshal(u.Object)
	if err != nil {
		return err
	}
	switch {
	case u.GetKind() == "Namespace" && group == "":
		return json.Unmarshal(raw, o.namespace(u.GetName()))
	case u.GetKind() == "GatewayClass" && group == gwapiv1.GroupName:
		return decode(raw, &o.classes)
	case u.GetKind() == "EnvoyProxy" && group == egv1a1.GroupName:
		return decode(raw, &o.proxies)
	}
	fields := reflect.ValueOf(o.all).Elem()
	for i := range fields.NumField() {
		of := fields.Field(i).Type()
		if of.Kind() == reflect.Slice && of.Elem().Kind() == reflect.Pointer && of.Elem().Elem().Name() == u.GetKind() {
			return decode(raw, fields.Field(i).Addr().Interface())
		}
	}
	return nil
}

// known is what became of documents: the validator compiles every CEL rule of a kind again for each document of it, and questions repeat most
// of theirs.
var known = map[string]string{}

// refused is why the schema or a CEL rule of a CRD refuses a document; "" when none does.
func refused(document []byte) string {
	why, asked := known[string(document)]
	if !asked {
		if err := resource.GetDefaultValidator().Validate(document); err != nil {
			why = err.Error()
		}
		known[string(document)] = why
	}
	return why
}

// decode appends an object to a slice of pointers to its kind.
func decode(raw []byte, to any) error {
	slice := reflect.ValueOf(to).Elem()
	one := reflect.New(slice.Type().Elem().Elem())
	if err := json.Unmarshal(raw, one.Interface()); err != nil {
		return err
	}
	slice.Set(reflect.Append(slice, one))
	return nil
}

// namespace is one with the label that the API server gives each; whatever is in it, it is there.
func (o *objects) namespace(name string) *corev1.Namespace {
	if name == "" || o.namespaces[name] != nil {
		return o.namespaces[name]
	}
	n := &corev1.Namespace{}
	n.Name, n.Labels = name, map[string]string{corev1.LabelMetadataName: name}
	o.namespaces[name] = n
	return n
}

// of are the objects for one class: its own EnvoyProxy is apart from those that Gateways name.
func (o *objects) of(class *gwapiv1.GatewayClass) *resource.Resources {
	r := o.all.DeepCopy()
	r.GatewayClass, r.EnvoyProxiesForGateways = class, o.proxies
	if ref := class.Spec.ParametersRef; ref != nil && ref.Kind == "EnvoyProxy" && ref.Namespace != nil {
		r.EnvoyProxyForGatewayClass = r.GetEnvoyProxy(string(*ref.Namespace), ref.Name)
	}
	return r
}

// statuses keeps what an object is, and its status.
func statuses(r *resource.Resources, out *answer) error {
	fields := reflect.ValueOf(r).Elem()
	for i := range fields.NumField() {
		field := fields.Field(i)
		if field.Kind() != reflect.Slice {
			continue
		}
		for j := range field.Len() {
			raw, err := json.Marshal(field.Index(j).Interface())
			if err != nil {
				return err
			}
			var data map[string]any
			if err := json.Unmarshal(raw, &data); err != nil {
				return err
			}
			if status, _ := data["status"].(map[string]any); len(status) == 0 {
				continue
			}
			delete(data, "spec")
			if raw, err = json.Marshal(data); err != nil {
				return err
			}
			out.Status = append(out.Status, raw)
		}
	}
	return nil
}
