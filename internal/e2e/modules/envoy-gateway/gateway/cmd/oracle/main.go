// Command oracle translates objects as Envoy Gateway's controller does, and prints what the proxies get. It is built inside Envoy Gateway's
// own module, because its translators are internal packages. egctl translates too, but its loader drops the labels of namespaces and
// ListenerSets, which decide who attaches.
//
//	input:  JSON strings, each a stream of YAML documents; what the API server adds to objects is added here
//	output: for each of them, for each proxy its xDS resources, for each object its status, and the objects that the CRDs' schemas refuse
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"google.golang.org/protobuf/encoding/protojson"
	gwapiv1 "sigs.k8s.io/gateway-api/apis/v1"

	egv1a1 "github.com/envoyproxy/gateway/api/v1alpha1"
	"github.com/envoyproxy/gateway/internal/gatewayapi"
	"github.com/envoyproxy/gateway/internal/gatewayapi/resource"
	"github.com/envoyproxy/gateway/internal/logging"
	"github.com/envoyproxy/gateway/internal/xds/translator"
)

// answer is what is printed.
type answer struct {
	Refused []string                                // objects that the API server would not take, and why
	Proxies map[string]map[string][]json.RawMessage // "namespace/gateway" → type URL → resources
	Status  []json.RawMessage                       // objects with their status, without their spec
	Errors  []string                                // of the translators
}

func main() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var text string
		err := in.Decode(&text)
		if errors.Is(err, io.EOF) {
			return
		}
		var a *answer
		if err == nil {
			a, err = run([]byte(text))
		}
		if err == nil {
			err = out.Encode(a)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func run(text []byte) (*answer, error) {
	out := &answer{Proxies: map[string]map[string][]json.RawMessage{}}
	o, err := load(text, out)
	if err != nil {
		return nil, err
	}
	translated := 0
	for _, class := range o.classes {
		if class.Spec.ControllerName == egv1a1.GatewayControllerName {
			translated++
			if err := translate(o.of(class), out); err != nil {
				return nil, err
			}
		}
	}
	if translated == 0 {
		return nil, fmt.Errorf("there is no GatewayClass of %s", egv1a1.GatewayControllerName)
	}
	return out, nil
}

// translate does what the runners of the controller do (internal/gatewayapi/runner, internal/xds/runner), with the extension API for
// Backends on. Backends are dialled by the address of their Service: there are no endpoints here.
func translate(r *resource.Resources, out *answer) error {
	log := logging.DefaultLogger(io.Discard, egv1a1.LogLevelError)
	first := &gatewayapi.Translator{
		GatewayControllerName: egv1a1.GatewayControllerName, GatewayClassName: gwapiv1.ObjectName(r.GatewayClass.Name), ControllerNamespace: "envoy-gateway-system",
		EndpointRoutingDisabled: true, BackendEnabled: true, MergeGateways: gatewayapi.IsMergeGatewaysEnabled(r), MergeBackends: gatewayapi.ResolveMergeBackendsConfig(r), Logger: log,
	}
	result, err := first.Translate(context.Background(), r)
	if err != nil {
		out.Errors = append(out.Errors, err.Error())
	}
	for name, ir := range result.XdsIR {
		second := &translator.Translator{ControllerNamespace: first.ControllerNamespace, FilterOrder: ir.FilterOrder, Logger: log}
		table, err := second.Translate(context.Background(), ir)
		if err != nil {
			out.Errors = append(out.Errors, name+": "+err.Error())
		}
		if table == nil {
			continue
		}
		out.Proxies[name] = map[string][]json.RawMessage{}
		for kind, resources := range table.XdsResources {
			for _, one := range resources {
				raw, err := protojson.Marshal(one)
				if err != nil {
					return err
				}
				out.Proxies[name][kind] = append(out.Proxies[name][kind], raw)
			}
		}
	}
	return statuses(&result.Resources, out)
}
