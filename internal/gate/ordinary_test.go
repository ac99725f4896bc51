package gate_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

// fluxRepository is what a platform team has before it knows gatespan: clusters/, infrastructure/ and apps/, and gateways for browsers.
var fluxRepository = map[string]string{
	"clusters/production/flux-system/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [gotk-sync.yaml]\n",
	"clusters/production/flux-system/gotk-sync.yaml": `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1m, ref: {branch: main}, secretRef: {name: flux-system}, url: "ssh://git@example.com/gitops"}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 10m, path: ./clusters/production, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
`,
	"clusters/production/settings.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: cluster-settings, namespace: flux-system}
data: {CLUSTER_NAME: production, DOMAIN: example.com}
`,
	"clusters/production/infrastructure.yaml": `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: infrastructure, namespace: flux-system}
spec:
  interval: 1h
  path: ./infrastructure/production
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  decryption: {provider: sops, secretRef: {name: sops-age}}
  postBuild:
    substitute: {CLUSTER_NAME: production}
    substituteFrom: [{kind: ConfigMap, name: cluster-settings}]
`,
	"clusters/production/apps.yaml": `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 10m
  dependsOn: [{name: infrastructure}]
  path: ./apps/production
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild: {substituteFrom: [{kind: ConfigMap, name: cluster-settings}, {kind: Secret, name: cluster-secrets, optional: true}]}
  patches:
  - patch: |
      apiVersion: kustomize.toolkit.fluxcd.io/v1
      kind: Kustomization
      metadata: {name: all}
      spec:
        patches:
        - patch: |
            apiVersion: helm.toolkit.fluxcd.io/v2
            kind: HelmRelease
            metadata: {name: all}
            spec: {install: {crds: CreateReplace}}
          target: {kind: HelmRelease}
    target: {kind: Kustomization, group: kustomize.toolkit.fluxcd.io}
`,
	"infrastructure/production/kustomization.yaml": "resources: [../base, gateway.yaml, secret.sops.yaml]\n",
	"infrastructure/base/kustomization.yaml":       "resources: [cert-manager.yaml, envoy-gateway.yaml]\n",
	"infrastructure/base/cert-manager.yaml": `apiVersion: v1
kind: Namespace
metadata: {name: cert-manager}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: jetstack, namespace: cert-manager}
spec: {interval: 24h, url: https://charts.jetstack.io}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: cert-manager, namespace: cert-manager}
spec:
  interval: 30m
  chart: {spec: {chart: cert-manager, version: 1.x, sourceRef: {kind: HelmRepository, name: jetstack}}}
  values: {installCRDs: true, cluster: "${CLUSTER_NAME}"}
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: letsencrypt}
spec:
  acme:
    email: ops@example.com
    server: https://acme-v02.api.letsencrypt.org/directory
    privateKeySecretRef: {name: letsencrypt}
    solvers: [{http01: {gatewayHTTPRoute: {parentRefs: [{name: web, namespace: network, kind: Gateway}]}}}]
`,
	"infrastructure/base/envoy-gateway.yaml": `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: envoy-gateway, namespace: network}
spec: {interval: 1h, url: oci://docker.io/envoyproxy/gateway-helm, ref: {tag: v1.9.1}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: envoy-gateway, namespace: network}
spec: {interval: 1h, chartRef: {kind: OCIRepository, name: envoy-gateway}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: envoy}
spec: {controllerName: gateway.envoyproxy.io/gatewayclass-controller}
`,
	"infrastructure/production/gateway.yaml": `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: web
  namespace: network
  annotations: {external-dns.alpha.kubernetes.io/hostname: "web.${DOMAIN}"}
spec:
  gatewayClassName: envoy
  listeners:
  - {name: http, port: 80, protocol: HTTP, hostname: "*.${DOMAIN}", allowedRoutes: {namespaces: {from: Same}}}
  - name: https
    port: 443
    protocol: HTTPS
    hostname: "*.${DOMAIN}"
    allowedRoutes: {namespaces: {from: All}}
    tls: {certificateRefs: [{name: web-tls}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: redirect, namespace: network}
spec:
  parentRefs: [{name: web, sectionName: http}]
  rules: [{filters: [{type: RequestRedirect, requestRedirect: {scheme: https, statusCode: 301}}]}]
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: ClientTrafficPolicy
metadata: {name: web, namespace: network}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: web}]
  http3: {}
  tls: {minVersion: "1.2", alpnProtocols: [h2, http/1.1]}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: web, namespace: network}
spec: {secretName: web-tls, dnsNames: ["*.${DOMAIN}"], issuerRef: {kind: ClusterIssuer, name: letsencrypt}}
`,
	"infrastructure/production/secret.sops.yaml": `apiVersion: v1
