package envoygateway

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
)

func TestReadAddress(t *testing.T) {
	annotation := func(line string) []edit {
		return []edit{{old: "aws-load-balancer-scheme: internet-facing\n", new: "aws-load-balancer-scheme: internet-facing\n          " + line + "\n"}}
	}
	ranges := edit{old: "        loadBalancerSourceRanges: [\"20.50.0.0/28\"]\n"}
	authorize := edit{more: "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: SecurityPolicy\nmetadata: {name: edge, namespace: edge}\nspec:\n  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]\n  authorization: {rules: [{action: Allow, principal: {clientCIDRs: [20.50.0.0/28]}}]}\n"}
	runCases(t, "relay.yaml", []testCase{
		{name: "internal", edits: []edit{{old: "scheme: internet-facing", new: "scheme: internal"}}, want: []string{"relay.scheme=internal"}},
		{name: "the AWS Load Balancer Controller's default", edits: []edit{{old: "        annotations:\n          service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing\n"}}, want: []string{"relay.scheme=internal"}},
		{name: "the cloud provider's default", edits: []edit{{old: "        annotations:\n          service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing\n"}, {old: "        loadBalancerClass: service.k8s.aws/nlb\n"}}, want: []string{"relay.scheme=internet-facing"}},
		{name: "an Azure load balancer", cluster: func(c *controller.Cluster) { c.Cloud = "aks" }, edits: []edit{{old: "aws-load-balancer-scheme: internet-facing", new: "azure-load-balancer-internal: \"true\""}}, want: []string{"relay.scheme=internal"}},
		{name: "inside the cluster", edits: []edit{{old: "type: LoadBalancer", new: "type: ClusterIP"}, ranges}, want: []string{"relay.scheme=cluster"}},
		{name: "the Gateway's annotation", edits: []edit{{old: "          service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing\n", new: "          a: b\n"}, {old: "  infrastructure:\n", new: "  infrastructure:\n    annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing}\n"}}, want: []string{"relay.scheme=internet-facing"}},
		{name: "the load balancer terminates TLS", edits: annotation("service.beta.kubernetes.io/aws-load-balancer-ssl-cert: arn:aws:acm:x"), want: []string{"relay.auth=none", "relay.ids=everybody", "relay.min=1.0", `relay.auth@=EnvoyProxy/edge spec.provider.kubernetes.envoyService.annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-cert"]`}},
		{name: "the load balancer speaks TLS to the proxy", edits: annotation("service.beta.kubernetes.io/aws-load-balancer-backend-protocol: ssl"), want: []string{"relay.auth=none"}},
		{name: "the load balancer passes TCP", edits: annotation("service.beta.kubernetes.io/aws-load-balancer-backend-protocol: tcp"), want: []string{"relay.auth=required"}},
		{name: "no source ranges", edits: []edit{ranges}, want: []string{"relay.sources=everybody"}},
		{name: "sources that the load balancer hides", edits: []edit{ranges, authorize}, want: []string{"relay.sources=20.50.0.0/28 trusted=no"}},
		{name: "sources that the load balancer keeps", edits: append(annotation("service.beta.kubernetes.io/aws-load-balancer-target-group-attributes: preserve_client_ip.enabled=true"), ranges, authorize), want: []string{"relay.sources=20.50.0.0/28 trusted=yes"}},
		{name: "sources from a header", edits: append(annotation("service.beta.kubernetes.io/aws-load-balancer-target-group-attributes: preserve_client_ip.enabled=true"), ranges, authorize, edit{old: "  tls:\n    minVersion", new: "  clientIPDetection: {xForwardedFor: {numTrustedHops: 1}}\n  tls:\n    minVersion"}), want: []string{"relay.sources=20.50.0.0/28 trusted=no"}},
		{name: "sources that nodes hide", edits: append(annotation("service.beta.kubernetes.io/aws-load-balancer-target-group-attributes: preserve_client_ip.enabled=true"), ranges, authorize, edit{old: "externalTrafficPolicy: Local", new: "externalTrafficPolicy: Cluster"}), want: []string{"relay.sources=20.50.0.0/28 trusted=no"}},
		{name: "a route's policy replaces the Gateway's", edits: []edit{ranges, authorize, {more: "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: SecurityPolicy\nmetadata: {name: relay, namespace: edge}\nspec: {targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: relay}]}\n"}}, want: []string{"relay.sources=everybody"}},
		{name: "default Allow", edits: []edit{ranges, authorize, {old: "authorization: {rules", new: "authorization: {defaultAction: Allow, rules"}}, want: []string{"relay.sources=everybody"}},
	})
}

