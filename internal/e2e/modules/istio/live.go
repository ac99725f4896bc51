package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
	"istio.io/istio/pilot/pkg/bootstrap"
	"istio.io/istio/pilot/pkg/serviceregistry/provider"
	"istio.io/istio/pilot/test/xdstest"
	"istio.io/istio/pkg/config/constants"
)

// Where the answers are, and where proxies ask istiod: in a network namespace of its own nobody else listens there.
const (
	answers = "127.0.0.1:15080"
	xdsAt   = "127.0.0.1:15010"
)

// live is istiod itself against an API server: it reads what is there, the mesh configuration included, and writes the status of what it
// reads. Each GET of a gateway's labels is answered with what its proxies get by ADS, as in answer.Proxies.
func live(kubeconfig string) error {
	server, err := bootstrap.NewServer(bootstrap.NewPilotArgs(func(p *bootstrap.PilotArgs) {
		p.ServerOptions = bootstrap.DiscoveryServerOptions{HTTPAddr: "127.0.0.1:15081", GRPCAddr: xdsAt}
		p.MeshConfigFile, p.NetworksConfigFile = "none", "none" // of the ConfigMap in istio-system
		p.RegistryOptions.Registries = []string{string(provider.Kubernetes)}
		p.RegistryOptions.KubeConfig = kubeconfig
		p.RegistryOptions.KubeOptions.DomainSuffix = constants.DefaultClusterLocalDomain
		p.RegistryOptions.KubeOptions.ClusterID = "Kubernetes"
		p.RegistryOptions.KubeOptions.KubernetesAPIQPS, p.RegistryOptions.KubeOptions.KubernetesAPIBurst = 500, 1000
	}))
	if err != nil {
		return err
	}
	if err := server.Start(make(chan struct{})); err != nil {
		return err
	}
	return http.ListenAndServe(answers, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, err := proxy(r.Context(), r.FormValue("namespace"), r.FormValue("name"), json.RawMessage(r.FormValue("labels")))
		if err == nil {
			err = json.NewEncoder(w).Encode(sent)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}))
}

// proxy asks for what a gateway's proxies are sent: clusters, listeners, and the routes that those name. A proxy is no more than its labels.
func proxy(ctx context.Context, namespace, name string, labels json.RawMessage) (map[string][]json.RawMessage, error) {
	metadata := &structpb.Struct{}
	if err := protojson.Unmarshal(fmt.Appendf(nil, `{"NAMESPACE": %q, "CLUSTER_ID": "Kubernetes", "LABELS": %s}`, namespace, labels), metadata); err != nil {
		return nil, err
	}
	connection, err := grpc.NewClient(xdsAt, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(1<<28)))
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := discovery.NewAggregatedDiscoveryServiceClient(connection).StreamAggregatedResources(ctx)
	if err != nil {
		return nil, err
	}
	node := &core.Node{Id: fmt.Sprintf("router~10.9.9.9~%s-0.%s~%s.svc.cluster.local", name, namespace, namespace), Metadata: metadata}
	sent := map[string][]json.RawMessage{}
	var listeners []*listener.Listener
	for _, kind := range []string{"cluster.v3.Cluster", "listener.v3.Listener", "route.v3.RouteConfiguration"} {
		kind = "type.googleapis.com/envoy.config." + kind
		request := &discovery.DiscoveryRequest{Node: node, TypeUrl: kind}
		if len(sent) == 2 {
			if request.ResourceNames = xdstest.ExtractRoutesFromListeners(listeners); len(request.ResourceNames) == 0 {
				break
			}
		}
		if err := stream.Send(request); err != nil {
			return nil, err
		}
		response, err := stream.Recv()
		for err == nil && response.TypeUrl != kind {
			response, err = stream.Recv() // a push meanwhile
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		sent[kind] = []json.RawMessage{}
		for _, r := range response.Resources {
			one, err := r.UnmarshalNew()
			if err != nil {
				return nil, err
			}
			if l, ok := one.(*listener.Listener); ok {
				listeners = append(listeners, l)
			}
			raw, err := protojson.Marshal(one)
			if err != nil {
				return nil, err
			}
			sent[kind] = append(sent[kind], raw)
		}
		if err := stream.Send(&discovery.DiscoveryRequest{TypeUrl: kind, ResourceNames: request.ResourceNames, VersionInfo: response.VersionInfo, ResponseNonce: response.Nonce}); err != nil {
			return nil, err
		}
	}
	return sent, nil
}
