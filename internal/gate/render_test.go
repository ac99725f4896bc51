package gate_test

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
	"github.com/gatespan/gatespan/internal/report"
)

const (
	edgeKustomization = "overlays/eks-prod/gateways/edge/kustomization.yaml"
	clientPolicy      = "ClientTrafficPolicy edge/edge-relay"
)

// patch adds a strategic merge patch to the kustomization of the gateway.
func patch(body, at string) func(*gatetest.Repo) string {
	return func(r *gatetest.Repo) string {
		r.Append(edgeKustomization, "patches:\n- path: patch.yaml\n")
		r.Write("overlays/eks-prod/gateways/edge/patch.yaml", body)
		if at == "" {
			return ""
		}
		return r.Line("overlays/eks-prod/gateways/edge/patch.yaml", at)
	}
}

const policyHead = "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: ClientTrafficPolicy\nmetadata: {name: edge-relay, namespace: edge}\n"

// TestKustomize changes what kustomize makes of files that stay as they are.
func TestKustomize(t *testing.T) {
	const (
		certificate = "mtls/client-certificate-not-required"
		gateway     = "Gateway edge/edge"
	)
	check(t, gatetest.Relay, []unsafe{
		{"U201 a patch deletes the policy", patch(policyHead+"$patch: delete\n", ""), "tls/version-below-floor", relayEntry, gateway, false},
		{"U202 a patch sets null", patch(policyHead+"spec: {tls: {clientValidation: null}}\n", ""), "identity/any-identity", relayEntry, "", false},
		{"U202 a patch makes it optional", patch(policyHead+"spec: {tls: {clientValidation: {mode: VerifyIfGiven}}}\n", "VerifyIfGiven"), certificate, relayEntry, clientPolicy, false},
		{"U203 a patch replaces the listeners", patch("apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: edge}\nspec:\n  listeners:\n  - {name: web, port: 80, protocol: HTTP}\n", "  listeners:"), "render/patched-listeners", gateway, gateway, false},
		{"U205 a replacement copies a weak value", func(r *gatetest.Repo) string {
			r.Append(edgeFile, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: versions, namespace: edge}\ndata: {floor: \"1.2\"}\n")
			r.Append(edgeKustomization, "replacements:\n- source: {kind: ConfigMap, name: versions, fieldPath: data.floor}\n  targets:\n  - select: {kind: ClientTrafficPolicy}\n    fieldPaths: [spec.tls.minVersion]\n")
			return ""
		}, "tls/version-below-floor", relayEntry, clientPolicy, false},
		{"U207 the namespace transformer", func(r *gatetest.Repo) string {
			r.Append("overlays/eks-prod/exposures/relay/kustomization.yaml", "namespace: edge\n")
			return ""
		}, "grants/missing-grant", "", "", false},
		{"U208 a component removes the policy", func(r *gatetest.Repo) string {
			r.Append(edgeKustomization, "components:\n- ../../../../components/slim\n")
			r.Write("components/slim/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- patch: |-\n    "+strings.ReplaceAll(policyHead, "\n", "\n    ")+"$patch: delete\n")
			return ""
		}, "tls/version-below-floor", relayEntry, gateway, false},
		{"U209 local-config", replace(edgeFile, "  name: edge-relay\n  namespace: edge\n", "  name: edge-relay\n  namespace: edge\n  annotations: {config.kubernetes.io/local-config: \"true\"}\n", "local-config"), "render/dropped-object", clientPolicy, clientPolicy, false},
		{"U210 resources twice", func(r *gatetest.Repo) string {
			r.Append(edgeKustomization, "resources: []\n")
			return r.Line(edgeKustomization, "resources: []")
		}, "render/duplicate-key", "", "", false},
		{"U211 another letter case", func(r *gatetest.Repo) string {
			r.Append(edgeKustomization, "PaTcHeS:\n- patch: |-\n    "+strings.ReplaceAll(policyHead, "\n", "\n    ")+"$patch: delete\n")
			return r.Line(edgeKustomization, "PaTcHeS")
		}, "render/kustomization-field", "", "", false},
		{"U212 labels of namespaces that a selector names", func(r *gatetest.Repo) string {
			r.Append("overlays/eks-prod/exposures/relay/kustomization.yaml", "labels:\n- includeSelectors: true\n  pairs: {app: other}\n")
			return ""
		}, "network/backend-open", "Service relay/relay", "", false},
		{"U214 a remote base", func(r *gatetest.Repo) string {
			r.Append(edgeKustomization, "- https://example.com/base.yaml\n")
			return r.Line(edgeKustomization, "https://")
		}, "render/remote-reference", "", "", false},
		{"U214 a Git base", func(r *gatetest.Repo) string {
			r.Append(edgeKustomization, "- git@example.com:base.git//deploy?ref=main\n")
			return r.Line(edgeKustomization, "git@")
		}, "render/remote-reference", "", "", false},
		{"U215 a chart", func(r *gatetest.Repo) string {
			r.Append(edgeKustomization, "helmCharts:\n- {name: a, repo: https://example.com}\n")
			return r.Line(edgeKustomization, "helmCharts")
		}, "render/helm", "", "", false},
		{"U215 a program as generator", func(r *gatetest.Repo) string {
			r.Append(edgeKustomization, "generators:\n- run.yaml\n")
			r.Write("overlays/eks-prod/gateways/edge/run.yaml", "apiVersion: v1\nkind: Run\nmetadata:\n  name: run\n  annotations:\n    config.kubernetes.io/function: \"exec: {path: ./run.sh}\"\n")
			return ""
		}, "render/plugin", "", "", false},
		{"U216 two kustomizations", func(r *gatetest.Repo) string {
			r.Write("overlays/eks-prod/gateways/edge/Kustomization", "resources: []\n")
			return ""
		}, "render/kustomization-field", "", "", false},
		{"U217 openapi", func(r *gatetest.Repo) string {
			r.Append(edgeKustomization, "openapi: {path: schema.json}\n")
			r.Write("overlays/eks-prod/gateways/edge/schema.json", "{}")
			return r.Line(edgeKustomization, "openapi")
		}, "render/openapi", "", "", false},
	})
}

