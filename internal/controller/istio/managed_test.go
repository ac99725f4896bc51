package istio

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// addon is a safe provider behind the add-on of AKS, with the configuration of its revision in Git.
const addon = `
apiVersion: v1
kind: ConfigMap
metadata: {name: istio-shared-configmap-asm-1-30, namespace: aks-istio-system}
data: {mesh: "tlsDefaults: {minProtocolVersion: TLSV1_3}"}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: edge, labels: {}}
spec:
  gatewayClassName: istio
  listeners:
  - name: relay
    port: 443
    protocol: HTTPS
    hostname: relay.example.com
    tls:
      certificateRefs: [{name: relay-tls}]
      options: {gateway.istio.io/tls-terminate-mode: MUTUAL}
`

// sharedMesh is the configuration of another revision.
func sharedMesh(revision, version string) string {
	return "\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-shared-configmap-" + revision + ", namespace: aks-istio-system}\ndata: {mesh: \"tlsDefaults: {minProtocolVersion: " + version + "}\"}\n"
}

func floorBy(t *testing.T, p posture.Posture) string { return fact(entry(t, p, "relay").MinTLS) }

// TestRevisions: each revision of the add-on reads a ConfigMap of its own, and an upgrade to one without loses the floor (G9).
func TestRevisions(t *testing.T) {
	on := func(rev string) []string { return []string{"labels: {}", "labels: {istio.io/rev: " + rev + "}"} }
	tag := "\n---\napiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: tag, labels: {istio.io/tag: prod, istio.io/rev: asm-1-30}}\n"
	for _, tt := range []struct {
		name, base string
		edit       []string
		declared   string // what the fleet says of the floor
		want       string
	}{
		{"its own", addon, more("---"), "", "1.3 by ConfigMap data.mesh"},
		{"its own, by label", addon, on("asm-1-30"), "", "1.3 by ConfigMap data.mesh"},
		{"U097 a revision without one", addon, on("asm-1-31"), "", `1.2 by Gateway metadata.labels["istio.io/rev"]`},
		{"U097 whatever the fleet says of the other", addon, on("asm-1-31"), "1.3", `1.2 by Gateway metadata.labels["istio.io/rev"]`},
		{"S037 a revision with the same", addon + sharedMesh("asm-1-31", "TLSV1_3"), on("asm-1-31"), "", "1.3 by ConfigMap data.mesh"},
		{"a revision with a weaker one", addon + sharedMesh("asm-1-31", "TLSV1_2"), on("asm-1-31"), "", "1.2 by ConfigMap data.mesh"},
		{"the higher takes a Gateway without label", addon + sharedMesh("asm-1-31", "TLSV1_2"), more("---"), "", "1.2 by ConfigMap data.mesh"},
		{"the lower does not", addon + sharedMesh("asm-1-29", "TLSV1_2"), more("---"), "", "1.3 by ConfigMap data.mesh"},
		{"only another revision's", strings.Replace(addon, "configmap-asm-1-30", "configmap-asm-1-29", 1), more("---"), "1.3", "1.2 by Gateway spec.gatewayClassName"},
		{"a tag", addon + tag, on("prod"), "", "1.3 by ConfigMap data.mesh"},
		{"a tag that nothing resolves", addon, on("prod"), "", `1.2 by Gateway metadata.labels["istio.io/rev"]`},
		{"nothing in Git, the fleet says", strings.Replace(addon, "kind: ConfigMap", "kind: Secret", 1), more("---"), "1.3", "1.3 by Gateway spec.gatewayClassName"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := cluster(aksAddon, "asm-1-30", "1.4")
			c.Controller.MinTLS = tt.declared
			if got := floorBy(t, readEdited(t, tt.base, tt.edit, c)); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestManaged: what AKS refuses, adds and leaves out.
func TestManaged(t *testing.T) {
	const (
		vault = "kubernetes.azure.com/tls-cert-keyvault-uri: \"https://v.vault.azure.net/certificates/c\", kubernetes.azure.com/tls-cert-service-account: certs, "
		class = "gatewayClassName: approuting-istio"
	)
	routing := strings.Replace(addon, "gatewayClassName: istio", class, 1)
	noRefs := strings.Replace(addon, "      certificateRefs: [{name: relay-tls}]\n", "", 1)
	object := func(apiVersion, kind, spec string) []string {
		return more("apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata: {name: x, namespace: edge}\nspec: " + spec + "\n")
	}
	ca := func(t *testing.T, p posture.Posture) string { return entry(t, p, "relay").ClientCA.Value[0].Ref.Name }
	assumed := func(_ *testing.T, p posture.Posture) string {
		for _, a := range p.Assumptions {
			if strings.Contains(a.Text, "kv-gw-cert-edge-relay") {
				return a.By.Field
			}
		}
		return ""
	}
	for _, tt := range []struct {
		name, distribution, base string
		edit                     []string
		look                     func(*testing.T, posture.Posture) string
		want                     string
	}{
		{"application routing has no floor", approuting, routing, more("---"), floorBy, "1.2 by Gateway spec.gatewayClassName"},
		{"nor does its class elsewhere", "upstream", routing, more("---"), floorBy, "1.2 by Gateway spec.gatewayClassName"},
		{"none of Istio's kinds", approuting, routing, object("security.istio.io/v1", "AuthorizationPolicy", "{action: ALLOW, rules: [{from: [{source: {principals: [a/ns/b/sa/c]}}]}]}"), unknowns, "kind AuthorizationPolicy kind"},
		{"so that they protect nothing", approuting, routing, object("security.istio.io/v1", "AuthorizationPolicy", "{action: ALLOW, rules: [{from: [{source: {principals: [a/ns/b/sa/c]}}]}]}"), func(t *testing.T, p posture.Posture) string {
			return map[bool]string{true: "everybody"}[entry(t, p, "relay").Identities.Value.Everybody]
		}, "everybody"},
		{"the add-on refuses ProxyConfig", aksAddon, addon, object("networking.istio.io/v1beta1", "ProxyConfig", "{environmentVariables: {A: b}}"), unknowns, "kind ProxyConfig kind"},
		{"and WorkloadEntry", aksAddon, addon, object("networking.istio.io/v1", "WorkloadEntry", "{address: 1.2.3.4}"), unknowns, "kind WorkloadEntry kind"},
		{"and WasmPlugin, which then runs nowhere", aksAddon, addon, object("extensions.istio.io/v1alpha1", "WasmPlugin", "{url: x}"), hatches, ""},
		{"but no EnvoyFilter", aksAddon, addon, object("networking.istio.io/v1alpha3", "EnvoyFilter", "{configPatches: []}"), hatches, "EnvoyFilter x"},
		{"an add-on of another controller refuses nothing", "", addon, object("networking.istio.io/v1beta1", "ProxyConfig", "{concurrency: 2}"), unknowns, ""},

		{"Key Vault makes the certificate", aksAddon, noRefs, []string{"options: {", "options: {" + vault}, unknowns, ""},
		{"as a Secret of its own", aksAddon, noRefs, []string{"options: {", "options: {" + vault}, assumed, `spec.listeners[0].tls.options["kubernetes.azure.com/tls-cert-keyvault-uri"]`},
		{"whose CA is beside it", aksAddon, noRefs, []string{"options: {", "options: {" + vault}, ca, "kv-gw-cert-edge-relay"},
		{"application routing too", approuting, strings.Replace(noRefs, "gatewayClassName: istio", class, 1), []string{"options: {", "options: {" + vault}, unknowns, ""},
		{"upstream ignores the option", "upstream", noRefs, []string{"options: {", "options: {" + vault}, unknowns, `field Gateway spec.listeners[0].tls.options["kubernetes.azure.com/tls-cert-keyvault-uri"], value Gateway spec.listeners[0].tls`},
		{"one option alone does nothing", aksAddon, noRefs, []string{"options: {", "options: {kubernetes.azure.com/tls-cert-service-account: certs, "}, unknowns, "value Gateway spec.listeners[0].tls.options, value Gateway spec.listeners[0].tls"},
		{"nothing makes the certificate", aksAddon, noRefs, more("---"), unknowns, "value Gateway spec.listeners[0].tls"},
		{"the managed CRDs drop spec.tls", aksAddon, addon, []string{"  listeners:\n", "  tls: {frontend: {default: {validation: {caCertificateRefs: [{group: \"\", kind: ConfigMap, name: corp-ca}]}}}}\n  listeners:\n"}, unknowns, "newer-field Gateway spec.tls"},
		{"and the option holds", aksAddon, addon, []string{"  listeners:\n", "  tls: {frontend: {default: {validation: {caCertificateRefs: [{group: \"\", kind: ConfigMap, name: corp-ca}]}}}}\n  listeners:\n"}, clientOf("relay"), "required by Gateway spec.listeners[0].tls.options" + option},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := cluster(tt.distribution, "asm-1-30", "1.4")
			if tt.distribution == "" {
				c.Controller.Name, c.Controller.Distribution = "agc", aksAddon
			}
			c.Controller.MinTLS = ""
			if got := tt.look(t, readEdited(t, tt.base, tt.edit, c)); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestApplicationRouting: everything is refused but pods that call directly, with what works.
func TestApplicationRouting(t *testing.T) {
	for _, id := range controller.AbilityIDs() {
		a, ok := profile().Ability(id, approuting, "1.30")
		if ok != (id == controller.ExitDirect) || !ok && (a.Instead == "" || a.How == "" || a.Source == "") {
			t.Errorf("%s: %v, %+v", id, ok, a)
		}
	}
	c := cluster(approuting, "1.30", "1.5")
	consumer := consumerIntent("orders", "relay")
	consumer.Via = "direct"
	if written, err := New().WriteConsumer(c, consumer); err != nil || len(written) == 0 {
		t.Errorf("%v, %v", written, err)
	}
	consumer.Via = "gateway"
	if _, err := New().WriteConsumer(c, consumer); err == nil {
		t.Error("an egress gateway is written where there is none")
	}
}

// TestPrerequisites: what Git shows of the floor, and what the managed Istio of AKS needs beside.
func TestPrerequisites(t *testing.T) {
	look := func(text string) posture.Prerequisite {
		for _, p := range profile().Prerequisites {
			if p.ID == "mesh-floor" {
				return p.Look(cluster(aksAddon, "asm-1-30", "1.5"), objecttest.Set(t, text))
			}
		}
		return posture.Prerequisite{}
	}
	for name, c := range map[string]struct{ text, state, by string }{
		"met":                      {addon, posture.PrerequisiteMet, "istio-shared-configmap-asm-1-30"},
		"violated by one revision": {addon + sharedMesh("asm-1-31", "TLSV1_2"), posture.PrerequisiteViolated, "istio-shared-configmap-asm-1-31"},
		"unseen":                   {"", posture.PrerequisiteUnseen, ""},
	} {
		if got := look(c.text); got.State != c.state || got.By.Name != c.by || got.Why == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for _, p := range profile().Prerequisites {
		if p.Text == "" || p.How == "" || p.Source == "" {
			t.Errorf("%s says too little: %+v", p.ID, p)
		}
		if managed := p.ID == "managed-gateway-api"; managed && (p.Needed("upstream", "1.31", nil) || !p.Needed(aksAddon, "asm-1-30", nil)) {
			t.Errorf("%s is needed elsewhere", p.ID)
		}
	}
}