func TestReadHop(t *testing.T) {
	policy := func(name, validation string) edit {
		return edit{more: "apiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy\nmetadata: {name: " + name + ", namespace: relay}\nspec: {targetRefs: [{group: \"\", kind: Service, name: relay}], validation: {" + validation + "}}\n"}
	}
	const pinned = "caCertificateRefs: [{group: \"\", kind: ConfigMap, name: corp-ca}]"
	runCases(t, "relay.yaml", []testCase{
		{name: "U058 no policy", edits: without(t, "relay.yaml", "BackendTLSPolicy"), want: []string{"hop=none", "hop.min="}},
		{name: "U059 another port", edits: []edit{{old: "targetRefs: [{group: \"\", kind: Service, name: relay}]", new: "targetRefs: [{group: \"\", kind: Service, name: relay, sectionName: admin}]"}}, want: []string{"hop=none"}},
		{name: "this port", edits: []edit{{old: "targetRefs: [{group: \"\", kind: Service, name: relay}]", new: "targetRefs: [{group: \"\", kind: Service, name: relay, sectionName: https}]"}}, want: []string{"hop=tls", "hop.ca=" + corpRoot}},
		{name: "U060 any public CA", edits: []edit{{old: "    caCertificateRefs: [{group: \"\", kind: ConfigMap, name: corp-ca}]\n", new: "    wellKnownCACertificates: System\n"}}, want: []string{"hop.ca=system roots"}},
		{name: "U061 other names", edits: []edit{{old: "    hostname: relay.relay.svc\n", new: "    hostname: relay.relay.svc\n    subjectAltNames: [{type: Hostname, hostname: \"*.example.com\"}]\n"}}, want: []string{"hop.name=*.example.com"}},
		{name: "U062 another host", edits: []edit{{old: "    hostname: relay.relay.svc\n", new: "    hostname: other.relay.svc\n"}}, want: []string{"hop.name=other.relay.svc"}},
		{name: "U064 another policy that trusts any public CA", edits: []edit{policy("aaa", "hostname: relay.relay.svc, wellKnownCACertificates: System")}, want: []string{"hop.ca=" + corpRoot + ",system roots", "hop.name=relay.relay.svc"}},
		{name: "another policy that checks another name", edits: []edit{policy("zzz", "hostname: other.relay.svc, "+pinned)}, want: []string{"hop.name=", "hop.ca=" + corpRoot}},
		{name: "no floor towards pods", edits: []edit{{old: "  backendTLS: {minVersion: \"1.3\"}\n"}}, want: []string{"hop.min=1.2", "hop.min@=EnvoyProxy/edge spec"}},
		{name: "G10 spec.tls.backend hides the floor", edits: []edit{{old: "  gatewayClassName: eg\n", new: "  gatewayClassName: eg\n  tls: {backend: {clientCertificateRef: {name: edge-client}}}\n"}}, want: []string{"hop.min=1.2", "hop.min@=Gateway/edge spec.tls.backend"}},
		{name: "an EnvoyProxy that nothing uses", edits: []edit{{old: "  infrastructure:\n    parametersRef: {group: gateway.envoyproxy.io, kind: EnvoyProxy, name: edge}\n"}}, want: []string{"hop.min=1.2", "relay.sources=everybody"}},
		{name: "the class's EnvoyProxy", edits: []edit{{old: "  infrastructure:\n    parametersRef: {group: gateway.envoyproxy.io, kind: EnvoyProxy, name: edge}\n"}, {more: "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: eg}\nspec:\n  controllerName: gateway.envoyproxy.io/gatewayclass-controller\n  parametersRef: {group: gateway.envoyproxy.io, kind: EnvoyProxy, name: edge, namespace: edge}\n"}}, want: []string{"hop.min=1.3", "relay.sources=20.50.0.0/28 trusted=yes"}},
	})
}

