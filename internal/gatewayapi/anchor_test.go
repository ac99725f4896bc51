package gatewayapi_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/certtest"
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/object/objecttest"
)

func holder(kind, name, part, value string) string {
	return "apiVersion: v1\nkind: " + kind + "\nmetadata: {name: " + name + ", namespace: edge}\n" + part + ":\n  ca.crt: |\n    " + strings.ReplaceAll(strings.TrimSpace(value), "\n", "\n    ") + "\n---\n"
}

func TestAnchors(t *testing.T) {
	one, oneSum := certtest.Root(t, "one")
	two, twoSum := certtest.Root(t, "two")
	both := []string{oneSum, twoSum}
	slices.Sort(both)
	type anchor struct {
		Source, TrustDomain string
		SHA256              []string
		System              bool
	}
	domain := func(pem string, sums ...string) controller.Cluster {
		return controller.Cluster{TrustDomains: []controller.TrustDomain{{Name: "corp", ConfigMap: "ca", PEM: pem, SHA256: sums}}}
	}
	bundle := func(sources string) string {
		return "apiVersion: trust.cert-manager.io/v1alpha1\nkind: Bundle\nmetadata: {name: ca}\nspec: {target: {configMap: {key: ca.crt}}, sources: [" + sources + "]}\n---\n"
	}
	quoted := func(pem string) string { return `"` + strings.ReplaceAll(pem, "\n", `\n`) + `"` }
	cluster := func(spec string) string {
		return "apiVersion: trust-manager.io/v1alpha2\nkind: ClusterBundle\nmetadata: {name: ca}\nspec: {target: {configMap: {data: [{key: ca.crt}]}}, " + spec + "}\n---\n"
	}
	beyond := strings.Replace(bundle("{inLine: "+quoted(one)+"}"), "{configMap: {key: ca.crt}}", "{configMap: {key: ca.crt}, namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}", 1)
	sourced := strings.Replace(holder("ConfigMap", "root", "data", two), "namespace: edge", "namespace: cert-manager", 1)
	for name, c := range map[string]struct {
		cluster controller.Cluster
		objects string
		kind    string
		want    anchor
		usable  bool
		unknown []string
	}{
		"a ConfigMap in Git":                                   {controller.Cluster{}, holder("ConfigMap", "ca", "data", one+two), "ConfigMap", anchor{"git", "", both, false}, true, nil},
		"a Secret in Git":                                      {controller.Cluster{}, holder("Secret", "ca", "data", base64.StdEncoding.EncodeToString([]byte(one))), "Secret", anchor{"git", "", []string{oneSum}, false}, true, nil},
		"an encrypted Secret":                                  {controller.Cluster{}, holder("Secret", "ca", "data", "ENC[AES256_GCM,data:xyz]"), "Secret", anchor{"secret", "", nil, false}, true, nil},
		"a trust domain's roots":                               {domain(one, strings.ToUpper(oneSum)), holder("ConfigMap", "ca", "data", one), "ConfigMap", anchor{"git", "corp", []string{oneSum}, false}, true, nil},
		"a trust domain's and another":                         {domain(one, oneSum), holder("ConfigMap", "ca", "data", one+two), "ConfigMap", anchor{"git", "", both, false}, true, nil},
		"one of two roots while rotating":                      {domain("", oneSum, twoSum), holder("ConfigMap", "ca", "data", two), "ConfigMap", anchor{"git", "corp", []string{twoSum}, false}, true, nil},
		"a bundle that the fleet declares":                     {domain("", oneSum), "", "ConfigMap", anchor{"fleet", "corp", []string{oneSum}, false}, true, nil},
		"a ConfigMap that nothing makes":                       {controller.Cluster{}, "", "ConfigMap", anchor{"missing", "", nil, false}, false, nil},
		"a Secret that nothing makes":                          {controller.Cluster{}, "", "Secret", anchor{"secret", "", nil, false}, true, nil},
		"another key":                                          {controller.Cluster{}, strings.Replace(holder("ConfigMap", "ca", "data", one), "ca.crt", "root.pem", 1), "ConfigMap", anchor{"unknown", "", nil, false}, false, []string{"value ConfigMap data"}},
		"something else under the key":                         {controller.Cluster{}, holder("ConfigMap", "ca", "data", "hello"), "ConfigMap", anchor{"unknown", "", nil, false}, false, []string{`value ConfigMap data["ca.crt"]`}},
		"a broken certificate in front":                        {controller.Cluster{}, holder("ConfigMap", "ca", "data", strings.Replace(one, "END CERT", "END CART", 1)+two), "ConfigMap", anchor{"unknown", "", nil, false}, false, []string{`value ConfigMap data["ca.crt"]`}},
		"a kind that holds no roots":                           {controller.Cluster{}, "", "Service", anchor{"unknown", "", nil, false}, false, []string{"value Gateway spec.tls[0]"}},
		"a Bundle":                                             {controller.Cluster{}, bundle("{secret: {name: x, key: ca.crt}}"), "ConfigMap", anchor{"secret", "", nil, false}, true, nil},
		"a Bundle with its roots":                              {domain(one, oneSum), bundle("{inLine: " + `"` + strings.ReplaceAll(one, "\n", `\n`) + `"` + "}"), "ConfigMap", anchor{"git", "corp", []string{oneSum}, false}, true, nil},
		"a Bundle with another root beside a source elsewhere": {domain("", oneSum), bundle("{configMap: {name: x, key: ca.crt}}, {inLine: " + quoted(two) + "}"), "ConfigMap", anchor{"fleet", "", both, false}, true, nil},
		"a Bundle with a source in Git":                        {domain("", oneSum), bundle("{configMap: {name: root, key: ca.crt}}") + sourced, "ConfigMap", anchor{"git", "", []string{twoSum}, false}, true, nil},
		"a Bundle of a leaf's Secret":                          {domain("", oneSum), bundle("{secret: {name: leaf, key: ca.crt}}"), "ConfigMap", anchor{"secret", "", nil, false}, true, nil},
		"a Bundle of what is no certificate":                   {domain("", oneSum), bundle("{inLine: hello}"), "ConfigMap", anchor{"unknown", "", nil, false}, false, []string{"value Bundle spec.sources[0].inLine"}},
		"a Bundle of nothing":                                  {domain("", oneSum), bundle(""), "ConfigMap", anchor{"missing", "", nil, false}, false, nil},
		"a Bundle beside a ConfigMap":                          {domain("", oneSum), bundle("{inLine: "+quoted(two)+"}") + holder("ConfigMap", "ca", "data", one), "ConfigMap", anchor{"git", "", both, false}, true, []string{"value Bundle spec.target"}},
		"a Bundle for another namespace":                       {domain("", oneSum), beyond, "ConfigMap", anchor{"missing", "", nil, false}, false, nil},
		"a Bundle under another key":                           {controller.Cluster{}, strings.Replace(bundle("{inLine: "+quoted(one)+"}"), "key: ca.crt}}", "key: root.pem}}", 1), "ConfigMap", anchor{"missing", "", nil, false}, false, nil},
		"a ClusterBundle":                                      {domain("", oneSum), cluster("inLineCAs: " + quoted(one) + ", defaultCAs: {provider: Disabled}"), "ConfigMap", anchor{"git", "corp", []string{oneSum}, false}, true, nil},
		"a ClusterBundle with every public CA":                 {domain("", oneSum), cluster("inLineCAs: " + quoted(one) + ", defaultCAs: {provider: System}"), "ConfigMap", anchor{"git", "corp", []string{oneSum}, true}, true, nil},
		"a Bundle with every public CA":                        {domain("", oneSum), bundle("{useDefaultCAs: true}"), "ConfigMap", anchor{"fleet", "corp", []string{oneSum}, true}, true, nil},
	} {
		w := gatewayapi.Load(c.cluster, profile, objecttest.Set(t, gateway(https, "")+c.objects))
		anchors, usable := w.Anchors(w.Gateways[0].Object, "edge", "spec.tls", []gatewayv1.ObjectReference{{Kind: gatewayv1.Kind(c.kind), Name: "ca"}}, "closed")
		if len(anchors) != 1 {
			t.Errorf("%s: %d anchors", name, len(anchors))
			continue
		}
		got := anchor{anchors[0].Source, anchors[0].TrustDomain, anchors[0].SHA256, anchors[0].System}
		if diff := cmp.Diff(c.want, got); diff != "" || usable != c.usable {
			t.Errorf("%s: usable %v, want %v; %s", name, usable, c.usable, diff)
		}
		if diff := cmp.Diff(c.unknown, unknowns(w)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAnchorOfAnotherNamespaceNeedsAGrant(t *testing.T) {
	one, _ := certtest.Root(t, "one")
	foreign := strings.Replace(holder("ConfigMap", "ca", "data", one), "namespace: edge", "namespace: pki", 1)
	grant := "apiVersion: gateway.networking.k8s.io/v1\nkind: ReferenceGrant\nmetadata: {name: g, namespace: pki}\nspec: {from: [{group: gateway.networking.k8s.io, kind: Gateway, namespace: edge}], to: [{group: \"\", kind: ConfigMap, name: ca}]}\n"
	pki := gatewayv1.Namespace("pki")
	for objects, want := range map[string]bool{foreign: false, foreign + grant: true} {
		w := load(t, gateway(https, "")+objects)
		anchors, usable := w.Anchors(w.Gateways[0].Object, "edge", "spec.tls", []gatewayv1.ObjectReference{{Kind: "ConfigMap", Name: "ca", Namespace: &pki}}, "closed")
		if usable != want || (len(anchors[0].SHA256) == 1) != want {
			t.Errorf("usable %v, want %v: %+v", usable, want, anchors)
		}
	}
}

func TestResolve(t *testing.T) {
	const secret = "cert"
	provided := controller.Cluster{Provided: []controller.Provided{{Kind: "Secret", Namespace: "edge", Name: secret}}}
	for name, c := range map[string]struct {
		cluster   controller.Cluster
		objects   string
		onMissing string
		want      string
		assumes   int
	}{
		"an object":                     {controller.Cluster{}, "apiVersion: v1\nkind: Secret\nmetadata: {name: cert, namespace: edge}", "closed", "object", 0},
		"a Certificate":                 {controller.Cluster{}, "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: x, namespace: edge}\nspec: {secretName: cert}", "closed", "maker", 0},
		"a Certificate elsewhere":       {controller.Cluster{}, "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: x, namespace: shop}\nspec: {secretName: cert}", "closed", "", 1},
		"an ExternalSecret":             {controller.Cluster{}, "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: cert, namespace: edge}\nspec: {}", "closed", "maker", 0},
		"an ExternalSecret with a name": {controller.Cluster{}, "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: x, namespace: edge}\nspec: {target: {name: cert}}", "closed", "maker", 0},
		"an ExternalSecret that waits":  {controller.Cluster{}, "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: cert, namespace: edge}\nspec: {target: {creationPolicy: None}}", "closed", "", 1},
		"a SealedSecret":                {controller.Cluster{}, "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: cert, namespace: edge}", "closed", "maker", 0},
		"a SecretProviderClass":         {controller.Cluster{}, "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nmetadata: {name: x, namespace: edge}\nspec: {secretObjects: [{secretName: cert}]}", "closed", "maker", 1},
		"the fleet":                     {provided, "", "closed", "fleet", 0},
		"nothing, and it fails closed":  {controller.Cluster{}, "", "closed", "", 1},
		"nothing, and it fails open":    {controller.Cluster{}, "", "open", "", 0},
	} {
		w := gatewayapi.Load(c.cluster, profile, objecttest.Set(t, gateway(https, "")+c.objects))
		owner := w.Gateways[0].Object
		id := object.ID{Kind: "Secret", Namespace: "edge", Name: secret}
		got := w.Resolve(owner, "spec.listeners[0].tls.certificateRefs[0]", id, c.onMissing)
		w.Resolve(owner, "spec.listeners[0].tls.certificateRefs[0]", id, c.onMissing)
		if got.Resolved != c.want || len(w.Posture.Assumptions) != c.assumes || len(w.Posture.References) != 1 || !got.Granted {
			t.Errorf("%s: resolved %q, want %q; assumptions %v; references %v", name, got.Resolved, c.want, w.Posture.Assumptions, w.Posture.References)
		}
	}
}

func TestBackendTLSPolicies(t *testing.T) {
	policy := func(name, namespace, target string) string {
		return "apiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy\nmetadata: {name: " + name + ", namespace: " + namespace + "}\nspec: {targetRefs: [" + target + "], validation: {hostname: relay.example.com, wellKnownCACertificates: System}}\n---\n"
	}
	const whole, section = `{group: "", kind: Service, name: relay}`, `{group: "", kind: Service, name: relay, sectionName: https}`
	const service = "apiVersion: v1\nkind: Service\nmetadata: {name: relay, namespace: relay}\n---\n"
	w := load(t, service+policy("b", "relay", whole)+policy("a", "relay", whole)+policy("z", "relay", section)+policy("y", "relay", strings.Replace(section, "https", "admin", 1))+
		policy("x", "shop", whole)+policy("w", "relay", strings.Replace(whole, "name: relay", "name: other", 1))+policy("v", "relay", whole+", "+section))
	var got []string
	policies := w.BackendTLSPolicies("relay", "relay", "", "Service", "https")
	for _, p := range policies {
		got = append(got, p.Object.Name+" "+p.Field())
	}
	if diff := cmp.Diff([]string{"v spec.targetRefs[1]", "z spec.targetRefs[0]", "a spec.targetRefs[0]", "b spec.targetRefs[0]"}, got); diff != "" {
		t.Error(diff)
	}
	if rivals := gatewayapi.Rivals(policies); len(rivals) != 2 {
		t.Errorf("%d rivals, want the 2 that name the port", len(rivals))
	}
	if unnamed := w.BackendTLSPolicies("relay", "relay", "", "Service", ""); len(unnamed) != 3 || len(w.Posture.Assumptions) != 0 {
		t.Errorf("a port without a name has %d policies, want the 3 for all ports; assumptions %v", len(unnamed), w.Posture.Assumptions)
	}
	unseen := load(t, policy("z", "relay", section))
	if found := unseen.BackendTLSPolicies("relay", "relay", "", "Service", unseen.PortName("relay", "relay", 8443)); len(found) != 0 {
		t.Errorf("a port whose name nobody knows has %d policies, want none", len(found))
	}
	unseen.Cluster.ServicePorts = []controller.ServicePort{{Namespace: "relay", Service: "relay", Port: 8443, Name: "https"}}
	if found := unseen.BackendTLSPolicies("relay", "relay", "", "Service", unseen.PortName("relay", "relay", 8443)); len(found) != 1 {
		t.Errorf("a port that the fleet names has %d policies, want the one that names it", len(found))
	}
	if none := w.BackendTLSPolicies("relay", "nothing", "", "Service", ""); len(gatewayapi.Rivals(none)) != 0 {
		t.Errorf("a Service without policies has %v", none)
	}
}

func TestUnseenGateways(t *testing.T) {
	const service = "apiVersion: v1\nkind: Service\nmetadata: {name: relay, namespace: shop}\nspec: {selector: {app: relay}}\n---\n"
	rules := ", rules: [{backendRefs: [{name: relay, port: 80}, {name: relay, port: 81}]}]"
	set := objecttest.Set(t, gateway(https, "")+service+
		route("HTTPRoute", "shop", "seen", "parentRefs: [{name: edge, namespace: edge}]"+rules)+
		route("HTTPRoute", "shop", "unseen", "parentRefs: [{name: web, namespace: edge}]"+rules)+
		route("HTTPRoute", "shop", "mesh", `parentRefs: [{group: "", kind: Service, name: web}]`+rules))
	ways := gatewayapi.UnseenGateways(set)
	if len(ways) != 1 || ways[0].Subject.Name != "unseen" || ways[0].Service.Name != "relay" || ways[0].Selector["app"] != "relay" {
		t.Errorf("ways %+v", ways)
	}
}
