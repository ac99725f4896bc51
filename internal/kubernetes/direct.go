package kubernetes

import (
	"fmt"
	"net"
	"strconv"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// DirectLabel is on the ConfigMaps that tell a workload how to call an exposure by itself; its value is the consumer's name.
const DirectLabel = "gatespan.dev/direct"

// The keys of such a ConfigMap.
const (
	directURL         = "url"
	directHost        = "host"
	directPort        = "port"
	directServerName  = "serverName"
	directMinTLS      = "minTLS"
	directCertificate = "clientCertificateSecret"
	directCA          = "caConfigMap"
	directPods        = "pods"
)

// Workload is the subject of a direct exit: the consumer, who has no gateway.
func Workload(namespace, consumer string) posture.Subject {
	return posture.Subject{Kind: "Workload", Namespace: namespace, Name: consumer}
}

// WriteDirect writes the overlay of a consumer that calls for itself: what makes its client certificate, the roots that the fleet
// holds, and per destination a ConfigMap that says what to call and how. That the workload does so is attested, not enforced.
func WriteDirect(_ controller.Cluster, consumer controller.Consumer) ([]any, error) {
	var out []any
	if made := Certificate(consumer.Certificate, consumer.Certificate.Secret); made != nil {
		out = append(out, made)
	}
	bundles := map[string]string{}
	for _, d := range consumer.Destinations {
		domain := d.TrustDomain
		if !domain.Written() && domain.ConfigMap == "" {
			return nil, fmt.Errorf("consumer %s: trust domain %s of exposure %s names no ConfigMap and has no roots", consumer.Name, domain.Name, d.Exposure)
		}
		if _, done := bundles[domain.Name]; done {
			continue
		}
		bundles[domain.Name] = domain.ConfigMap
		if domain.Written() {
			bundles[domain.Name] = consumer.Name + "-" + domain.Name + "-ca"
			out = append(out, CABundle(bundles[domain.Name], consumer.Namespace, domain.PEM))
		}
	}
	for _, d := range consumer.Destinations {
		port := strconv.Itoa(d.Port)
		out = append(out, configMap(consumer.Name+"-"+d.Exposure+"-endpoint", consumer.Namespace, map[string]string{DirectLabel: consumer.Name}, map[string]string{
			directURL:         "https://" + net.JoinHostPort(d.Hostname, port),
			directHost:        d.Hostname,
			directPort:        port,
			directServerName:  d.Hostname,
			directMinTLS:      d.MinTLS,
			directCertificate: consumer.Certificate.Secret,
			directCA:          bundles[d.TrustDomain.Name],
			directPods:        posture.Text(consumer.Pods),
		}))
	}
	return out, nil
}

// Direct reads the exits of workloads that call for themselves. Read returns them too, with their references.
func Direct(cluster controller.Cluster, objects *object.Set) []posture.Exit {
	return direct(&gatewayapi.World{Cluster: cluster, Objects: objects})
}

func direct(w *gatewayapi.World) []posture.Exit {
	var out []posture.Exit
	for _, o := range w.Objects.Kind("", "ConfigMap") {
		consumer, labelled := o.Labels[DirectLabel]
		if !labelled {
			continue
		}
		out = append(out, directExit(w, o, consumer))
	}
	return out
}

func directExit(w *gatewayapi.World, o *object.Object, consumer string) posture.Exit {
	data := func(key string) string { return o.Text(object.Key("data", key)) }
	at := func(key string) posture.Ref { return gatewayapi.Nearest(o, object.Key("data", key)) }
	exit := posture.Exit{
		Subject: Workload(o.Namespace, consumer), Destination: gatewayapi.RefOf(o, ""), Host: data(directHost), SNI: data(directServerName),
		Paths: []posture.Ref{},
		TLS:   attested("tls", at(directURL), "the workload is told to call https"),
		MinTLS: attested(data(directMinTLS), at(directMinTLS),
			"minTLS says it"),
		Users: attested(posture.Users{Principals: []string{}, Pods: []string{o.Namespace + ": " + data(directPods)}}, at(directPods), "the workload has the certificate"),
	}
	port, err := strconv.Atoi(data(directPort))
	if err != nil {
		w.Unknown(o, "value", object.Key("data", directPort), "the port is not a number")
	}
	exit.Port = port
	if want := "https://" + net.JoinHostPort(exit.Host, strconv.Itoa(port)); data(directURL) != want {
		exit.TLS = posture.Setting[string]{Value: posture.TLSNone, Enforcer: posture.ByNobody, By: at(directURL), Why: "the url is not https to the host and port that are given"}
	}
	exit.Certificate = attested("", at(directCertificate), "no Secret with a client certificate is named")
	if secret := data(directCertificate); secret != "" {
		w.Resolve(o, object.Key("data", directCertificate), object.ID{Kind: "Secret", Namespace: o.Namespace, Name: secret}, "closed")
		exit.Certificate.Value, exit.Certificate.Why = "Secret "+o.Namespace+"/"+secret, "the workload is told to present it"
	}
	exit.CA = attested([]posture.Anchor{}, at(directCA), "no roots are named")
	if bundle := data(directCA); bundle != "" {
		ref := gatewayv1.ObjectReference{Kind: "ConfigMap", Name: gatewayv1.ObjectName(bundle)}
		exit.CA.Value, _ = w.Anchors(o, o.Namespace, object.Key("data", directCA), []gatewayv1.ObjectReference{ref}, "closed")
		exit.CA.Why = "the workload is told to verify with them"
	}
	exit.Names = attested([]string{}, at(directServerName), "no server name is given")
	if exit.SNI != "" {
		exit.Names.Value, exit.Names.Why = []string{exit.SNI}, "the workload is told to check it"
	}
	return exit
}

func attested[T any](value T, by posture.Ref, why string) posture.Setting[T] {
	return posture.Setting[T]{Value: value, Enforcer: posture.ByWorkload, By: by, Why: why}
}