func TestReadExits(t *testing.T) {
	runCases(t, "egress.yaml", []testCase{
		{name: "as it should be", want: []string{"exit=relay.example.com", "exit.tls=tls", "exit.min=1.3", "exit.certificate=Secret orders/orders-client-tls", "exit.names=relay.example.com", "exit.ca=" + corpRoot, "exit.everybody=no", "egress.scheme=cluster"}},
		{name: "U055 verification is skipped", edits: []edit{{old: "    sni: relay.example.com\n", new: "    sni: relay.example.com\n    insecureSkipVerify: true\n"}}, want: []string{"exit.ca=", "exit.names="}},
		{name: "U055 a policy does not mend it", edits: []edit{{old: "    sni: relay.example.com\n", new: "    sni: relay.example.com\n    insecureSkipVerify: true\n"}, backendPolicy("relay.example.com", "caCertificateRefs: [{group: \"\", kind: ConfigMap, name: corp-ca}]")}, want: []string{"exit.tls=tls", "exit.ca=", "exit.names="}},
		{name: "U056 a dynamic resolver", edits: []edit{{old: "  endpoints:\n  - fqdn: {hostname: relay.example.com, port: 443}\n", new: "  type: DynamicResolver\n"}}, want: []string{"exit=*", "exit.names=", "hatch=Backend/relay spec.type"}},
		{name: "U057 a socket", edits: []edit{{old: "fqdn: {hostname: relay.example.com, port: 443}", new: "unix: {path: /var/run/agent.sock}"}}, want: []string{"exit=unix:/var/run/agent.sock", "hatch=Backend/relay spec.endpoints[0].unix"}},
		{name: "U057 the metadata service", edits: []edit{{old: "fqdn: {hostname: relay.example.com, port: 443}", new: "ip: {address: 169.254.169.254, port: 80}"}}, want: []string{"exit=169.254.169.254", "hatch=Backend/relay spec.endpoints[0].ip"}},
		{name: "U058 plaintext", edits: []edit{{old: "  tls:\n    sni: relay.example.com\n    caCertificateRefs: [{group: \"\", kind: ConfigMap, name: corp-ca}]\n    clientCertificateRef: {group: \"\", kind: Secret, name: orders-client-tls}\n    minVersion: \"1.3\"\n"}}, want: []string{"exit.tls=none", "exit.certificate=", "exit.min="}},
		{name: "U060 a policy trusts any public CA", edits: []edit{backendPolicy("relay.example.com", "wellKnownCACertificates: System")}, want: []string{"exit.ca=system roots", "exit.min=1.3", "exit.certificate=Secret orders/orders-client-tls"}},
		{name: "U062 a policy checks another name", edits: []edit{backendPolicy("other.example.com", "caCertificateRefs: [{group: \"\", kind: ConfigMap, name: corp-ca}]")}, want: []string{"exit.names=other.example.com"}},
		{name: "U063 no client certificate", edits: []edit{{old: "    clientCertificateRef: {group: \"\", kind: Secret, name: orders-client-tls}\n"}}, want: []string{"exit.certificate="}},
		{name: "the Gateway's client certificate", edits: []edit{{old: "    clientCertificateRef: {group: \"\", kind: Secret, name: orders-client-tls}\n"}, {old: "  gatewayClassName: eg\n", new: "  gatewayClassName: eg\n  tls: {backend: {clientCertificateRef: {name: other}}}\n"}}, want: []string{"exit.certificate=Secret orders/other", "exit.min=1.3"}},
		{name: "the Gateway's client certificate before 1.8", version: "1.7.4", edits: []edit{{old: "    clientCertificateRef: {group: \"\", kind: Secret, name: orders-client-tls}\n"}, {old: "  gatewayClassName: eg\n", new: "  gatewayClassName: eg\n  tls: {backend: {clientCertificateRef: {name: other}}}\n"}}, want: []string{"exit.certificate="}},
		{name: "no floor", edits: []edit{{old: "    minVersion: \"1.3\"\n"}}, want: []string{"exit.min=1.2"}},
		{name: "no sni", edits: []edit{{old: "    sni: relay.example.com\n"}}, want: []string{"exit.names="}},
		{name: "the endpoint's name", edits: []edit{{old: "    sni: relay.example.com\n", new: "    autoSNIFromEndpointHostname: true\n"}}, want: []string{"exit.names=relay.example.com"}},
		{name: "no NetworkPolicy", edits: without(t, "egress.yaml", "NetworkPolicy"), want: []string{"exit.everybody=yes"}},
		{name: "a NetworkPolicy that nothing enforces", cluster: func(c *controller.Cluster) { c.NetworkPolicyEngine = "none" }, want: []string{"exit.everybody=yes"}},
		{name: "a NetworkPolicy of other pods", edits: []edit{{old: "owning-gateway-name: orders-egress", new: "owning-gateway-name: other"}}, want: []string{"exit.everybody=yes"}},
	})
}

