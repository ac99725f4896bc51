package gate_test

import (
	"testing"

	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

// TestApplicationGatewayForContainers edits the fleet agc-direct: the gateway for browsers that people wrote beside the consumer, once it
// is no longer named as one, and one that leads to an exposed Service of the provider.
func TestApplicationGatewayForContainers(t *testing.T) {
	const (
		web      = "testdata/fleets/agc-direct/overlays/aks-shop/web/web.yaml"
		fleet    = "testdata/fleets/agc-direct/fleet.cue"
		prices   = "testdata/fleets/agc-direct/overlays/eks-prod/exposures/prices/prices.yaml"
		listener = "Gateway web/web listener https"
		policy   = "FrontendTLSPolicy web/web"
		section  = "    sectionNames:\n    - https\n"
		verify   = "      name: 2023-06-S\n    verify: {caCertificateRef: {name: clients}}\n"
	)
	private := func(r *gatetest.Repo) {
		r.Replace(fleet, "\t\t\tpublicGateways: [{namespace: \"web\", name: \"web\", reason: \"the shop's pages\"}]\n", "")
		r.Replace(web, "      name: 2023-06-S\n", verify)
	}
	edited := func(old, new, at string) func(*gatetest.Repo) string {
		return func(r *gatetest.Repo) string {
			private(r)
			return replace(web, old, new, at)(r)
		}
	}
	exposed := func(r *gatetest.Repo) string {
		r.Append(prices, `---
apiVersion: v1
kind: Service
metadata: {name: prices, namespace: prices}
spec: {selector: {app: prices}, ports: [{name: https, port: 8443}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: azure, namespace: prices}
spec:
  gatewayClassName: azure-alb-external
  listeners: [{name: https, port: 443, protocol: HTTPS, hostname: prices.example.com, tls: {certificateRefs: [{name: azure-tls}]}}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: azure, namespace: prices}
spec: {parentRefs: [{name: azure}], rules: [{backendRefs: [{name: prices, port: 8443}]}]}
`)
		return ""
	}
	alb := func(r *gatetest.Repo, more string) {
		exposed(r)
		r.Append(prices, "---\napiVersion: alb.networking.azure.io/v1\nkind: BackendTLSPolicy\nmetadata: {name: azure, namespace: prices}\nspec:\n  targetRef: {group: \"\", kind: Service, name: prices}\n  default:\n    ports: [{port: 8443}]\n"+more)
	}
	for _, row := range []unsafe{
		{"U143 nobody is verified", edited("    verify: {caCertificateRef: {name: clients}}\n", "", "  default:"), "mtls/client-certificate-not-required", listener, policy, false},
		{"U143 the policy is gone", func(r *gatetest.Repo) string { private(r); return without(web, "kind: FrontendTLSPolicy", "")(r) }, "mtls/client-certificate-not-required", listener, "Gateway web/web", false},
		{"U144 another listener", edited(section, "    sectionNames: [other]\n", "[other]"), "mtls/client-certificate-not-required", listener, policy, false},
		{"U145 another Gateway", edited("    kind: Gateway\n    name: web\n"+section, "    kind: Gateway\n    name: other\n", "name: other"), "mtls/client-certificate-not-required", listener, policy, false},
		{"U146 no policy has TLS 1.3", edited("2023-06-S", "2023-06 # weak", "# weak"), "tls/version-below-floor", listener, policy, false},
		{"U147 spec.tls.frontend", func(r *gatetest.Repo) string {
			private(r)
			without(web, "kind: FrontendTLSPolicy", "")(r)
			return replace(web, "  gatewayClassName: azure-alb-external\n", "  gatewayClassName: azure-alb-external\n  tls: # ignored\n    frontend: {default: {validation: {caCertificateRefs: [{group: \"\", kind: ConfigMap, name: corp-ca}]}}}\n", "    frontend:")(r)
		}, "mtls/client-certificate-not-required", listener, "Gateway web/web", false},
		{"a second way to an exposed Service", exposed, "tls/version-below-floor", "Gateway prices/azure listener https", "", false},
		{"U150 the pods are not verified", func(r *gatetest.Repo) string { alb(r, "    sni: prices\n"); return "" }, "backend/ca-not-pinned", "Gateway prices/azure listener https", "BackendTLSPolicy prices/azure", false},
		{"U150 any name", func(r *gatetest.Repo) string {
			alb(r, "    verify: {caCertificateRef: {name: pods}}\n")
			return ""
		}, "backend/name-not-checked", "Gateway prices/azure listener https", "BackendTLSPolicy prices/azure", false},
		{"U151 Gateway API's own BackendTLSPolicy", exposed, "backend/plaintext-hop", "Gateway prices/azure listener https", "BackendTLSPolicy prices/prices", false},
		{"U152 an Ingress", func(r *gatetest.Repo) string {
			exposed(r)
			r.Append(prices, "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: prices, namespace: prices}\nspec: {ingressClassName: azure-alb-external, defaultBackend: {service: {name: prices, port: {number: 8443}}}}\n")
			return ""
		}, "bypass/ingress", "", "Ingress prices/prices", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			r, options := example(t, "agc-direct")
			place := row.change(r)
			r.Blocks(r.Check(options), row.rule, row.subject, row.object, place)
		})
	}
}