// TestFiles hides a change in how a file is written, named or stored.
func TestFiles(t *testing.T) {
	const floor = "tls/version-below-floor"
	check(t, gatetest.Relay, []unsafe{
		{"U228 a key twice", replace(edgeFile, "    maxVersion: \"1.3\"\n    minVersion: \"1.3\"\n", "    maxVersion: \"1.3\"\n    minVersion: \"1.3\"\n    minVersion: \"1.2\"\n", "\"1.2\""), "render/duplicate-key", "", "", false},
		{"U229 an anchor is merged", func(r *gatetest.Repo) string {
			r.Replace(edgeFile, "    maxVersion: \"1.3\"\n    minVersion: \"1.3\"\n", "    <<: *weak\n")
			r.Replace(edgeFile, "  headers:\n    xForwardedClientCert:", "  timeout: &weak {minVersion: \"1.2\", maxVersion: \"1.3\"}\n  headers:\n    xForwardedClientCert:")
			return ""
		}, floor, relayEntry, clientPolicy, false},
		{"U231 in a List", func(r *gatetest.Repo) string {
			r.Append(edgeFile, "---\napiVersion: v1\nkind: List\nitems:\n- apiVersion: gateway.networking.k8s.io/v1\n  kind: Gateway\n  metadata: {name: more, namespace: edge}\n  spec:\n    gatewayClassName: eg\n    listeners:\n    - {name: web, port: 8080, protocol: HTTP}\n")
			return r.Line(edgeFile, "    - {name: web")
		}, "mtls/plaintext-listener", "Gateway edge/more listener web", "Gateway edge/more", false},
		{"U232 in a GatewayList", func(r *gatetest.Repo) string {
			r.Append(edgeFile, "---\napiVersion: gateway.networking.k8s.io/v1\nkind: GatewayList\nitems:\n- apiVersion: gateway.networking.k8s.io/v1\n  kind: Gateway\n  metadata: {name: more, namespace: edge}\n  spec:\n    gatewayClassName: eg\n    listeners:\n    - {name: web, port: 8080, protocol: HTTP}\n")
			return ""
		}, "mtls/plaintext-listener", "Gateway edge/more listener web", "Gateway edge/more", false},
		{"U233 a version that nobody serves", replace(edgeFile, "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: ClientTrafficPolicy", "apiVersion: gateway.envoyproxy.io/v1 #\nkind: ClientTrafficPolicy", "gateway.envoyproxy.io/v1 #"), "unknown/kind", clientPolicy, clientPolicy, false},
		{"U234 another spelling of the kind", replace(edgeFile, "kind: ClientTrafficPolicy", "kind: ClientTraffіcPolicy", "ClientTraffіcPolicy"), "unknown/kind", "", "", false},
		{"U234 a space in the name of the target", replace(edgeFile, "    name: edge\n    sectionName: relay", "    name: \"edge \"\n    sectionName: relay", "\"edge \""), floor, relayEntry, "", false},
		{"U235 a floor that is a number", anywhere(replace(edgeFile, "    maxVersion: \"1.3\"\n    minVersion: \"1.3\"\n", "    maxVersion: \"1.3\"\n    minVersion: 1.3e0\n", "1.3e0")), "unknown/value", clientPolicy, clientPolicy, false},
		{"U237 a symbolic link out of the repository", func(r *gatetest.Repo) string {
			r.Link("/etc/hostname", "overlays/eks-prod/gateways/edge/more.yaml")
			r.Append(edgeKustomization, "- more.yaml\n")
			return ""
		}, "render/outside-repository", "", "", false},
		{"U240 edited by hand", replace(edgeFile, "externalTrafficPolicy: Local", "externalTrafficPolicy: Local # by hand", "by hand"), "drift/modified", "", "", false},
		{"U242 an overlay moved away", func(r *gatetest.Repo) string {
			r.Rename("overlays/eks-prod/gateways", "elsewhere")
			return ""
		}, "drift/missing", "", "", false},
		{"U249 a route left behind", func(r *gatetest.Repo) string {
			r.Remove("testdata/relay/exposures/relay.cue")
			return "overlays/eks-prod/exposures/relay/kustomization.yaml"
		}, "drift/stale", "Kustomization overlays/eks-prod/exposures/relay", "", false},
	})
}

