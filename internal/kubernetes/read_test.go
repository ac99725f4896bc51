package kubernetes_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// policy is a NetworkPolicy in namespace relay.
func policy(name, spec string) string {
	return "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: " + name + ", namespace: relay}\nspec: {" + spec + "}\n---\n"
}

func cilium(namespace, labels, rules string) string {
	return "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: c, namespace: " + namespace + "}\nspec: {endpointSelector: {matchLabels: " + labels + "}, " + rules + "}"
}

func admin(action string) string {
	return "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: a}\nspec: {priority: 1, subject: {namespaces: {}}, ingress: [{action: " + action + ", from: [{namespaces: {}}]}]}\n"
}

func TestIngressPeers(t *testing.T) {
	const (
		pods    = "podSelector: {matchLabels: {app: relay}}"
		proxies = "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: eg}}, podSelector: {matchLabels: {app: envoy}}}"
	)
	from := func(peers string) string { return ", ingress: [{from: [" + peers + "]}]" }
	admitted := []string{"namespaces{kubernetes.io/metadata.name=eg} pods{app=envoy} ports{}"}
	for name, c := range map[string]struct {
		objects   string
		everybody bool
		admitted  []string
	}{
		"no policy":                                   {"", true, nil},
		"a policy for the pods":                       {policy("p", pods+from(proxies)), false, admitted},
		"a policy without ingress rules":              {policy("p", pods), false, nil},
		"the policy of other pods":                    {policy("p", "podSelector: {matchLabels: {app: other}}"+from(proxies)), true, nil},
		"a label that is not known":                   {policy("p", "podSelector: {matchLabels: {app: relay, tier: x}}"+from(proxies)), true, nil},
		"everybody, by a label that is not known":     {policy("p", pods+from(proxies)) + policy("q", "podSelector: {matchLabels: {tier: x}}, ingress: [{}]"), true, nil},
		"everybody, unless a label that is not known": {policy("p", pods+from(proxies)) + policy("q", "podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}, ingress: [{}]"), true, nil},
		"closed unless a label that is not known":     {policy("p", "podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}"+from(proxies)), true, nil},
		"some, by a label that is not known":          {policy("p", pods+from(proxies)) + policy("q", "podSelector: {matchLabels: {tier: x}}"+from("{podSelector: {}}")), false, []string{admitted[0], "namespaces{kubernetes.io/metadata.name=relay} pods{} ports{}"}},
		"the policy of another namespace":             {strings.Replace(policy("p", pods+from(proxies)), "namespace: relay", "namespace: shop", 1), true, nil},
		"a policy for all pods":                       {policy("p", "podSelector: {}"+from(proxies)), false, admitted},
		"a policy for egress only":                    {policy("p", pods+", policyTypes: [Egress]"+from(proxies)), true, nil},
		"a rule without peers":                        {policy("p", pods+", ingress: [{}]"), true, nil},
		"an empty list of peers":                      {policy("p", pods+", ingress: [{from: []}]"), true, nil},
		"all addresses":                               {policy("p", pods+from("{ipBlock: {cidr: 0.0.0.0/0}}")), true, nil},
		"half of all addresses":                       {policy("p", pods+from("{ipBlock: {cidr: 128.0.0.0/1}}")), true, nil},
		"all IPv6 addresses":                          {policy("p", pods+from(`{ipBlock: {cidr: "::/0"}}`)), true, nil},
		"a private block":                             {policy("p", pods+from("{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}")), false, []string{"cidr{10.0.0.0/8 except 10.1.0.0/16} ports{}"}},
		"every namespace":                             {policy("p", pods+from("{namespaceSelector: {}}")), true, nil},
		"every namespace, empty selectors":            {policy("p", pods+from("{namespaceSelector: {}, podSelector: {}}")), true, nil},
		"all but one namespace":                       {policy("p", pods+from("{namespaceSelector: {matchExpressions: [{key: a, operator: DoesNotExist}]}}")), true, nil},
		"some pods of every namespace":                {policy("p", pods+from("{namespaceSelector: {}, podSelector: {matchLabels: {app: envoy}}}")), false, []string{"namespaces{} pods{app=envoy} ports{}"}},
		"its own namespace":                           {policy("p", pods+from("{podSelector: {}}")), false, []string{"namespaces{kubernetes.io/metadata.name=relay} pods{} ports{}"}},
		"policies add up":                             {policy("p", pods+from(proxies)) + policy("q", pods+from("{podSelector: {}}")), false, []string{admitted[0], "namespaces{kubernetes.io/metadata.name=relay} pods{} ports{}"}},
		"one of two admits all":                       {policy("p", pods+from(proxies)) + policy("q", pods+", ingress: [{}]"), true, nil},
		"everybody, but on another port":              {policy("p", pods+", ingress: [{ports: [{port: 9090}]}]"), false, nil},
		"everybody, on a range around it":             {policy("p", pods+", ingress: [{ports: [{port: 8000, endPort: 9000}]}]"), true, nil},
		"everybody, on a named port":                  {policy("p", pods+", ingress: [{ports: [{port: https}]}]"), true, nil},
		"everybody, by UDP":                           {policy("p", pods+", ingress: [{ports: [{port: 8443, protocol: UDP}]}]"), false, nil},
		"Cilium may admit more":                       {policy("p", pods+from(proxies)) + cilium("relay", "{app: relay}", "ingress: [{fromEntities: [all]}]"), true, nil},
		"Cilium may admit, in a list":                 {policy("p", pods+from(proxies)) + strings.Replace(cilium("relay", "{app: relay}", "ingress: [{}]"), "spec: {", "specs: [{", 1) + "]", true, nil},
		"Cilium for other pods":                       {policy("p", pods+from(proxies)) + cilium("relay", `{"k8s:app": web}`, "ingress: [{}]"), false, admitted},
		"Cilium in another namespace":                 {policy("p", pods+from(proxies)) + cilium("shop", "{app: relay}", "ingress: [{}]"), false, admitted},
		"Cilium that only denies":                     {policy("p", pods+from(proxies)) + cilium("relay", "{app: relay}", "ingressDeny: [{}]"), false, admitted},
		"an administrator may admit more":             {policy("p", pods+from(proxies)) + admin("Allow"), true, nil},
		"an administrator denies":                     {policy("p", pods+from(proxies)) + admin("Deny"), false, admitted},
	} {
		got := kubernetes.IngressPeers(objecttest.Set(t, c.objects), "relay", map[string]string{"app": "relay"}, true, 8443)
		if c.admitted == nil {
			c.admitted = []string{}
		}
		if diff := cmp.Diff(posture.Peers{Everybody: c.everybody, Admitted: c.admitted}, got.Value); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if want := map[bool]posture.Enforcer{true: posture.ByNobody, false: posture.ByNetwork}[c.everybody]; got.Enforcer != want || got.Why == "" {
			t.Errorf("%s: enforcer %s, want %s; why %q", name, got.Enforcer, want, got.Why)
		}
	}
}

