package gate_test

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

// TestLatticeOfTheExample edits what gatespan generated for the fleet lattice, which passes TLS through VPC Lattice.
func TestLatticeOfTheExample(t *testing.T) {
	const (
		edge     = "testdata/fleets/lattice/overlays/eks-grid/gateways/grid-network/grid-network.yaml"
		meters   = "testdata/fleets/lattice/overlays/eks-grid/exposures/meters/meters.yaml"
		gateway  = "Gateway edge/grid-network"
		listener = gateway + " listener meters"
		route    = "TLSRoute meters/meters"
		https    = "---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: web, namespace: meters}\nspec: {parentRefs: [{name: grid-network, namespace: edge}], hostnames: [meters.example.com], rules: [{backendRefs: [{name: meters, port: 8443}]}]}\n"
		kinds    = "      kinds:\n      - group: gateway.networking.k8s.io\n        kind: TLSRoute\n"
	)
	terminating := func(r *gatetest.Repo) {
		r.Replace(edge, "    protocol: TLS\n    tls:\n      mode: Passthrough\n", "    protocol: HTTPS\n    tls: # ends it\n      certificateRefs: [{name: unused}]\n")
		r.Replace(edge, kinds, "")
		r.Append(meters, https)
	}
	for _, row := range []unsafe{
		{"U164 HTTPS", func(r *gatetest.Repo) string { terminating(r); return r.Line(edge, "# ends it") }, "tls/version-below-floor", listener, gateway, false},
		{"U164 nobody is asked for a certificate", func(r *gatetest.Repo) string { terminating(r); return "" }, "mtls/client-certificate-not-required", listener, gateway, false},
		{"U165 a plaintext listener", func(r *gatetest.Repo) string {
			r.Replace(edge, "  listeners:\n", "  listeners:\n  - {name: http, port: 80, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}\n")
			r.Append(meters, https)
			return r.Line(edge, "name: http,")
		}, "mtls/plaintext-listener", gateway + " listener http", gateway, false},
		{"U166 plaintext to the pods", func(r *gatetest.Repo) string {
			terminating(r)
			r.Append(meters, "---\napiVersion: application-networking.k8s.aws/v1alpha1\nkind: TargetGroupPolicy\nmetadata: {name: meters, namespace: meters}\nspec: {targetRef: {group: \"\", kind: Service, name: meters}, protocol: HTTP}\n")
			return r.Line(meters, "protocol: HTTP}")
		}, "backend/plaintext-hop", listener, "TargetGroupPolicy meters/meters", false},
		{"U167 HTTPS target groups prove nothing", func(r *gatetest.Repo) string {
			terminating(r)
			r.Append(meters, "---\napiVersion: application-networking.k8s.aws/v1alpha1\nkind: TargetGroupPolicy\nmetadata: {name: meters, namespace: meters}\nspec: {targetRef: {group: \"\", kind: Service, name: meters}, protocol: HTTPS}\n")
			return ""
		}, "backend/ca-not-pinned", listener, "", false},
		{"U169 a policy for nothing", add(edge, "apiVersion: application-networking.k8s.aws/v1alpha1\nkind: IAMAuthPolicy\nmetadata: {name: auth, namespace: edge}\nspec: {targetRef: {group: gateway.networking.k8s.io, kind: HTTPRoute, name: gone}, policy: '{}'}\n", "kind: HTTPRoute, name: gone"), "unknown/value", "IAMAuthPolicy edge/auth", "IAMAuthPolicy edge/auth", false},
		{"U170 another service network", func(r *gatetest.Repo) string {
			r.Replace(edge, "  name: grid-network\n", "  name: shared\n")
			r.Replace(meters, "    name: grid-network\n", "    name: shared\n")
			return ""
		}, "mtls/passthrough-not-declared", "Gateway edge/shared listener meters", "Gateway edge/shared", false},
		{"U171 security groups removed", func(r *gatetest.Repo) string {
			const associated = "---\napiVersion: application-networking.k8s.aws/v1alpha1\nkind: VpcAssociationPolicy\nmetadata: {name: grid, namespace: edge}\nspec: # association\n  targetRef: {group: gateway.networking.k8s.io, kind: Gateway, name: grid-network}\n"
			const hand = "testdata/fleets/lattice/overlays/eks-grid/association/"
			r.Write(hand+"kustomization.yaml", "resources: [grid.yaml]\n")
			r.Write(hand+"grid.yaml", associated+"  securityGroupIds: [sg-0123456789abcdef0]\n")
			r.Commit("security groups")
			r.Write(hand+"grid.yaml", associated)
			return r.Line(hand+"grid.yaml", "spec: # association")
		}, "change/weaker", listener, "VpcAssociationPolicy edge/grid", true},
		{"U172 the Service is exported", add(meters, "apiVersion: application-networking.k8s.aws/v1alpha1\nkind: ServiceExport\nmetadata: {name: meters, namespace: meters}\nspec: {exportedPorts: [{port: 8080, routeType: HTTP}]}\n", "exportedPorts"), "bypass/service-exposed", "ServiceExport meters/meters", "ServiceExport meters/meters", false},
		{"U173 a target group from elsewhere", func(r *gatetest.Repo) string {
			r.Replace(meters, "    - group: \"\"\n      kind: Service\n      name: meters\n      port: 8443\n", "    - group: application-networking.k8s.aws\n      kind: ServiceImport\n      name: meters\n")
			r.Append(meters, "---\napiVersion: application-networking.k8s.aws/v1alpha1\nkind: ServiceImport\nmetadata: {name: meters, namespace: meters, annotations: {application-networking.k8s.aws/target-group-arn: 'arn:aws:vpc-lattice:eu-west-1:111122223333:targetgroup/tg-0'}}\nspec: {type: ClusterSetIP, ports: [{port: 8443, protocol: TCP}]}\n")
			return ""
		}, "unknown/value", route, route, false},
		{"U174 a grant is not read", func(r *gatetest.Repo) string {
			r.Replace(meters, "      kind: Service\n      name: meters\n", "      kind: Service\n      name: meters\n      namespace: other\n")
			r.Append(meters, "---\napiVersion: gateway.networking.k8s.io/v1\nkind: ReferenceGrant\nmetadata: {name: meters, namespace: other}\nspec: {from: [{group: gateway.networking.k8s.io, kind: TLSRoute, namespace: meters}], to: [{group: '', kind: Service, name: meters}]}\n")
			return ""
		}, "grants/missing-grant", route, route, false},
		{"the pods admit everybody", replace(meters, "        cidr: 169.254.171.0/24\n", "        cidr: 0.0.0.0/0\n", "0.0.0.0/0"), "drift/modified", "", "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r, options := example(t, "lattice")
			r.Commit("generated")
			place := row.change(r)
			if row.base {
				options.Base = "HEAD"
			}
			r.Blocks(r.Check(options), row.rule, row.subject, row.object, place)
		})
	}
}