kind: Secret
metadata: {name: cluster-secrets, namespace: flux-system}
type: Opaque
stringData:
  TOKEN: ENC[AES256_GCM,data:cGxhY2Vob2xkZXI=,iv:cGxhY2Vob2xkZXI=,tag:cGxhY2Vob2xkZXI=,type:str]
sops:
  age: [{recipient: age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq, enc: "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n"}]
  lastmodified: "2026-01-01T00:00:00Z"
  mac: ENC[AES256_GCM,data:cGxhY2Vob2xkZXI=,iv:cGxhY2Vob2xkZXI=,tag:cGxhY2Vob2xkZXI=,type:str]
  encrypted_regex: ^(data|stringData)$
  version: 3.9.0
`,
	"apps/production/kustomization.yaml":     "resources: [web, automation.yaml, child.yaml]\n",
	"apps/production/child.yaml":             "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: blog, namespace: flux-system}\nspec: {interval: 1h, path: ./apps/blog, prune: true, targetNamespace: blog, sourceRef: {kind: GitRepository, name: flux-system}}\n",
	"apps/blog/kustomization.yaml":           "resources: [release.yaml]\n",
	"apps/blog/release.yaml":                 "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: blog}\nspec: {interval: 1h, chartRef: {kind: OCIRepository, name: blog}}\n",
	"apps/production/web/kustomization.yaml": "resources: [../../base/web]\nnamespace: web\npatches: [{path: replicas.yaml}]\nimages: [{name: web, newTag: 1.2.3}]\nconfigMapGenerator: [{name: web, literals: [LEVEL=info]}]\n",
	"apps/production/web/replicas.yaml":      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n",
	"apps/base/web/kustomization.yaml":       "resources: [web.yaml]\nlabels: [{pairs: {app.kubernetes.io/part-of: web}}]\n",
	"apps/base/web/web.yaml": `apiVersion: v1
kind: Namespace
metadata: {name: web}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: web # {"$imagepolicy": "flux-system:web"}
        envFrom: [{configMapRef: {name: web}}]
        ports: [{containerPort: 8080, name: http}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web}