func TestServices(t *testing.T) {
	const (
		service    = "apiVersion: v1\nkind: Service\nmetadata: {name: relay, namespace: relay}\nspec: {selector: {app: relay}, ports: [{name: https, port: 443, targetPort: tls}]}\n---\n"
		deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: relay, namespace: relay}\nspec: {template: {metadata: {labels: {app: relay, tier: x}}, spec: {containers: [{name: c, ports: [{name: tls, containerPort: 8443}]}]}}}\n---\n"
	)
	onPort := func(port string) string {
		return policy("p", "podSelector: {matchLabels: {tier: x}}, ingress: [{from: [{podSelector: {}}]}, {ports: [{port: "+port+"}]}]")
	}
	for name, c := range map[string]struct {
		objects   string
		everybody bool
	}{
		"pods without a policy":                        {service + deployment, true},
		"the labels of the pods decide":                {service + deployment + onPort("9090"), false},
		"the named target port is found":               {service + deployment + onPort("8443"), true},
		"labels beyond the selector are not guessed":   {service + onPort("9090"), true},
		"an unknown target port may be any":            {service + strings.Replace(deployment, "name: tls", "name: other", 1) + onPort("9090"), true},
		"one of two workloads is unprotected":          {service + deployment + strings.NewReplacer("name: relay, n", "name: second, n", "tier: x", "tier: z").Replace(deployment) + onPort("9090"), true},
		"a Service without a selector protects nobody": {strings.Replace(service, "selector: {app: relay}, ", "", 1), true},
	} {
		got := kubernetes.Read(controller.Cluster{}, objecttest.Set(t, c.objects)).Services
		if len(got) != 1 {
			t.Fatalf("%s: %d Services", name, len(got))
		}
		if got[0].Network.Value.Everybody != c.everybody || got[0].Network.By.Name == "" || got[0].Ports["https"] != 443 || got[0].Type != "ClusterIP" {
			t.Errorf("%s: everybody %v, want %v: %+v", name, got[0].Network.Value.Everybody, c.everybody, got[0])
		}
	}
}

