// Command istio asks Istio's pilot, in this process, what it makes of objects: its FakeDiscoveryServer has the real controllers and generators
// around a fake client of Kubernetes, and needs no API server.
//
//	input:  JSON, one object for each question
//	output: JSON, for each question the xDS resources of each gateway's proxies by type URL, or why there are none
//
// With a kubeconfig as its argument it is istiod itself: live.go.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/config/schema/gvr"
	kubelib "istio.io/istio/pkg/kube"
	"istio.io/istio/pkg/kube/kclient/clienttest"
	"istio.io/istio/pkg/log"
	"istio.io/istio/pkg/test"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	metadatafake "k8s.io/client-go/metadata/fake"
	clienttesting "k8s.io/client-go/testing"
)

// question is what one cluster has.
type question struct {
	Kubernetes string    // objects of Kubernetes and Gateway API, as a stream of YAML documents
	Istio      string    // objects of Istio's own groups, likewise
	Mesh       string    // what is set in the mesh configuration
	Gateways   []gateway // those whose proxies are asked for
}

// gateway is a Gateway with the labels of its proxies, which istiod gives the pods that it makes for one of Gateway API.
type gateway struct {
	Namespace, Name string
	Labels          map[string]string
}

type answer struct {
	Errors  []string
	Proxies map[string]map[string][]json.RawMessage // "namespace/gateway" → type URL → resources
}

func main() {
	quiet := log.DefaultOptions()
	quiet.SetDefaultOutputLevel(log.OverrideScopeName, log.NoneLevel)
	quiet.OutputPaths = []string{"stderr"}
	if err := log.Configure(quiet); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if len(os.Args) > 1 {
		fmt.Fprintln(os.Stderr, live(os.Args[1]))
		os.Exit(1)
	}
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var q question
		err := in.Decode(&q)
		if errors.Is(err, io.EOF) {
			return
		}
		a := answer{Proxies: map[string]map[string][]json.RawMessage{}}
		if err == nil {
			if failed := test.Wrap(func(t test.Failer) { a.ask(t, q) }); failed != nil {
				a.Errors = append(a.Errors, failed.Error())
			}
			err = out.Encode(a)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func (a *answer) ask(t test.Failer, q question) {
	config, err := mesh.ApplyMeshConfigDefaults(q.Mesh)
	if err != nil {
		t.Fatal(err)
	}
	server := xds.NewFakeDiscoveryServer(t, xds.FakeOptions{
		KubernetesObjectString: q.Kubernetes, ConfigString: q.Istio, MeshConfig: config,
		KubeClientModifier: func(client kubelib.Client) {
			// The server makes some CRDs itself, without the version by which Istio decides whether to watch them
			// (pkg/config/schema/gatewayapi/minimumversions.go): whoever makes one, it has it.
			client.Metadata().(*metadatafake.FakeMetadataClient).PrependReactor("*", "customresourcedefinitions", func(action clienttesting.Action) (bool, runtime.Object, error) {
				if making, ok := action.(clienttesting.CreateAction); ok { // updates have the same methods
					if crd, ok := making.GetObject().(*metav1.PartialObjectMetadata); ok {
						crd.Annotations = map[string]string{"gateway.networking.k8s.io/bundle-version": "v1.6.3"}
					}
				}
				return false, nil, nil
			})
			for _, r := range []schema.GroupVersionResource{gvr.BackendTLSPolicy, gvr.ListenerSet} { // those that it does not make
				clienttest.MakeCRD(t, client, r)
			}
		},
	})
	for _, g := range q.Gateways {
		// A proxy is no more than its labels.
		proxy := server.SetupProxy(&model.Proxy{
			Type: model.Router, ID: g.Name + "-0." + g.Namespace, ConfigNamespace: g.Namespace, IPAddresses: []string{"10.9.9.9"}, Labels: g.Labels,
			Metadata: &model.NodeMetadata{Namespace: g.Namespace, Labels: g.Labels, ClusterID: "Kubernetes"},
		})
		sent := map[string][]json.RawMessage{}
		add(t, sent, "type.googleapis.com/envoy.config.listener.v3.Listener", server.Listeners(proxy))
		add(t, sent, "type.googleapis.com/envoy.config.cluster.v3.Cluster", server.Clusters(proxy))
		add(t, sent, "type.googleapis.com/envoy.config.route.v3.RouteConfiguration", server.Routes(proxy))
		a.Proxies[g.Namespace+"/"+g.Name] = sent
	}
}

func add[M proto.Message](t test.Failer, to map[string][]json.RawMessage, kind string, resources []M) {
	for _, r := range resources {
		raw, err := protojson.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		to[kind] = append(to[kind], raw)
	}
}