spec:
  parentRefs: [{name: web, namespace: network, sectionName: https}]
  hostnames: ["www.${DOMAIN}"]
  rules: [{backendRefs: [{name: web, port: 80}]}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {ingressClassName: nginx, rules: [{host: old.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
`,
	"apps/production/automation.yaml": `apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageRepository
metadata: {name: web, namespace: flux-system}
spec: {image: registry.example.com/web, interval: 5m}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImagePolicy
metadata: {name: web, namespace: flux-system}
spec: {imageRepositoryRef: {name: web}, policy: {semver: {range: 1.x}}}
---
apiVersion: image.toolkit.fluxcd.io/v1
kind: ImageUpdateAutomation
metadata: {name: all, namespace: flux-system}
spec: {interval: 30m, sourceRef: {kind: GitRepository, name: flux-system}, git: {commit: {author: {name: flux, email: flux@example.com}}}, update: {path: ./apps, strategy: Setters}}
`,
}

const fluxFleet = `clusters:
  production:
    cloud: eks
    controller: {name: envoy-gateway, version: "1.9.1", gatewayClassName: envoy}
    gitops: {engine: flux}
    path: clusters/production
    publicGateways: [{namespace: network, name: web, reason: browsers}]
`

// argoRepository is another one: an application of applications, an ApplicationSet, a mesh, and a classic gateway for browsers.
var argoRepository = map[string]string{
	"bootstrap/root.yaml": `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: argocd, finalizers: [resources-finalizer.argocd.argoproj.io]}
spec:
  project: default
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
  source: {repoURL: https://example.com/gitops.git, targetRevision: HEAD, path: applications, directory: {recurse: true}}
  syncPolicy: {automated: {prune: true, selfHeal: true}}
`,
	"applications/platform.yaml": `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: mesh, namespace: argocd}
spec:
  project: default
  destination: {server: https://kubernetes.default.svc, namespace: istio-system}
  source: {repoURL: https://example.com/gitops.git, targetRevision: HEAD, path: platform/mesh}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: prometheus, namespace: argocd}
spec:
  project: default
  destination: {server: https://kubernetes.default.svc, namespace: monitoring}
  source: {repoURL: https://charts.example.com, chart: prometheus, targetRevision: 1.2.3, helm: {values: "a: b"}}
`,
	"applications/apps.yaml": `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: apps, namespace: argocd}
spec:
  generators: [{list: {elements: [{app: shop}, {app: node}]}}]
  template:
    metadata: {name: "{{app}}"}
    spec:
      project: default
      destination: {server: https://kubernetes.default.svc, namespace: "{{app}}"}
      source: {repoURL: https://example.com/gitops.git, targetRevision: HEAD, path: "apps/{{app}}"}
`,
	"platform/mesh/mesh.yaml": `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: istio-system}
spec: {mtls: {mode: STRICT}}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: istio-ingress}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: ["*/*.example.com"], tls: {httpsRedirect: true}}
  - {port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*/*.example.com"], tls: {mode: SIMPLE, credentialName: public-tls, minProtocolVersion: TLSV1_2}}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: public, namespace: istio-ingress}
spec: {secretName: public-tls, dnsNames: ["*.example.com"], issuerRef: {kind: ClusterIssuer, name: letsencrypt}}
`,
	"apps/shop/shop.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template: {metadata: {labels: {app: shop}}, spec: {containers: [{name: shop, image: shop, ports: [{containerPort: 8080}]}]}}
---
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {selector: {app: shop}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop}
spec:
  hosts: [shop.example.com]
  gateways: [istio-ingress/public]
  http: [{route: [{destination: {host: shop, port: {number: 80}}}], retries: {attempts: 2}}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: shop}
spec: {host: shop, trafficPolicy: {connectionPool: {tcp: {maxConnections: 100}}}}
---
apiVersion: batch/v1
kind: Job
metadata:
  generateName: migrate-
  annotations: {argocd.argoproj.io/hook: PreSync}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: migrate, image: shop}]}}}
`,
	"apps/node/node.yaml": `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: exporter}
spec:
  selector: {matchLabels: {app: exporter}}
  template:
    metadata: {labels: {app: exporter}}
    spec: {hostNetwork: true, hostPID: true, containers: [{name: exporter, image: exporter, ports: [{containerPort: 9100, hostPort: 9100}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: game}
spec: {type: NodePort, selector: {app: game}, ports: [{port: 7777, nodePort: 30777}]}
---
apiVersion: v1
kind: Service
metadata: {name: smtp}
spec: {type: LoadBalancer, selector: {app: smtp}, ports: [{port: 25}], externalIPs: [203.0.113.9]}
---
apiVersion: v1
kind: Service
metadata: {name: legacy}
spec: {type: ExternalName, externalName: legacy.example.org}
`,
}

// with is a repository and more files.
func with(repository, more map[string]string) map[string]string {
	out := maps.Clone(repository)
	maps.Copy(out, more)
	return out
}

// TestOrdinaryRepositories: what has nothing to do with an exposure passes, without a word.
func TestOrdinaryRepositories(t *testing.T) {
	for name, c := range map[string]struct {
		files   map[string]string
		options gate.Options
		warns   []string
	}{
		"Flux, a fleet of clusters":             {with(fluxRepository, map[string]string{"fleet/fleet.yaml": fluxFleet}), gate.Options{}, []string{"warn tls/version-below-floor"}},
		"Flux, a domain that Git does not show": {with(fluxRepository, map[string]string{"fleet/fleet.yaml": fluxFleet, "clusters/production/settings.yaml": ""}), gate.Options{}, []string{"warn tls/version-below-floor"}},
		"Argo CD, a fleet of clusters": {with(argoRepository, map[string]string{"fleet/fleet.yaml": `clusters:
  shop:
    cloud: aks
    controller: {name: istio, version: "1.31"}
    gitops: {engine: argocd, destination: https://kubernetes.default.svc}
    path: bootstrap
    publicGateways: [{namespace: istio-ingress, name: public, reason: browsers}]
`}), gate.Options{}, []string{"warn tls/version-below-floor"}},
		"Argo CD, workloads without a fleet": {argoRepository, gate.Options{Overlays: "apps"}, nil},
		"Flux, workloads without a fleet":    {fluxRepository, gate.Options{Overlays: "apps"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := gatetest.New(t, c.files)
			judged := r.Check(c.options)
			r.Passes(judged)
			want(t, "findings", rules(judged), c.warns...)
		})
	}
}

// TestAHostnameThatGitDoesNotShow: of a gateway that is not for browsers, it decides who meets whom.
func TestAHostnameThatGitDoesNotShow(t *testing.T) {
	r := gatetest.New(t, with(fluxRepository, map[string]string{
		"fleet/fleet.yaml":                  strings.Replace(fluxFleet, "name: web, reason", "name: another, reason", 1),
		"clusters/production/settings.yaml": "",
	}))
	judged := r.Check(gate.Options{})
	r.Blocks(judged, "unknown/variable", "Gateway network/web", "Gateway network/web", "")
	r.Blocks(judged, "unknown/variable", "HTTPRoute web/web", "HTTPRoute web/web", "")
}