// TestFlux puts Flux around the gateway's overlay.
func TestFlux(t *testing.T) {
	flux := func(spec string) func(*gatetest.Repo) string {
		return func(r *gatetest.Repo) string {
			r.Write("overlays/eks-prod/gitops/kustomization.yaml", "resources: [flux.yaml]\n")
			r.Write("overlays/eks-prod/gitops/flux.yaml", `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: edge, namespace: flux-system}
spec:
  interval: 5m
  path: ./overlays/eks-prod/gateways/edge
  sourceRef: {kind: GitRepository, name: flux-system}
`+spec)
			return ""
		}
	}
	const floor = "tls/version-below-floor"
	check(t, gatetest.Relay, []unsafe{
		{"U219 a patch", flux("  patches:\n  - patch: |\n      - {op: replace, path: /spec/tls/minVersion, value: \"1.2\"}\n    target: {kind: ClientTrafficPolicy}\n"), floor, relayEntry, clientPolicy, false},
		{"U219 a component", func(r *gatetest.Repo) string {
			r.Write("components/slim/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches:\n- patch: |-\n    "+strings.ReplaceAll(policyHead, "\n", "\n    ")+"$patch: delete\n")
			return flux("  components: [../../../../components/slim]\n")(r)
		}, floor, relayEntry, "Gateway edge/edge", false},
		{"U219 a name prefix", flux("  namePrefix: x-\n"), "render/name-transformer", "Gateway edge/x-edge", "Gateway edge/x-edge", false},
		{"a target namespace", flux("  targetNamespace: other\n"), "drift/not-served", "", "", false},
		{"a substitution", func(r *gatetest.Repo) string {
			r.Replace(edgeFile, "    maxVersion: \"1.3\"\n    minVersion: \"1.3\"", "    maxVersion: \"1.3\"\n    minVersion: \"${FLOOR}\"")
			return flux("  postBuild: {substitute: {FLOOR: '\"1.2\"'}}\n")(r)
		}, floor, relayEntry, clientPolicy, false},
		{"a substitution from outside Git", func(r *gatetest.Repo) string {
			r.Replace(edgeFile, "    maxVersion: \"1.3\"\n    minVersion: \"1.3\"", "    maxVersion: \"1.3\"\n    minVersion: \"${FLOOR}\"")
			return flux("  postBuild: {substituteFrom: [{kind: ConfigMap, name: versions}]}\n")(r)
		}, "unknown/variable", "", "", false},
	})
}