func TestWays(t *testing.T) {
	service := func(spec string) string {
		return "apiVersion: v1\nkind: Service\nmetadata: {name: relay, namespace: relay}\nspec: {selector: {app: relay}, " + spec + "}\n---\n"
	}
	workload := func(apiVersion, kind, spec string) string {
		return "apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: relay, namespace: relay, labels: {app: relay}}\nspec: " + spec + "\n---\n"
	}
	const open = "{containers: [{name: c, ports: [{containerPort: 8443, hostPort: 8443}]}]}"
	template := "{template: {metadata: {labels: {app: relay}}, spec: %s}}"
	for name, c := range map[string]struct {
		objects string
		want    []string // "via subject field service selector pods"
	}{
		"a ClusterIP Service": {service("type: ClusterIP"), nil},
		"LoadBalancer":        {service("type: LoadBalancer"), []string{"load-balancer Service spec.type relay app=relay "}},
		"NodePort":            {service("type: NodePort"), []string{"node-port Service spec.type relay app=relay "}},
		"externalIPs":         {service("externalIPs: [192.0.2.1]"), []string{"external-ip Service spec.externalIPs relay app=relay "}},
		"ExternalName to a Service": {
			service("") + "apiVersion: v1\nkind: Service\nmetadata: {name: alias, namespace: shop}\nspec: {type: ExternalName, externalName: relay.relay.svc.cluster.local}\n",
			[]string{"external-name Service spec.externalName relay app=relay "},
		},
		"ExternalName to the outside": {"apiVersion: v1\nkind: Service\nmetadata: {name: out, namespace: shop}\nspec: {type: ExternalName, externalName: api.example.org}\n", nil},
		"a Pod's hostPort":            {workload("v1", "Pod", open), []string{"host-port Pod spec.containers[0].ports[0].hostPort   app=relay"}},
		"a Deployment's hostPort":     {workload("apps/v1", "Deployment", fmt.Sprintf(template, open)), []string{"host-port Deployment spec.template.spec.containers[0].ports[0].hostPort   app=relay"}},
		"a hostNetwork DaemonSet":     {workload("apps/v1", "DaemonSet", fmt.Sprintf(template, "{hostNetwork: true, containers: [{name: c}]}")), []string{"host-network DaemonSet spec.template.spec.hostNetwork   app=relay"}},
		"a Rollout is a workload too": {workload("argoproj.io/v1alpha1", "Rollout", fmt.Sprintf(template, open)), []string{"host-port Rollout spec.template.spec.containers[0].ports[0].hostPort   app=relay"}},
		"a CronJob's hostPort":        {workload("batch/v1", "CronJob", "{jobTemplate: {spec: "+fmt.Sprintf(template, open)+"}}"), []string{"host-port CronJob spec.jobTemplate.spec.template.spec.containers[0].ports[0].hostPort   app=relay"}},
		"a sidecar's hostPort":        {workload("v1", "Pod", "{containers: [{name: c}], initContainers: [{name: s, restartPolicy: Always, ports: [{hostPort: 1, containerPort: 1}]}]}"), []string{"host-port Pod spec.initContainers[0].ports[0].hostPort   app=relay"}},
		"an Ingress": {
			service("") + workload("networking.k8s.io/v1", "Ingress", "{rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: relay, port: {number: 443}}}}]}}]}"),
			[]string{"ingress Ingress spec.rules[0].http.paths[0].backend relay app=relay "},
		},
		"an Ingress with a default only": {
			service("") + workload("networking.k8s.io/v1", "Ingress", "{defaultBackend: {service: {name: relay, port: {number: 443}}}}"),
			[]string{"ingress Ingress spec.defaultBackend relay app=relay "},
		},
		"an old Ingress": {
			service("") + workload("extensions/v1beta1", "Ingress", "{backend: {serviceName: relay, servicePort: 443}}"),
			[]string{"ingress Ingress spec.backend relay app=relay "},
		},
		"an EndpointSlice": {
			service("") + "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: x, namespace: relay, labels: {kubernetes.io/service-name: relay}}\naddressType: IPv4\nendpoints: [{addresses: [10.0.0.1]}]\n",
			[]string{"endpoints EndpointSlice endpoints relay app=relay "},
		},
		"Endpoints": {
			service("") + "apiVersion: v1\nkind: Endpoints\nmetadata: {name: relay, namespace: relay}\nsubsets: []\n",
			[]string{"endpoints Endpoints subsets relay app=relay "},
		},
		"an AWS target group": {
			service("") + workload("elbv2.k8s.aws/v1beta1", "TargetGroupBinding", "{serviceRef: {name: relay, port: 443}}"),
			[]string{"load-balancer TargetGroupBinding spec.serviceRef relay app=relay "},
		},
	} {
		var got []string
		for _, w := range kubernetes.Read(controller.Cluster{}, objecttest.Set(t, c.objects)).Ways {
			got = append(got, strings.Join([]string{w.Via, w.Subject.Kind, w.By.Field, w.Service.Name, posture.Text(w.Selector), posture.Text(w.Pods)}, " "))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestSecrets(t *testing.T) {
	body := strings.Repeat("QUJDREVGR0hJSktMTU5P", 4)
	key := "-----BEGIN " + "PRIVATE KEY-----\n" + body + "\n-----END " + "PRIVATE KEY-----\n"
	encrypted := strings.Replace(key, "BEGIN ", "BEGIN RSA ", 1)
	encrypted = strings.Replace(encrypted, "-----\n", "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n", 1)
	cert := "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n"
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	secret := func(part, name, value string) string {
		return fmt.Sprintf("apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: relay}\n%s: {%s: %q}\n", part, name, value)
	}
	config := func(value string) string {
		return fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: relay}\ndata: {file: %q}\n", value)
	}
	for name, c := range map[string]struct {
		objects string
		want    []string
	}{
		"a key of a TLS Secret":            {secret("data", "tls.key", b64(key)), []string{`data["tls.key"] a private key is in Git`}},
		"a password":                       {secret("stringData", "password", "hunter2"), []string{"stringData.password a value of a Secret is in Git"}},
		"a password in base64":             {secret("data", "password", b64("hunter2")), []string{"data.password a value of a Secret is in Git"}},
		"data that is no base64":           {secret("data", "password", "%%%"), []string{"data.password a value of a Secret is in Git"}},
		"a CA":                             {secret("data", "ca.crt", b64(cert+cert)), nil},
		"a certificate with its key":       {secret("stringData", "all.pem", cert+key), []string{`stringData["all.pem"] a private key is in Git`}},
		"a value that SOPS encrypted":      {secret("data", "password", "ENC[AES256_GCM,data:abc,type:str]"), nil},
		"sops metadata on a plain value":   {secret("stringData", "password", "hunter2") + "sops: {mac: x}\n", []string{"stringData.password a value of a Secret is in Git"}},
		"a variable":                       {secret("stringData", "password", "${password}"), nil},
		"a variable with a default":        {secret("stringData", "password", "x${password}"), []string{"stringData.password a value of a Secret is in Git"}},
		"a reference of 1Password":         {secret("stringData", "password", "op://Automation/1password connect/token"), nil},
		"a reference of the Vault plugin":  {secret("stringData", "password", "<path:secret/data/db#password>"), nil},
		"a reference of vals":              {secret("stringData", "password", "ref+vault://db/password"), nil},
		"an empty value":                   {secret("data", "password", ""), nil},
		"a key in a ConfigMap":             {config("x: |\n" + key), []string{"data.file a private key is in Git"}},
		"a key folded into a line":         {config(strings.ReplaceAll(key, "\n", " ")), []string{"data.file a private key is in Git"}},
		"a key in short lines":             {config(strings.Replace(key, body, body[:20]+"\n"+body[20:40]+"\n"+body[40:60], 1)), []string{"data.file a private key is in Git"}},
		"a key with a passphrase":          {config(encrypted), []string{"data.file a private key is in Git"}},
		"a key in base64":                  {config(b64(key)), []string{"data.file a private key is in Git"}},
		"a key in base64 within JSON":      {config(`{"key":"` + b64(key) + `"}`), []string{"data.file a private key is in Git"}},
		"a key in base64 twice":            {config(b64(b64(key))), []string{"data.file a private key is in Git"}},
		"documentation that mentions keys": {config("the file starts with -----BEGIN " + "PRIVATE KEY----- and must never be committed to a repository"), nil},
		"an annotation": {
			fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, annotations: {example.com/key: %q}}\n", key),
			[]string{`metadata.annotations["example.com/key"] a private key is in Git`},
		},
	} {
		var got []string
		for _, s := range kubernetes.Read(controller.Cluster{}, objecttest.Set(t, c.objects)).Secrets {
			got = append(got, s.By.Field+" "+s.Why)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestDirect(t *testing.T) {
	consumer := controller.Consumer{
		Name: "orders", Namespace: "orders", Via: "direct", Pods: map[string]string{"app": "orders"},
		Certificate: controller.Certificate{Secret: "orders-client-tls", Namespace: "orders", Client: true, URIs: []string{"spiffe://x/orders"}, CertManager: &controller.IssuerRef{Kind: "ClusterIssuer", Name: "corp"}},
		Destinations: []controller.Destination{
			{Exposure: "relay", Hostname: "relay.example.com", Port: 443, MinTLS: "1.3", TrustDomain: controller.TrustDomain{Name: "corp", ConfigMap: "corp-ca", SHA256: []string{"aa"}}},
		},
	}
	cluster := controller.Cluster{TrustDomains: []controller.TrustDomain{consumer.Destinations[0].TrustDomain}}
	written, err := kubernetes.WriteDirect(cluster, consumer)
	if err != nil {
		t.Fatal(err)
	}
	set := objecttest.Of(t, written)
	read := kubernetes.Read(cluster, set)
	if len(read.Exits) != 1 || len(read.Unknowns) != 0 {
		t.Fatalf("exits %+v, unknowns %+v", read.Exits, read.Unknowns)
	}
	e := read.Exits[0]
	got := []any{e.Subject, e.Host, e.Port, e.SNI, e.TLS.Value, e.MinTLS.Value, e.Certificate.Value, e.CA.Value[0].SHA256, e.CA.Value[0].TrustDomain, e.Names.Value, e.Users.Value.Pods, e.TLS.Enforcer, e.MinTLS.Enforcer}
	want := []any{
		posture.Subject{Kind: "Workload", Namespace: "orders", Name: "orders"}, "relay.example.com", 443, "relay.example.com", "tls", "1.3",
		"Secret orders/orders-client-tls", []string{"aa"}, "corp", []string{"relay.example.com"}, []string{"orders: app=orders"}, posture.ByWorkload, posture.ByWorkload,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var references []string
	for _, r := range read.References {
		references = append(references, r.To.Kind+" "+r.To.Name+" "+r.Resolved)
	}
	slices.Sort(references)
	if diff := cmp.Diff([]string{"ConfigMap corp-ca fleet", "Secret orders-client-tls maker"}, references); diff != "" {
		t.Error(diff)
	}

	for _, weak := range []struct{ field, value string }{{"url", "http://relay.example.com:443"}, {"url", "https://elsewhere.example.com:443"}} {
		objects := set.Find("", "ConfigMap", "orders", "orders-relay-endpoint")
		objects.Data["data"].(map[string]any)[weak.field] = weak.value
		if e := kubernetes.Direct(cluster, set)[0]; e.TLS.Value != posture.TLSNone {
			t.Errorf("%s %s: TLS %q, want none", weak.field, weak.value, e.TLS.Value)
		}
	}
}
