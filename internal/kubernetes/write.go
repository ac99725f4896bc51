package kubernetes

import (
	"cmp"
	"maps"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
)

// bundleKey is where every controller looks for the roots.
const bundleKey = "ca.crt"

// GatewayPods is where a gateway's proxies run: what the NetworkPolicy of the backend pods admits.
type GatewayPods struct {
	Namespace string
	Labels    map[string]string
}

// CABundle is a ConfigMap with a trust domain's roots under ca.crt.
func CABundle(name, namespace, pem string) any {
	return configMap(name, namespace, nil, map[string]string{bundleKey: pem})
}

// CASecret is a Secret with a trust domain's roots under ca.crt, and nothing else, for a controller that takes them from a Secret.
func CASecret(name, namespace, pem string) any {
	return &corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace},
		StringData: map[string]string{bundleKey: pem},
	}
}

func configMap(name, namespace string, labels, data map[string]string) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace, Labels: labels},
		Data:       data,
	}
}

// BackendNetworkPolicy admits only the gateway's proxies to the exposure's pods, on their port. Its name is the exposure's.
func BackendNetworkPolicy(exposure controller.Exposure, gateway GatewayPods) any {
	return ingressPolicy(exposure.Name, exposure.Service.Namespace, exposure.Service.Selector, networkingv1.NetworkPolicyPeer{
		NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{nameLabel: gateway.Namespace}},
		PodSelector:       &metav1.LabelSelector{MatchLabels: maps.Clone(gateway.Labels)},
	}, cmp.Or(exposure.Service.TargetPort, exposure.Service.Port))
}

// BackendNetworkPolicyFrom admits addresses instead, where the gateway is outside the cluster.
func BackendNetworkPolicyFrom(exposure controller.Exposure, cidrs []string) any {
	policy := ingressPolicy(exposure.Name, exposure.Service.Namespace, exposure.Service.Selector, networkingv1.NetworkPolicyPeer{}, cmp.Or(exposure.Service.TargetPort, exposure.Service.Port))
	policy.Spec.Ingress[0].From = nil
	for _, cidr := range cidrs {
		policy.Spec.Ingress[0].From = append(policy.Spec.Ingress[0].From, networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: cidr}})
	}
	return policy
}

// nameLabel is on every namespace, set by the API server to its name.
const nameLabel = "kubernetes.io/metadata.name"

// ingressPolicy is a NetworkPolicy that admits one kind of peer to pods on one TCP port.
func ingressPolicy(name, namespace string, pods map[string]string, peer networkingv1.NetworkPolicyPeer, port int) *networkingv1.NetworkPolicy {
	target, tcp := intstr.FromInt32(int32(port)), corev1.ProtocolTCP
	return &networkingv1.NetworkPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"},
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace},
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: metav1.LabelSelector{MatchLabels: maps.Clone(pods)},
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress},
			Ingress: []networkingv1.NetworkPolicyIngressRule{{
				From:  []networkingv1.NetworkPolicyPeer{peer},
				Ports: []networkingv1.NetworkPolicyPort{{Protocol: &tcp, Port: &target}},
			}},
		},
	}
}

// WriteExposure is the way from a listener to the pods: the route beside the Gateway, and with the Service the grant that names it, the
// TLS of the hop and the pods' NetworkPolicy. Named is as in gatewayapi.WriteBackendTLSPolicy.
func WriteExposure(cluster controller.Cluster, e controller.Exposure, gateway GatewayPods, named bool) []any {
	objects := []any{gatewayapi.WriteRoute(e)}
	if e.GatewayNamespace != e.Service.Namespace {
		objects = append(objects, gatewayapi.WriteGrant(cluster, e))
	}
	if e.Mode != gatewayapi.Passthrough {
		ca := e.BackendTrust.ConfigMap
		if e.BackendTrust.Written() {
			ca = e.Name + "-backend-ca"
		}
		objects = append(objects, gatewayapi.WriteBackendTLSPolicy(e, ca, named))
		if e.BackendTrust.Written() {
			objects = append(objects, CABundle(ca, e.Service.Namespace, e.BackendTrust.PEM))
		}
	}
	if e.NetworkPolicy {
		objects = append(objects, BackendNetworkPolicy(e, gateway))
	}
	return objects
}
