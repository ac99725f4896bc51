package istio

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// provider is a safe provider with a mesh configuration in Git; consumer a safe egress gateway. Variants replace text in them.
const provider = `
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    tlsDefaults: {minProtocolVersion: TLSV1_3}
    meshMTLS: {minProtocolVersion: TLSV1_3}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: edge}
spec:
  gatewayClassName: istio
  allowedListeners: {namespaces: {from: All}}
  tls:
    frontend:
      default:
        validation:
          caCertificateRefs: [{group: "", kind: ConfigMap, name: corp-ca}]
  listeners:
  - name: relay
    port: 443
    protocol: HTTPS
    hostname: relay.example.com
    tls:
      certificateRefs: [{name: relay-tls}]
      #options
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: edge, namespace: edge}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]
  action: ALLOW
  rules:
  - from: [{source: {principals: [corp.example.com/ns/orders/sa/orders]}}]
    to: [{operation: {hosts: [relay.example.com, "relay.example.com:*"]}}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: relay, namespace: edge}
spec:
  parentRefs: [{name: edge, sectionName: relay}]
  rules: [{backendRefs: [{name: relay, port: 8443}]}]
---
apiVersion: v1
kind: Service
metadata: {name: relay, namespace: edge}
spec: {selector: {app: relay}, ports: [{name: https, port: 8443}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: {name: relay, namespace: edge, annotations: {}}
spec:
  targetRefs: [{group: "", kind: Service, name: relay}]
  validation:
    hostname: relay.corp.internal
    caCertificateRefs: [{group: "", kind: ConfigMap, name: corp-ca}]
    subjectAltNames: [{type: Hostname, hostname: relay.corp.internal}]
`

const consumer = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: out, namespace: orders, annotations: {networking.istio.io/service-type: ClusterIP}}
spec:
  gatewayClassName: istio
  listeners:
  - name: relay
    port: 443
    protocol: HTTPS
    hostname: relay.orders.svc.cluster.local
    tls: {options: {gateway.istio.io/tls-terminate-mode: ISTIO_MUTUAL}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: out, namespace: orders}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: out}]
  rules: [{from: [{source: {principals: [cluster.local/ns/orders/sa/orders]}}]}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: relay, namespace: orders}
spec:
  parentRefs: [{name: out, sectionName: relay}]
  rules: [{backendRefs: [{group: networking.istio.io, kind: Hostname, name: relay.example.com, port: 443}]}]
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: relay, namespace: orders}
spec:
  hosts: [relay.example.com]
  exportTo: ["."]
  location: MESH_EXTERNAL
  resolution: DNS
  ports: [{number: 443, name: https, protocol: HTTPS}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: relay, namespace: orders}
spec:
  host: relay.example.com
  exportTo: ["."]
  workloadSelector: {matchLabels: {gateway.networking.k8s.io/gateway-name: out}}
  trafficPolicy:
    tls: {mode: MUTUAL, credentialName: client, sni: relay.example.com, subjectAltNames: [relay.example.com]}
    #ports
  #subsets
`

// more appends an object.
func more(yaml string) []string { return []string{"", "\n---\n" + yaml} }

func listenerSet(options, extra string) []string {
	return more(`
apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: {name: tenant, namespace: tenant}
spec:
  parentRef: {name: edge, namespace: edge}
  listeners:
  - name: tenant
    port: 443
    protocol: HTTPS
    hostname: tenant.example.com
    tls: {certificateRefs: [{name: tenant-tls}]` + options + `}