func backendPolicy(hostname, ca string) edit {
	return edit{more: "apiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy\nmetadata: {name: relay, namespace: orders}\nspec: {targetRefs: [{group: gateway.envoyproxy.io, kind: Backend, name: relay}], validation: {hostname: " + hostname + ", " + ca + "}}\n"}
}

func TestReadHatches(t *testing.T) {
	object := func(kind, name, spec string) []edit {
		return []edit{{more: "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: " + kind + "\nmetadata: {name: " + name + ", namespace: edge}\nspec: " + spec + "\n"}}
	}
	const route = "targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: relay}]"
	runCases(t, "relay.yaml", []testCase{
		{name: "U050 bootstrap", edits: []edit{{old: "  backendTLS:", new: "  bootstrap: {type: Replace, value: \"admin: {}\"}\n  backendTLS:"}}, want: []string{"hatch=EnvoyProxy/edge spec.bootstrap"}},
		{name: "U051 merged Gateways", edits: []edit{{old: "  backendTLS:", new: "  mergeGateways: true\n  backendTLS:"}, {old: "  infrastructure:\n    parametersRef: {group: gateway.envoyproxy.io, kind: EnvoyProxy, name: edge}\n"}, {more: "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: eg}\nspec:\n  controllerName: gateway.envoyproxy.io/gatewayclass-controller\n  parametersRef: {group: gateway.envoyproxy.io, kind: EnvoyProxy, name: edge, namespace: edge}\n"}}, want: []string{"hatch=EnvoyProxy/edge spec.mergeGateways"}},
		{name: "U052 U053 a patch", edits: object("EnvoyPatchPolicy", "patch", "{type: JSONPatch, targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: edge}, jsonPatches: []}"), want: []string{"hatch=EnvoyPatchPolicy/patch spec.jsonPatches"}},
		{name: "U054 Lua on a route", edits: object("EnvoyExtensionPolicy", "lua", "{"+route+", lua: [{type: Inline, inline: x}]}"), want: []string{"hatch=EnvoyExtensionPolicy/lua spec.lua"}},
		{name: "U054 Wasm on a Gateway", edits: object("EnvoyExtensionPolicy", "wasm", "{targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}], wasm: [{name: x}]}"), want: []string{"hatch=EnvoyExtensionPolicy/wasm spec.wasm"}},
		{name: "Lua that reaches nothing", edits: object("EnvoyExtensionPolicy", "lua", "{"+strings.Replace(route, "relay", "other", 1)+", lua: [{type: Inline, inline: x}]}"), want: []string{"!hatch=EnvoyExtensionPolicy/lua spec.lua"}},
		{name: "a host from a header", edits: object("HTTPRouteFilter", "host", "{urlRewrite: {hostname: {type: Header, header: x-host}}}"), want: []string{"hatch=HTTPRouteFilter/host spec.urlRewrite.hostname"}},
		{name: "a direct response", edits: object("HTTPRouteFilter", "gone", "{directResponse: {statusCode: 410}}"), want: []string{"!hatch=HTTPRouteFilter/gone spec"}},
		{name: "a patched Service", edits: []edit{{old: "        type: LoadBalancer\n", new: "        type: LoadBalancer\n        patch: {value: {spec: {type: NodePort}}}\n"}}, want: []string{"hatch=EnvoyProxy/edge spec.provider.kubernetes.envoyService.patch"}},
		{name: "a newer field", edits: object("BackendTrafficPolicy", "newer", "{"+route+", teleport: true}"), want: []string{"unknown=field BackendTrafficPolicy/newer spec.teleport"}},
	})
}