// TestLatticeLetsOperationsPass: a health check is nobody's way in.
func TestLatticeLetsOperationsPass(t *testing.T) {
	const policy = "apiVersion: application-networking.k8s.aws/v1alpha1\nkind: TargetGroupPolicy\nmetadata: {name: meters, namespace: meters}\nspec: {targetRef: {group: \"\", kind: Service, name: meters}, protocol: TCP, healthCheck: {enabled: true, intervalSeconds: 10}}\n"
	r, options := example(t, "lattice")
	const hand = "testdata/fleets/lattice/overlays/eks-grid/health/"
	r.Write(hand+"kustomization.yaml", "resources: [meters.yaml]\n")
	r.Write(hand+"meters.yaml", policy)
	r.Commit("a health check")
	r.Replace(hand+"meters.yaml", "intervalSeconds: 10", "intervalSeconds: 30") // S042
	options.Base = "HEAD"
	r.Passes(r.Check(options))
}

// TestHAProxyOfTheExample edits what gatespan generated for the fleet haproxy, which passes TLS through HAProxy Unified Gateway.
func TestHAProxyOfTheExample(t *testing.T) {
	const (
		edge     = "testdata/fleets/haproxy/overlays/aks-market/gateways/edge/edge.yaml"
		quotes   = "testdata/fleets/haproxy/overlays/aks-market/exposures/quotes/quotes.yaml"
		gateway  = "Gateway edge/edge"
		listener = gateway + " listener quotes"
		service  = "apiVersion: v1\nkind: Service\nmetadata: {name: quotes, namespace: quotes, annotations: {ANNOTATION}}\nspec: {selector: {app: quotes}, ports: [{port: 8443}]}\n"
		kinds    = "      kinds:\n      - group: gateway.networking.k8s.io\n        kind: TLSRoute\n"
	)
	terminating := func(r *gatetest.Repo) string {
		r.Replace(edge, "    protocol: TLS\n    tls:\n      mode: Passthrough\n", "    protocol: HTTPS\n    tls: # ends it\n      certificateRefs: [{name: quotes-tls}]\n")
		r.Replace(edge, kinds, "")
		r.Append(quotes, "---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: web, namespace: edge}\nspec: {parentRefs: [{name: edge, sectionName: quotes}], rules: [{backendRefs: [{name: quotes, namespace: quotes, port: 8443}]}]}\n")
		return ""
	}
	for _, row := range []unsafe{
		{"U175 options of every listener", add(edge, "apiVersion: gate.v3.haproxy.org/v3\nkind: Global\nmetadata: {name: global, namespace: edge}\nspec: {ssl_options: {default_bind_options: verify none}}\n", "ssl_options"), "bypass/escape-hatch", "Global edge/global", "Global edge/global", false},
		{"U176 the floor of every listener", terminating, "tls/version-below-floor", listener, gateway, false},
		{"U177 a snippet", add(quotes, strings.Replace(service, "ANNOTATION", "haproxy.org/backend-config-snippet: x", 1), "backend-config-snippet"), "bypass/escape-hatch", "Service quotes/quotes", "Service quotes/quotes", false},
		{"U177 a Backend", add(quotes, strings.Replace(service, "ANNOTATION", "gate.v3.haproxy.org/cr-backend: raw", 1), "cr-backend"), "bypass/escape-hatch", "Service quotes/quotes", "Service quotes/quotes", false},
		{"U178 plaintext to the pods", terminating, "backend/plaintext-hop", listener, "", false},
		{"U179 a host without client certificates", terminating, "mtls/client-certificate-not-required", listener, gateway, false},
		{"the grant names no Service", replace(quotes, "  - group: \"\"\n    kind: Service\n    name: quotes\n---", "  - {group: \"\", kind: Service}\n---", "{group: \"\", kind: Service}"), "grants/target-not-named", "ReferenceGrant quotes/quotes", "ReferenceGrant quotes/quotes", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r, options := example(t, "haproxy")
			place := row.change(r)
			r.Blocks(r.Check(options), row.rule, row.subject, row.object, place)
		})
	}
}