// TestArgo puts Argo CD around the gateway's overlay.
func TestArgo(t *testing.T) {
	argo := func(source string) func(*gatetest.Repo) string {
		return func(r *gatetest.Repo) string {
			r.Write("argo/edge.yaml", `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: edge, namespace: argocd}
spec:
  project: default
  destination: {name: eks-prod}
  source:
    repoURL: https://example.com/gitops.git
    targetRevision: HEAD
    path: overlays/eks-prod/gateways/edge
`+source)
			return ""
		}
	}
	check(t, gatetest.Relay, []unsafe{
		{"U223 a patch", argo("    kustomize:\n      patches:\n      - patch: |\n          - {op: replace, path: /spec/tls/minVersion, value: \"1.2\"}\n        target: {kind: ClientTrafficPolicy}\n"), "tls/version-below-floor", relayEntry, clientPolicy, false},
		{"U223 a name prefix", argo("    kustomize: {namePrefix: x-}\n"), "render/name-transformer", "Gateway edge/x-edge", "Gateway edge/x-edge", false},
		{"U227 .argocd-source.yaml", func(r *gatetest.Repo) string {
			r.Write("overlays/eks-prod/gateways/edge/.argocd-source.yaml", "kustomize: {namePrefix: x-}\n")
			argo("")(r)
			return "overlays/eks-prod/gateways/edge/.argocd-source.yaml:1"
		}, "gitops/transformation-not-modelled", "", "", false},
	})
}

// TestCannotBeDecided: what is not here cannot be judged, so the run does not pass.
func TestCannotBeDecided(t *testing.T) {
	t.Run("U241 a cluster whose path is empty", func(t *testing.T) {
		r := gatetest.Relay(t)
		r.Write("testdata/relay/more.cue", "package fleet\n\nclusters: \"new\": {cloud: \"eks\", path: \"elsewhere\", controller: name: \"envoy-gateway\"}\n")
		if judged := r.Check(gate.Options{}); judged.Verdict != report.Undecided {
			t.Errorf("verdict %s", judged.Verdict)
		}
	})
}

// TestEnginesThatAddLabels: what Flux and Argo CD add around an overlay replaces it, and is no second definition of its objects.
func TestEnginesThatAddLabels(t *testing.T) {
	for name, file := range map[string]string{
		"argo/edge.yaml": `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: edge, namespace: argocd}
spec:
  destination: {name: eks-prod}
  source:
    repoURL: https://example.com/gitops.git
    path: overlays/eks-prod/gateways/edge
    kustomize: {commonLabels: {team: platform}, labelWithoutSelector: true}
`,
		"overlays/eks-prod/gitops/edge.yaml": `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: edge, namespace: flux-system}
spec:
  path: overlays/eks-prod/gateways/edge
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  commonMetadata: {labels: {team: platform}}
`,
	} {
		t.Run(name, func(t *testing.T) {
			r := gatetest.Relay(t)
			r.Write(name, file)
			r.Passes(r.Check(gate.Options{}))
		})
	}
}
