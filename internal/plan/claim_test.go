package plan_test

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gatespan/gatespan/internal/fleet"
)

// colliding is a fleet of two clusters whose controllers are said by each case, with the roots of the example.
func colliding(t *testing.T, text string) *fleet.Fleet {
	t.Helper()
	pem := relay(t).TrustDomains["corp"].Bundle
	head := "name: clash\ntrustDomains:\n  corp:\n    spiffe: corp.example.com\n    bundle:\n      configMap: corp-ca\n      sha256: [" + pem.SHA256[0] + "]\n      pem: |\n        " +
		strings.ReplaceAll(strings.TrimSpace(pem.PEM), "\n", "\n        ") + "\n"
	f, err := fleet.Load(fstest.MapFS{"fleet.yaml": {Data: []byte(head + text)}}, "fleet.yaml", "overlays")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

const (
	issuer = "certificates: {certManager: {issuerRef: {kind: ClusterIssuer, name: corp}}}"
	calls  = `
      app:
        cluster: b
        namespace: app
        serviceAccount: app
        podSelector: {matchLabels: {app: app}}
        identity: {uri: "spiffe://corp.example.com/ns/app/sa/app"}
`
)

// serving is an exposure of cluster a.
func serving(name, gateway, namespace, service string) string {
	return "  " + name + ":\n    owner: team\n    hostname: " + name + ".example.com\n    service: {namespace: " + namespace + ", name: " + service + ", port: 8443, selector: {app: " + service + "}}\n" +
		"    providers: {a: {gateway: " + gateway + "}}\n    consumers:" + calls
}

// TestNamesThatComeToOne: two names of a fleet that a controller, a maker of Secrets or gatespan itself joins to the same name are refused,
// with the place of both.
func TestNamesThatComeToOne(t *testing.T) {
	const (
		envoy   = "controller: {name: envoy-gateway, version: 1.9.1, gatewayClassName: eg, dataPlaneNamespace: %}"
		nginx   = "controller: {name: nginx, version: 2.6.7}"
		istio   = "controller: {name: istio, version: \"1.31\", meshConfig: {minProtocolVersion: TLSV1_3, evidence: the mesh}}"
		traefik = "controller: {name: traefik, version: 3.7.13, dataPlaneNamespace: traefik, dataPlanePods: {app: traefik}}"
		lattice = "controller: {name: vpc-lattice, version: 2.1.3}"
		edge    = "gateways: {edge: {namespace: edge, trustDomain: corp, scheme: internet-facing}}"
	)
	clusters := func(a, b string) string {
		out := "clusters:\n"
		for name, lines := range map[string]string{"a": a, "b": b} {
			out += "  " + name + ":\n    cloud: eks\n    gatewayAPI: {version: \"1.6\"}\n    networkPolicyEngine: calico\n    " + strings.ReplaceAll(lines, "\n", "\n    ") + "\n"
		}
		return out + "exposures:\n"
	}
	proxies := func(namespace string) string { return strings.ReplaceAll(envoy, "%", namespace) }
	ordinary := clusters(proxies("eg")+"\n"+edge+"\n"+issuer, "%\n"+issuer)
	called := func(text, service string) string {
		return strings.Replace(text, "        cluster: b\n", "        cluster: b\n        serviceName: "+service+"\n", 1)
	}
	for name, c := range map[string]struct{ fleet, want string }{
		"Traefik joins a port to a name": {
			strings.Replace(ordinary, "%", traefik, 1) + serving("x", "edge", "x", "x") + serving("x-443", "edge", "x", "other"),
			"Traefik's name app-app-x-443 is that of TraefikService app-x-443, and is that of port 443 of Service app-x"},
		"Lattice keeps the beginnings": {
			clusters(lattice+"\ngateways: {edge: {namespace: edge, trustDomain: corp, scheme: internal, reachableFrom: [b]}}", proxies("eg")+"\n"+issuer) +
				strings.ReplaceAll(strings.ReplaceAll(serving("a-long-name-of-a-service-one", "edge", "x", "one")+serving("a-long-name-of-a-service-two", "edge", "x", "two"),
					"    owner: team", "    owner: team\n    tls: {mode: Passthrough, attestation: {by: team, evidence: a page}}"),
					"sa/app\"}", "sa/app\", enforcedBy: workload}"),
			"Lattice service a-long-name-of-a-ser-x is that of exposure a-long-name-of-a-service-two, and is that of exposure a-long-name-of-a-service-one"},
		"Istio's Service of an egress gateway": {
			called(strings.Replace(ordinary, "%", istio, 1)+serving("x", "edge", "x", "x"), "app-egress-istio"),
			"Service app/app-egress-istio is written by overlays/b/consumers/app, and is what Istio makes for gateway app-egress"},
		"NGINX's Services of two gateways": {
			clusters(nginx+"\n"+issuer+"\ngateways:\n  edge: {namespace: edge, trustDomain: corp, scheme: internet-facing, gatewayClassName: two-nginx}\n  edge-two: {namespace: edge, trustDomain: corp, scheme: internet-facing, gatewayClassName: nginx}", istio+"\n"+issuer) +
				strings.ReplaceAll(serving("x", "edge", "x", "x")+serving("y", "edge-two", "y", "y"), "sa/app\"}", "sa/app\", enforcedBy: trustDomain}"),
			"Service edge/edge-two-nginx is what NGINX Gateway Fabric makes for gateway edge-two, and is what NGINX Gateway Fabric makes for gateway edge"},
		"Envoy Gateway's Service of an egress gateway": {
			called(strings.Replace(ordinary, "%", proxies("app"), 1)+serving("x", "edge", "x", "x"), "app-egress"),
			"Service app/app-egress is written by overlays/b/consumers/app, and is what Envoy Gateway makes for gateway app-egress"},
		"an alias and the Service of an exposure": {
			clusters(proxies("eg")+"\n"+edge+"\n"+issuer, nginx+"\n"+edge+"\n"+issuer) +
				strings.ReplaceAll(serving("x", "edge", "x", "x")+strings.Replace(serving("y", "edge", "app", "app-x"), "{a: {gateway", "{b: {gateway", 1), "sa/app\"}", "sa/app\", enforcedBy: trustDomain}"),
			"Service app/app-x is written by overlays/b/consumers/app, and is behind exposure y"},
		"a Secret that two make": {
			clusters(proxies("eg")+"\n"+issuer+"\ngateways:\n  edge: {namespace: edge, trustDomain: corp, scheme: internet-facing}\n  edge-x: {namespace: edge, trustDomain: corp, scheme: internet-facing}", istio+"\n"+issuer) +
				serving("x-y", "edge", "x", "x") + strings.Replace(serving("y", "edge-x", "y", "y"), "{gateway: edge-x}",
				"{gateway: edge-x, certificate: {externalSecret: {secretStoreRef: {kind: ClusterSecretStore, name: vault}, remoteRef: {key: tls/y}}}}", 1),
			"Secret edge/edge-x-y-tls is made of ExternalSecret edge/edge-x-y-tls of overlays/a/gateways/edge-x, and is made of Certificate edge/edge-x-y-tls of overlays/a/gateways/edge"},
		"a policy that two exposures write": {
			clusters(proxies("eg")+"\n"+issuer+"\ngateways:\n  edge: {namespace: edge, trustDomain: corp, scheme: internet-facing}\n  edge-x: {namespace: edge, trustDomain: corp, scheme: internet-facing}", istio+"\n"+issuer) +
				serving("x-y", "edge", "x", "x") + serving("y", "edge-x", "y", "y"),
			"ClientTrafficPolicy edge/edge-x-y of gateway.envoyproxy.io is written by overlays/a/gateways/edge-x, and is written by overlays/a/gateways/edge"},
	} {
		t.Run(name, func(t *testing.T) {
			all := refused(t, colliding(t, c.fleet))
			for _, one := range all {
				if strings.HasPrefix(one.Message, c.want+" (") && regexp.MustCompile(`\(fleet\.yaml:\d+:\d+\)$`).MatchString(one.Message) && one.Line > 0 && one.Column > 0 && one.Hint != "" {
					return
				}
			}
			t.Errorf("%q is not among:\n%v", c.want, all)
		})
	}
	t.Run("an exposure brings its own Service along", func(t *testing.T) {
		f := colliding(t, strings.Replace(ordinary, "%", istio, 1)+serving("x", "edge", "x", "x")+
			"    objects: [{apiVersion: v1, kind: Service, metadata: {name: x, namespace: x}, spec: {selector: {app: x}, ports: [{port: 8443}]}}]\n")
		if all := refused(t, f); len(all) > 0 {
			t.Error(all)
		}
	})
}
