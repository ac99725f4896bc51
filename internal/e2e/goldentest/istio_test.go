//go:build golden

package goldentest

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/posture"
)

var istio = Module{"istio.io/istio", "v0.0.0-20260827124520-eed52ebb66ad", "h1:ui9TJjRMAV/hb5ehQaZDq7IUGxuQP6dra9lapT/VjHI="}

// TestIstio compares every field that posture and Istio's conversion share, for every input of its conversion test: servers, their TLS,
// routes with what they lead to, what BackendTLSPolicies become, and the conditions in the status.
func TestIstio(t *testing.T) {
	dir, err := istio.Dir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "pilot", "pkg", "config", "kube", "gateway")
	goldens, err := filepath.Glob(filepath.Join(folder, "testdata", "*.status.yaml.golden"))
	if err != nil || len(goldens) == 0 {
		t.Fatal("no golden files", err)
	}
	c := &comparison{of: "Istio", version: istio.Version, known: loadKnown(t, "istio.known.txt"), agreed: map[string]int{}, differed: map[string]int{}}
	for _, golden := range goldens {
		c.name = strings.TrimSuffix(filepath.Base(golden), ".status.yaml.golden")
		c.inputs++
		p := readIstio(t, folder, c.name)
		c.posture = p
		converted := istioConversion{file: c.name, docs: decodeIstio(t, documents(t, filepath.Join(folder, "testdata", c.name+".yaml.golden")))}
		c.servers(converted, p)
		c.virtualServices(converted, p)
		c.destinationRules(converted, p)
		c.conditions(decodeIstio(t, documents(t, golden)), p)
	}
	c.report(t)
}

// istioConversion is what Istio makes of an input.
type istioConversion struct {
	file string
	docs []istioDocument
}

// parents are the annotations that say which object, and which listener of it, a document comes from.
const parents = "internal.istio.io/parents"

// subject is the listener that a converted Gateway comes from: "Gateway/name/listener.namespace".
func (d istioDocument) subject() (posture.Subject, bool) {
	m := regexp.MustCompile(`^(Gateway|ListenerSet)/([^/]+)/([^/]+)\.([^./]+)$`).FindStringSubmatch(d.Metadata.Annotations[parents])
	if m == nil {
		return posture.Subject{}, false
	}
	return posture.Subject{Kind: m[1], Name: m[2], Listener: m[3], Namespace: m[4]}, true
}

// servers compares each converted Gateway, which has one server, with the entry of its listener.
func (c *comparison) servers(converted istioConversion, p posture.Posture) {
	served := map[posture.Subject]bool{}
	for _, d := range converted.docs {
		subject, ok := d.subject()
		if d.Kind != "Gateway" || !ok {
			continue
		}
		e := entryOf(p, subject)
		if e == nil {
			c.field("listener", subject.String(), "converted", "not read")
			continue
		}
		c.field("listener", subject.String(), "converted", "converted")
		served[subject] = true
		for _, s := range d.Spec.Servers {
			c.server(s, *e)
		}
	}
	for _, e := range p.Entries {
		if !served[e.Subject] && e.Gateway.Name != probeGateway {
			c.field("served", e.Subject.String(), "false", fmt.Sprint(e.Served.Value))
		}
	}
}

func entryOf(p posture.Posture, s posture.Subject) *posture.Entry {
	for i := range p.Entries {
		if p.Entries[i].Subject == s {
			return &p.Entries[i]
		}
	}
	return nil
}

func (c *comparison) server(s istioServer, e posture.Entry) {
	at := e.Subject.String()
	c.field("served", at, "true", fmt.Sprint(e.Served.Value))
	if !e.Served.Value {
		c.unknown = append(c.unknown, c.name+": "+at+" is served and read as closed") // whatever the file of known differences says
	}
	c.field("port", at, fmt.Sprint(s.Port.Number), fmt.Sprint(e.Port))
	c.field("protocol", at, s.Port.Protocol, e.Protocol)
	namespaces, names := splitHosts(s.Hosts)
	c.field("hosts", at, join(names), join(orAll(e.Hostnames)))
	c.field("attachment", at, join(namespaces), join(attaching(e.Attachment.Value)))
	c.field("tls", at, istioTLS(s.TLS), e.TLS.Value)
	if s.TLS == nil || e.TLS.Value != posture.TLSTerminate {
		return
	}
	c.field("clientAuth", at, istioClientAuth(s.TLS), e.ClientAuth.Value)
	c.field("clientCA", at, join(istioCA(s.TLS)), join(anchorNames(e)))
}

// splitHosts takes "namespace/host" apart: whose routes may attach, and which names are served.
func splitHosts(hosts []string) (namespaces, names []string) {
	for _, h := range hosts {
		namespace, name, _ := strings.Cut(h, "/")
		if namespace != "~" { // no namespace
			namespaces = append(namespaces, namespace)
		}
		names = append(names, name)
	}
	return namespaces, names
}

func attaching(a posture.Attachment) []string {
	if a.Everybody {
		return []string{"*"}
	}
	return a.Namespaces
}

func orAll(names []string) []string {
	if len(names) == 0 {
		return []string{"*"}
	}
	return names
}

// istioTLS: a server without a mode passes through (networking/v1alpha3/gateway.proto, TLSmode).
func istioTLS(tls *istioServerTLS) string {
	switch {
	case tls == nil:
		return posture.TLSNone
	case tls.Mode == "" || tls.Mode == "AUTO_PASSTHROUGH":
		return posture.TLSPassthrough
	default:
		return posture.TLSTerminate
	}
}

func istioClientAuth(tls *istioServerTLS) string {
	switch tls.Mode {
	case "MUTUAL", "ISTIO_MUTUAL":
		return posture.ClientRequired
	case "OPTIONAL_MUTUAL":
		if tls.InsecureSkipVerify {
			return posture.ClientNone
		}
		return posture.ClientOptional
	default:
		return posture.ClientNone
	}
}

// istioCA is what client certificates are verified with: what caCertCredentialName names, the mesh's own root, or what goes with the
// server's credential (pilot/pkg/security/model/authentication.go). The suffix is the SDS server's.
func istioCA(tls *istioServerTLS) []string {
	switch {
	case istioClientAuth(tls) == posture.ClientNone:
		return nil
	case tls.Mode == "ISTIO_MUTUAL":
		return []string{"ConfigMap istio-system/istio-ca-root-cert"}
	case tls.CACertCredentialName != "":
		return []string{strings.TrimSuffix(credential(tls.CACertCredentialName), "-cacert")}
	default:
		return []string{credential(cmp.Or(tls.CredentialName, first(tls.CredentialNames)))}
	}
}

// credential is the object that a credential's name refers to: "configmap://namespace/name", "kubernetes-gateway://namespace/name".
func credential(name string) string {
	kind := "Secret "
	scheme, path, _ := strings.Cut(name, "://")
	if scheme == "configmap" {
		kind = "ConfigMap "
	}
	return kind + path
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

func anchorNames(e posture.Entry) []string {
	if e.ClientAuth.Value == posture.ClientNone {
		return nil
	}
	var out []string
	for _, a := range e.ClientCA.Value {
		out = append(out, a.Ref.Kind+" "+a.Ref.Namespace+"/"+a.Ref.Name)
	}
	return out
}

func join(values []string) string {
	sorted := slices.Sorted(slices.Values(values))
	return strings.Join(slices.Compact(sorted), ",")
}