` + extra)
}

func readEdited(t *testing.T, base string, edit []string, c controller.Cluster) posture.Posture {
	t.Helper()
	text := base
	if edit[0] == "" {
		text += edit[1]
	} else {
		if !strings.Contains(base, edit[0]) {
			t.Fatalf("the base does not hold %q", edit[0])
		}
		text = strings.Replace(base, edit[0], edit[1], 1)
	}
	return New().Read(c, objecttest.Set(t, text))
}

func fact(s posture.Setting[string]) string {
	return fmt.Sprintf("%s by %s %s", s.Value, s.By.Kind, s.By.Field)
}

// What the variants look at.
func clientOf(name string) func(*testing.T, posture.Posture) string {
	return func(t *testing.T, p posture.Posture) string { return fact(entry(t, p, name).ClientAuth) }
}

func floor(t *testing.T, p posture.Posture) string { return entry(t, p, "relay").MinTLS.Value }
func served(t *testing.T, p posture.Posture) string {
	return fmt.Sprint(entry(t, p, "relay").Served.Value)
}

func who(t *testing.T, p posture.Posture) string {
	ids := entry(t, p, "relay").Identities
	out := []string{}
	for _, id := range ids.Value.Accepted {
		out = append(out, id.Match+" "+id.Value)
	}
	if ids.Value.Everybody {
		out = append(out, "everybody")
	}
	return strings.Join(out, ", ") + " by " + ids.By.Kind + " " + ids.By.Field
}

func hopOf(t *testing.T, p posture.Posture) string {
	b := entry(t, p, "relay").Routes[0].Backends[0]
	ca := "none"
	if len(b.CA.Value) > 0 {
		ca = b.CA.Value[0].Source
		if b.CA.Value[0].System {
			ca = "system"
		}
	}
	return fmt.Sprintf("%s ca=%s name=%s", fact(b.TLS), ca, b.Name.Value)
}

func exitOf(t *testing.T, p posture.Posture) string {
	for _, x := range p.Exits {
		if x.Gateway.Name == "out" {
			ca := "none"
			if len(x.CA.Value) > 0 {
				ca = "secret"
				if x.CA.Value[0].System {
					ca = "system"
				}
			}
			return fmt.Sprintf("%s cert=%s ca=%s names=%v", fact(x.TLS), x.Certificate.Value, ca, x.Names.Value)
		}
	}
	return "no exit"
}

func usersOf(t *testing.T, p posture.Posture) string {
	for _, x := range p.Exits {
		if x.Gateway.Name == "out" {
			return fmt.Sprintf("%v %v %v", x.Users.Value.Everybody, x.Users.Value.Principals, x.Users.Enforcer)
		}
	}
	return "no exit"
}

func unknowns(t *testing.T, p posture.Posture) string {
	out := []string{}
	for _, u := range p.Unknowns {
		out = append(out, u.Rule+" "+u.By.Kind+" "+u.By.Field)
	}
	return strings.Join(out, ", ")
}

func hatches(t *testing.T, p posture.Posture) string {
	out := []string{}
	for _, h := range p.Hatches {
		out = append(out, h.Subject.Kind+" "+h.Subject.Name)
	}
	return strings.Join(out, ", ")
}

const (
	safeClient = "required by Gateway spec.tls.frontend.default.validation"
	safeWho    = "exact " + ordersURI + " by AuthorizationPolicy spec.rules[0].from"
	safeHop    = "tls by BackendTLSPolicy spec.targetRefs[0] ca=fleet name=relay.corp.internal"
	safeExit   = "tls by DestinationRule spec.trafficPolicy.tls.mode cert=Secret orders/client ca=secret names=[relay.example.com]"
	option     = `["gateway.istio.io/tls-terminate-mode"]`
	strictHop  = "mesh by PeerAuthentication spec.mtls.mode ca=secret name=the identities of the Service's pods"
)

func mode(value string) []string {
	return []string{"#options", "options: {gateway.istio.io/tls-terminate-mode: " + value + "}"}
}

func peer(name, spec string) string {
	return "\n---\napiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: " + name + ", namespace: edge}\nspec: " + spec + "\n"
}

// noPolicy takes the BackendTLSPolicy away and adds what follows: the hop is the mesh's.
func noPolicy(yaml string) []string {
	return []string{provider[strings.Index(provider, "---\napiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy"):], yaml}
}

func TestVariants(t *testing.T) {
	destination := func(name, namespace, spec string) []string {
		return more("apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: " + name + ", namespace: " + namespace + "}\nspec: " + spec + "\n")
	}
	allow := func(name, namespace, spec string) []string {
		return more("apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: " + name + ", namespace: " + namespace + "}\nspec: " + spec + "\n")
	}
	for _, tt := range []struct {
		name string
		base string
		edit []string
		look func(*testing.T, posture.Posture) string
		want string
	}{
		{"safe client", provider, more("---"), clientOf("relay"), safeClient},
		{"safe floor", provider, more("---"), floor, "1.3"},
		{"safe identities", provider, more("---"), who, safeWho},
		{"safe hop", provider, more("---"), hopOf, safeHop},
		{"safe provider is understood", provider, more("---"), unknowns, ""},
		{"safe exit", consumer, more("---"), exitOf, safeExit},
		{"safe users", consumer, more("---"), usersOf, "false [cluster.local/ns/orders/sa/orders] mesh"},
		{"safe consumer is understood", consumer, more("---"), unknowns, ""},

		{"U088 OPTIONAL_MUTUAL", provider, mode("OPTIONAL_MUTUAL"), clientOf("relay"), "optional by Gateway spec.listeners[0].tls.options" + option},
		{"U089 ISTIO_SIMPLE", provider, mode("ISTIO_SIMPLE"), clientOf("relay"), "none by Gateway spec.listeners[0].tls.options" + option},
		{"U090 U256 ISTIO_MUTUAL", provider, mode("ISTIO_MUTUAL"), func(t *testing.T, p posture.Posture) string {
			return entry(t, p, "relay").ClientCA.Value[0].Ref.Name
		}, "istio-ca-root-cert"},
		{"U256 ISTIO_MUTUAL has no floor", provider, mode("ISTIO_MUTUAL"), floor, "1.2"},
		{"MUTUAL beside the field", provider, mode("MUTUAL"), clientOf("relay"), safeClient},
		{"U254 wrong case", provider, mode("Mutual"), unknowns, "value Gateway spec.listeners[0].tls.options" + option},
		{"U091 AllowInsecureFallback", provider, []string{"validation:\n", "validation:\n          mode: AllowInsecureFallback\n"}, clientOf("relay"), "none by Gateway spec.tls.frontend.default.validation.mode"},
		{"U092 perPort without validation", provider, []string{"    frontend:\n", "    frontend:\n      perPort: [{port: 443, tls: {}}]\n"}, clientOf("relay"), "none by Gateway spec.tls.frontend.perPort[0].tls"},
		{"perPort of another port", provider, []string{"    frontend:\n", "    frontend:\n      perPort: [{port: 8443, tls: {}}]\n"}, clientOf("relay"), safeClient},
		{"U093 no CA reference", provider, []string{`caCertificateRefs: [{group: "", kind: ConfigMap, name: corp-ca}]`, "caCertificateRefs: []"}, clientOf("relay"), "none by Gateway spec.tls.frontend.default.validation"},
		{"two CA references close", provider, []string{"name: corp-ca}]", "name: corp-ca}, {group: '', kind: ConfigMap, name: other}]"}, served, "false"},
		{"missing CA closes", provider, []string{"name: corp-ca}]\n  listeners", "name: gone}]\n  listeners"}, served, "false"},
		{"U094 an option that does not exist", provider, []string{"#options", "options: {gateway.istio.io/tls-min-protocol-version: TLSV1_3}"}, unknowns, `field Gateway spec.listeners[0].tls.options["gateway.istio.io/tls-min-protocol-version"]`},
		{"an option of nobody's concern", provider, []string{"#options", "options: {example.com/team: relay}"}, unknowns, ""},
		{"U095 floor removed", provider, []string{"tlsDefaults: {minProtocolVersion: TLSV1_3}", "enableTracing: true"}, floor, "1.2"},
		{"U095 floor lowered", provider, []string{"tlsDefaults: {minProtocolVersion: TLSV1_3}", "tlsDefaults: {minProtocolVersion: TLSV1_2}"}, floor, "1.2"},
		{"U097 another revision", provider, []string{"{name: edge, namespace: edge}\nspec:\n  gatewayClassName", "{name: edge, namespace: edge, labels: {istio.io/rev: canary}}\nspec:\n  gatewayClassName"}, floor, "1.2"},
		{"S037 another revision with the same configuration", provider, []string{"{name: edge, namespace: edge}\nspec:\n  gatewayClassName", "{name: edge, namespace: edge, labels: {istio.io/rev: default}}\nspec:\n  gatewayClassName"}, floor, "1.3"},
		{"U252 CA of the tenant", provider, listenerSet("", "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: corp-ca, namespace: tenant}\ndata:\n  ca.crt: |\n    "+strings.ReplaceAll(strings.TrimSpace(root), "\n", "\n    ")+"\n"), func(t *testing.T, p posture.Posture) string {
			a := entry(t, p, "tenant").ClientCA.Value[0]
			return a.Ref.Namespace + " " + a.Source
		}, "tenant git"},
		{"U253 option of the tenant", provider, listenerSet(", options: {gateway.istio.io/tls-terminate-mode: OPTIONAL_MUTUAL}", ""), clientOf("tenant"), "optional by ListenerSet spec.listeners[0].tls.options" + option},

		{"U118 a rule without source", provider, []string{"from: [{source: {principals: [corp.example.com/ns/orders/sa/orders]}}]\n    ", ""}, who, "everybody by AuthorizationPolicy spec.rules[0]"},
		{"U118 rules [{}] beside it", provider, allow("open", "edge", "{rules: [{}]}"), who, "everybody by AuthorizationPolicy spec.rules[0]"},
		{"U118 principals *", provider, []string{"corp.example.com/ns/orders/sa/orders", `"*"`}, who, "everybody by AuthorizationPolicy spec.rules[0].from"},
		{"a prefix", provider, []string{"corp.example.com/ns/orders/sa/orders", `"corp.example.com/*"`}, who, "prefix spiffe://corp.example.com/ by AuthorizationPolicy spec.rules[0].from"},
		{"a policy of the root namespace adds", provider, allow("all", "istio-system", "{rules: [{from: [{source: {namespaces: [x]}}]}]}"), who, "exact " + ordersURI + ", regex .*/ns/x/.* by AuthorizationPolicy spec.rules[0].from"},
		{"a policy for another host adds nothing", provider, allow("other", "edge", "{rules: [{to: [{operation: {hosts: [stock.example.com]}}]}]}"), who, safeWho},
		{"a policy that selects others adds nothing", provider, allow("other", "edge", "{selector: {matchLabels: {app: x}}, rules: [{}]}"), who, safeWho},
		{"dry run", provider, []string{"metadata: {name: edge, namespace: edge}\nspec:\n  targetRefs", "metadata: {name: edge, namespace: edge, annotations: {istio.io/dry-run: \"true\"}}\nspec:\n  targetRefs"}, who, "everybody by Gateway spec.listeners[0]"},
		{"DENY instead of ALLOW", provider, []string{"action: ALLOW", "action: DENY"}, who, "everybody by Gateway spec.listeners[0]"},
		{"DENY of all others", provider, []string{"action: ALLOW\n  rules:\n  - from: [{source: {principals: [corp.example.com/ns/orders/sa/orders]}}]\n    to: [{operation: {hosts: [relay.example.com, \"relay.example.com:*\"]}}]", "action: DENY\n  rules: [{from: [{source: {notPrincipals: [corp.example.com/ns/orders/sa/orders]}}]}]"}, who, "exact " + ordersURI + " by AuthorizationPolicy spec.rules[0].from[0].source.notPrincipals"},
		{"targets another Gateway", provider, []string{"kind: Gateway, name: edge}", "kind: Gateway, name: other}"}, who, "everybody by Gateway spec.listeners[0]"},

		{"U255 hostname without subjectAltNames", provider, []string{"    subjectAltNames: [{type: Hostname, hostname: relay.corp.internal}]\n", ""}, hopOf, "tls by BackendTLSPolicy spec.targetRefs[0] ca=fleet name="},
		{"U114 policy ignored", provider, []string{"annotations: {}", `annotations: {istio.io/ignore-policy-attachment: "true"}`}, hopOf, `none by BackendTLSPolicy metadata.annotations["istio.io/ignore-policy-attachment"] ca=none name=`},
		{"U076 missing CA closes a gateway", provider, []string{"name: corp-ca}]\n    subject", "name: gone}]\n    subject"}, hopOf, "tls by BackendTLSPolicy spec.targetRefs[0] ca=missing name=relay.corp.internal"},
		{"CA in a Secret is never valid", provider, []string{`kind: ConfigMap, name: corp-ca}]` + "\n    subject", `kind: Secret, name: corp-ca}]` + "\n    subject"}, hopOf, "tls by BackendTLSPolicy spec.targetRefs[0] ca=missing name=relay.corp.internal"},
		{"system roots", provider, []string{`    caCertificateRefs: [{group: "", kind: ConfigMap, name: corp-ca}]` + "\n    subject", "    wellKnownCACertificates: System\n    subject"}, hopOf, "tls by BackendTLSPolicy spec.targetRefs[0] ca=system name=relay.corp.internal"},
		{"a DestinationRule out-ranks the policy", provider, destination("off", "edge", "{host: relay, trafficPolicy: {tls: {mode: DISABLE}}}"), hopOf, "none by DestinationRule spec.trafficPolicy.tls.mode ca=none name="},
		{"a DestinationRule of the port says nothing of TLS", provider, destination("off", "edge", "{host: relay, trafficPolicy: {portLevelSettings: [{port: {number: 8443}, connectionPool: {}}]}}"), hopOf, "none by DestinationRule spec.trafficPolicy.portLevelSettings[0] ca=none name="},
		{"a DestinationRule without TLS leaves the policy", provider, destination("pool", "edge", "{host: relay, trafficPolicy: {connectionPool: {}}}"), hopOf, safeHop},
		{"U102 no PeerAuthentication", provider, noPolicy(""), hopOf, "none by Service spec ca=none name="},
		{"S034 STRICT", provider, noPolicy(peer("default", "{mtls: {mode: STRICT}}")), hopOf, strictHop},
		{"U102 PERMISSIVE", provider, noPolicy(peer("default", "{mtls: {mode: PERMISSIVE}}")), hopOf, "none by PeerAuthentication spec.mtls.mode ca=none name="},
		{"U104 a workload's policy wins", provider, noPolicy(peer("default", "{mtls: {mode: STRICT}}") + peer("relay", "{selector: {matchLabels: {app: relay}}, mtls: {mode: DISABLE}}")), hopOf, "none by PeerAuthentication spec.mtls.mode ca=none name="},
		{"a port's mode wins", provider, noPolicy(peer("relay", "{selector: {matchLabels: {app: relay}}, mtls: {mode: STRICT}, portLevelMtls: {\"8443\": {mode: DISABLE}}}")), hopOf, "none by PeerAuthentication spec.portLevelMtls.8443.mode ca=none name="},
		{"another workload's policy", provider, noPolicy(peer("default", "{mtls: {mode: STRICT}}") + peer("other", "{selector: {matchLabels: {app: other}}, mtls: {mode: DISABLE}}")), hopOf, strictHop},
		{"U115 port excluded", provider, noPolicy(peer("default", "{mtls: {mode: STRICT}}") + "\n---\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: relay, namespace: edge}, spec: {template: {metadata: {labels: {app: relay}, annotations: {traffic.sidecar.istio.io/excludeInboundPorts: \"8443\"}}}}}"), hopOf, `none by Deployment spec.template.metadata.annotations["traffic.sidecar.istio.io/excludeInboundPorts"] ca=none name=`},
		{"U116 namespace outside the mesh", provider, noPolicy(peer("default", "{mtls: {mode: STRICT}}") + "\n---\n{apiVersion: v1, kind: Namespace, metadata: {name: edge}}"), hopOf, "none by Namespace metadata ca=none name="},
		{"namespace inside the mesh", provider, noPolicy(peer("default", "{mtls: {mode: STRICT}}") + "\n---\n{apiVersion: v1, kind: Namespace, metadata: {name: edge, labels: {istio-injection: enabled}}}"), hopOf, strictHop},
		{"U096 floor inside the mesh", strings.Replace(provider, "meshMTLS: {minProtocolVersion: TLSV1_3}", "", 1), noPolicy(peer("default", "{mtls: {mode: STRICT}}")), func(t *testing.T, p posture.Posture) string {
			return entry(t, p, "relay").Routes[0].Backends[0].MinTLS.Value
		}, "1.2"},
		{"U117 EnvoyFilter", provider, more("{apiVersion: networking.istio.io/v1alpha3, kind: EnvoyFilter, metadata: {name: patch, namespace: edge}, spec: {configPatches: []}}"), hatches, "EnvoyFilter patch"},
		{"EnvoyFilter of other workloads", provider, more("{apiVersion: networking.istio.io/v1alpha3, kind: EnvoyFilter, metadata: {name: patch, namespace: other}, spec: {}}"), hatches, ""},
		{"WasmPlugin", provider, more("{apiVersion: extensions.istio.io/v1alpha1, kind: WasmPlugin, metadata: {name: code, namespace: istio-system}, spec: {url: x}}"), hatches, "WasmPlugin code"},

		{"U105 SIMPLE", consumer, []string{"MUTUAL, cred", "SIMPLE, cred"}, exitOf, "tls by DestinationRule spec.trafficPolicy.tls.mode cert= ca=secret names=[relay.example.com]"},
		{"U106 DISABLE", consumer, []string{"MUTUAL, cred", "DISABLE, cred"}, exitOf, "none by DestinationRule spec.trafficPolicy.tls.mode cert= ca=none names=[]"},
		{"U107 insecureSkipVerify", consumer, []string{"MUTUAL, cred", "MUTUAL, insecureSkipVerify: true, cred"}, exitOf, "tls by DestinationRule spec.trafficPolicy.tls.mode cert=Secret orders/client ca=none names=[]"},
		{"U108 no subjectAltNames", consumer, []string{", subjectAltNames: [relay.example.com]", ""}, exitOf, "tls by DestinationRule spec.trafficPolicy.tls.mode cert=Secret orders/client ca=secret names=[]"},
		{"neither sni nor subjectAltNames", consumer, []string{", sni: relay.example.com, subjectAltNames: [relay.example.com]", ""}, exitOf, safeExit},
		{"U109 the port's settings", consumer, []string{"#ports", "portLevelSettings: [{port: {number: 443}, tls: {mode: SIMPLE}}]"}, exitOf, "tls by DestinationRule spec.trafficPolicy.portLevelSettings[0].tls.mode cert= ca=system names=[relay.example.com]"},
		{"the port's settings without TLS", consumer, []string{"#ports", "portLevelSettings: [{port: {number: 443}, loadBalancer: {}}]"}, exitOf, "none by DestinationRule spec.trafficPolicy.portLevelSettings[0] cert= ca=none names=[]"},
		{"S035 the port repeats it", consumer, []string{"#ports", "portLevelSettings: [{port: {number: 443}, tls: {mode: MUTUAL, credentialName: client, sni: relay.example.com, subjectAltNames: [relay.example.com]}}]"}, exitOf, strings.Replace(safeExit, "tls.mode", "portLevelSettings[0].tls.mode", 1)},
		{"U110 a weaker subset", consumer, []string{"#subsets", "subsets: [{name: v1, trafficPolicy: {portLevelSettings: [{port: {number: 443}}]}}]"}, unknowns, "value DestinationRule spec.subsets[0].trafficPolicy.portLevelSettings[0]"},
		{"a subset that inherits", consumer, []string{"#subsets", "subsets: [{name: v1, trafficPolicy: {loadBalancer: {}}}]"}, unknowns, ""},
		{"U111 no workloadSelector", consumer, []string{"  workloadSelector: {matchLabels: {gateway.networking.k8s.io/gateway-name: out}}\n", ""}, func(t *testing.T, p posture.Posture) string {
			return fmt.Sprintf("%d %s", len(p.Exits), fact(p.Exits[1].TLS))
		}, "2 none by DestinationRule spec.trafficPolicy.tls.credentialName"},
		{"U112 a rival with the same selector", consumer, destination("aaa", "orders", "{host: relay.example.com, workloadSelector: {matchLabels: {gateway.networking.k8s.io/gateway-name: out}}, trafficPolicy: {tls: {mode: SIMPLE}}}"), exitOf, "tls by DestinationRule spec.trafficPolicy.tls.mode cert= ca=system names=[relay.example.com]"},
		{"a rule of the root namespace does not reach it", consumer, destination("all", "istio-system", "{host: '*.example.com', trafficPolicy: {tls: {mode: DISABLE}}}"), exitOf, safeExit},
		{"a wildcard of its namespace does not either", consumer, destination("all", "orders", "{host: '*.example.com', trafficPolicy: {tls: {mode: DISABLE}}}"), exitOf, safeExit},
		{"another gateway's rule for the host", consumer, destination("b", "orders", "{host: relay.example.com, workloadSelector: {matchLabels: {gateway.networking.k8s.io/gateway-name: other}}, trafficPolicy: {tls: {mode: DISABLE}}}"), exitOf, safeExit},
		{"U112 the rule of the root namespace is all there is", strings.Replace(consumer, "{name: relay, namespace: orders}\nspec:\n  host:", "{name: relay, namespace: elsewhere}\nspec:\n  host:", 1), destination("all", "istio-system", "{host: '*.example.com', trafficPolicy: {tls: {mode: DISABLE}}}"), exitOf, "none by DestinationRule spec.trafficPolicy.tls.mode cert= ca=none names=[]"},
		{"no rule at all", consumer, []string{"host: relay.example.com\n", "host: stock.example.com\n"}, exitOf, "none by HTTPRoute spec.rules[0].backendRefs[0] cert= ca=none names=[]"},
		{"U113 wildcard host", consumer, []string{"hosts: [relay.example.com]", `hosts: ["*.example.com"]`}, unknowns, "value ServiceEntry spec.hosts"},
		{"U113 MESH_INTERNAL", consumer, []string{"MESH_EXTERNAL", "MESH_INTERNAL"}, unknowns, "value ServiceEntry spec.location"},
		{"U113 resolution NONE", consumer, []string{"resolution: DNS", "resolution: NONE"}, unknowns, "value ServiceEntry spec.resolution"},
		{"U119 WorkloadEntries", consumer, []string{"resolution: DNS", "resolution: STATIC\n  workloadSelector: {labels: {app: x}}"}, unknowns, "value ServiceEntry spec.workloadSelector"},
		{"S036 port 80 with targetPort 443", strings.Replace(consumer, "{number: 443, name: https, protocol: HTTPS}", "{number: 80, targetPort: 443, name: http, protocol: HTTP}", 1), []string{"name: relay.example.com, port: 443", "name: relay.example.com, port: 80"}, func(t *testing.T, p posture.Posture) string {
			return fmt.Sprintf("%s %d %s", exitOf(t, p), p.Exits[0].Port, unknowns(t, p))
		}, safeExit + " 443 "},
		{"anybody of the mesh", consumer, []string{"cluster.local/ns/orders/sa/orders", `"*"`}, usersOf, "true [] none"},
		{"egress listener without mesh TLS", consumer, []string{"ISTIO_MUTUAL", "ISTIO_SIMPLE"}, usersOf, "true [] none"},
		{"egress as a load balancer", consumer, []string{"service-type: ClusterIP", "service-type: LoadBalancer"}, func(t *testing.T, p posture.Posture) string {
			return entry(t, p, "relay").Scheme.Value
		}, posture.SchemeInternetFacing},
		{"unknown field", consumer, []string{"MUTUAL, cred", "MUTUAL, minProtocolVersion: TLSV1_3, cred"}, unknowns, "field DestinationRule spec.trafficPolicy.tls.minProtocolVersion"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := cluster("upstream", "1.31", "1.6")
			c.Controller.MinTLS, c.TrustDomains[0].PEM = "", ""
			c.NetworkPolicyEngine = ""
			if got := tt.look(t, readEdited(t, tt.base, tt.edit, c)); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}
