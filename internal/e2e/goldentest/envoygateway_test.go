//go:build golden

package goldentest

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/e2e/conditions"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

var envoyGateway = Module{"github.com/envoyproxy/gateway", "v1.9.1", "h1:vAVp6/AlBXJ1aOhp1mxL7fNEzVEfjADUguUhm2wzxQY="}

// translated is what Envoy Gateway's translator makes of an input, as far as posture has it (internal/ir/xds.go).
type translated struct {
	XDSIR map[string]struct {
		HTTP []irListener `json:"http"`
		TCP  []irListener `json:"tcp"`
		UDP  []irListener `json:"udp"`
	} `json:"xdsIR"`
}

type irMetadata struct {
	Kind        string `json:"kind"`
	Namespace   string `json:"namespace"`
	Name        string `json:"name"`
	SectionName string `json:"sectionName"`
}

type irListener struct {
	Name         string     `json:"name"`
	ExternalPort int        `json:"externalPort"`
	Metadata     irMetadata `json:"metadata"`
	TLS          *irTLS     `json:"tls"`
	Routes       []irRoute  `json:"routes"`
}

// subject is whose listener it is: names are gateway namespace, gateway, listener, with the ListenerSet's namespace and name before the
// last where it is one's (irListenerName in internal/gatewayapi/helpers.go).
func (l irListener) subject() posture.Subject {
	s := posture.Subject{Kind: "Gateway", Namespace: l.Metadata.Namespace, Name: l.Metadata.Name, Listener: l.Metadata.SectionName}
	if parts := strings.Split(l.Name, "/"); len(parts) == 5 {
		s = posture.Subject{Kind: "ListenerSet", Namespace: parts[2], Name: parts[3], Listener: parts[4]}
	}
	return s
}

type irTLS struct {
	RequireClientCertificate bool   `json:"requireClientCertificate"`
	ClientValidationEnabled  bool   `json:"clientValidationEnabled"`
	AcceptUntrusted          bool   `json:"acceptUntrusted"`
	AllowExpiredCertificate  bool   `json:"allowExpiredCertificate"`
	MinVersion               string `json:"minVersion"`
	MaxVersion               string `json:"maxVersion"`
	StatelessSessionResume   bool   `json:"statelessSessionResumption"`
	StatefulSessionResume    bool   `json:"statefulSessionResumption"`
	CACertificate            *struct {
		Name string `json:"name"`
	} `json:"caCertificate"`
	VerifyCertificateSpki     []string `json:"verifyCertificateSpki"`
	VerifyCertificateHash     []string `json:"verifyCertificateHash"`
	MatchTypedSubjectAltNames []any    `json:"matchTypedSubjectAltNames"`
}

type irRoute struct {
	Metadata    irMetadata `json:"metadata"`
	Destination *struct {
		Settings []irSetting `json:"settings"`
	} `json:"destination"`
	DirectResponse *struct {
		StatusCode int `json:"statusCode"`
	} `json:"directResponse"`
	TLS *struct {
		Terminate *irTLS `json:"terminate"`
	} `json:"tls"`
}

type irSetting struct {
	Metadata irMetadata `json:"metadata"`
	TLS      *struct {
		SNI                 string `json:"sni"`
		AutoSNI             bool   `json:"autoSNIFromEndpointHostname"`
		UseSystemTrustStore bool   `json:"useSystemTrustStore"`
		InsecureSkipVerify  bool   `json:"insecureSkipVerify"`
		MinVersion          string `json:"minVersion"`
		CACertificate       *struct {
			Name string `json:"name"`
		} `json:"caCertificate"`
		ClientCertificates []any `json:"clientCertificates"`
		SubjectAltNames    []any `json:"subjectAltNames"`
	} `json:"tls"`
}

// TestEnvoyGateway compares every field that posture and the translation share, for every input that Envoy Gateway's own tests have.
func TestEnvoyGateway(t *testing.T) {
	dir, err := envoyGateway.Dir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "internal", "gatewayapi", "testdata")
	inputs, err := filepath.Glob(filepath.Join(folder, "*.in.yaml"))
	if err != nil || len(inputs) == 0 {
		t.Fatal("no inputs", err)
	}
	k := loadKnown(t, "envoygateway.known.txt")
	c := &comparison{of: "Envoy Gateway", version: envoyGateway.Version, known: k, agreed: map[string]int{}, differed: map[string]int{}}
	for _, input := range inputs {
		name := strings.TrimSuffix(filepath.Base(input), ".in.yaml")
		var out translated
		raw, err := os.ReadFile(filepath.Join(folder, name+".out.yaml"))
		if err != nil {
			continue // an input of another test
		}
		if err := yaml.Unmarshal(raw, &out); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c.inputs++
		c.name = name
		c.posture = read(t, input)
		c.compare(out, c.posture)
		c.statuses(t, raw)
	}
	c.report(t)
}

// statuses holds the conditions of the translation's objects against the posture.
func (c *comparison) statuses(t *testing.T, raw []byte) {
	t.Helper()
	var lists map[string]any
	if err := yaml.Unmarshal(raw, &lists); err != nil {
		t.Fatal(err)
	}
	var all []conditions.Object
	for _, key := range slices.Sorted(keys(lists)) {
		items, _ := lists[key].([]any)
		for _, item := range items {
			text, err := yaml.Marshal(item)
			if err != nil {
				t.Fatal(err)
			}
			var o conditions.Object
			if yaml.Unmarshal(text, &o) == nil { // infrastructure is of another shape
				all = append(all, o)
			}
		}
	}
	conditions.Compare(all, c.posture, func(at, field string, said, read any) {
		c.field(field, at, fmt.Sprint(said), fmt.Sprint(read))
		if field == "programmed" && said == true && read == false {
			c.unknown = append(c.unknown, c.name+": "+at+" is programmed and read as closed") // whatever known.txt says
		}
	})
}

// read is the posture of an input, with what Envoy Gateway's test adds to each.
func read(t *testing.T, file string) posture.Posture {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := yaml.YAMLToJSON(raw)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var lists map[string]any
	if err := kjson.UnmarshalCaseSensitivePreserveInts(asJSON, &lists); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var all []*object.Object
	add := func(value any) {
		data, ok := value.(map[string]any)
		if !ok {
			return
		}
		if o, err := object.New(data, object.Origin{Overlay: "overlays/golden"}); err == nil {
			all = append(all, o)
		}
	}
	class := map[string]any{
		"apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass", "metadata": map[string]any{"name": "envoy-gateway-class"},
		"spec": map[string]any{"controllerName": "gateway.envoyproxy.io/gatewayclass-controller"},
	}
	for _, key := range slices.Sorted(keys(lists)) {
		switch value := lists[key].(type) {
		case []any:
			for _, item := range value {
				add(item)
			}
		case map[string]any:
			if key == "gatewayClass" {
				continue
			}
			if key == "envoyProxyForGatewayClass" {
				meta, _ := value["metadata"].(map[string]any)
				class["spec"].(map[string]any)["parametersRef"] = map[string]any{
					"group": "gateway.envoyproxy.io", "kind": "EnvoyProxy", "namespace": meta["namespace"], "name": meta["name"],
				}
			}
			add(value)
		}
	}
	add(class)
	for i := 1; i <= 4; i++ {
		add(service("default", fmt.Sprintf("service-%d", i)))
	}
	add(service("default", "mirror-service"))
	var cluster controller.Cluster
	cluster.Name = "golden"
	cluster.Controller.Name, cluster.Controller.Version, cluster.Controller.Distribution = "envoy-gateway", "1.9.1", "upstream"
	cluster.Controller.DataPlaneNamespace = "envoy-gateway-system"
	cluster.GatewayAPI.Version, cluster.GatewayAPI.Channel = "1.6", "experimental"
	return catalog.Read(cluster, object.NewSet(all))
}

// service is one of the Services that Envoy Gateway's test adds to every input (translator_test.go, "common test fixtures").
func service(namespace, name string) map[string]any {
	port := func(name string, number int64) any {
		return map[string]any{"name": name, "port": number, "targetPort": number}
	}
	return map[string]any{
		"apiVersion": "v1", "kind": "Service", "metadata": map[string]any{"namespace": namespace, "name": name},
		"spec": map[string]any{"ports": []any{port("http", 8080), port("https", 8443), port("tcp", 8163)}},
	}
}

func keys(m map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// compare holds one posture against one translation.
func (c *comparison) compare(out translated, p posture.Posture) {
	served := map[posture.Subject]bool{}
	for _, gateway := range slices.Sorted(irKeys(out)) {
		ir := out.XDSIR[gateway]
		for _, l := range slices.Concat(ir.HTTP, ir.TCP, ir.UDP) {
			subject := l.subject()
			i := slices.IndexFunc(p.Entries, func(e posture.Entry) bool { return e.Subject == subject })
			if i < 0 {
				c.field("listener", subject.String(), "translated", "not read")
				continue
			}
			served[subject] = true
			c.listener(l, p, p.Entries[i], slices.ContainsFunc(ir.HTTP, func(h irListener) bool { return h.Name == l.Name }))
		}
	}
	for _, e := range p.Entries {
		if e.Served.Value && !served[e.Subject] && len(e.Routes) > 0 {
			c.field("served", e.Subject.String(), "not translated", "served")
		}
	}
}

func irKeys(out translated) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range out.XDSIR {
			if !yield(k) {
				return
			}
		}
	}
}

func (c *comparison) listener(l irListener, p posture.Posture, e posture.Entry, http bool) {
	at := e.Subject.String()
	tls := l.TLS
	for _, r := range l.Routes {
		if r.TLS != nil && r.TLS.Terminate != nil {
			tls = r.TLS.Terminate
		}
	}
	mode := e.TLS.Value
	switch {
	case tls == nil && http:
		c.field("tls", at, posture.TLSNone, mode)
	case tls != nil:
		c.field("tls", at, posture.TLSTerminate, mode)
	}
	// Routes whose policy is broken answer 500: nothing that the listener asks of clients matters then.
	// Without any route nothing is reached either, and a policy for a TCP listener that is broken takes its routes away.
	answers := slices.ContainsFunc(l.Routes, func(r irRoute) bool { return r.DirectResponse == nil || r.DirectResponse.StatusCode != 500 }) ||
		len(l.Routes) == 0 && e.Served.Value
	if http && (answers || len(l.Routes) == 0) {
		c.field("served", at, "true", fmt.Sprint(e.Served.Value))
		if !e.Served.Value {
			c.unknown = append(c.unknown, c.name+": "+at+" is served and read as closed") // whatever known.txt says
		}
	}
	if tls != nil && answers {
		c.field("minTLS", at, floor(tls.MinVersion, "1.2"), e.MinTLS.Value)
		c.field("maxTLS", at, cmp.Or(tls.MaxVersion, "1.3"), e.MaxTLS.Value)
		c.field("clientAuth", at, clientAuth(tls), e.ClientAuth.Value)
		if clientAuth(tls) == posture.ClientNone && e.ClientAuth.Value != posture.ClientNone && !doubted(p) {
			c.unknown = append(c.unknown, c.name+": "+at+" verifies nobody and is read as if it did, and nothing says so") // whatever known.txt says
		}
		if clientAuth(tls) == posture.ClientRequired {
			pins := len(tls.MatchTypedSubjectAltNames)+len(tls.VerifyCertificateHash)+len(tls.VerifyCertificateSpki) > 0
			c.field("identities", at, fmt.Sprint(!pins), fmt.Sprint(e.Identities.Value.Everybody))
			c.field("clientCA", at, fmt.Sprint(tls.CACertificate != nil), fmt.Sprint(len(e.ClientCA.Value) > 0))
			c.field("expired", at, fmt.Sprint(tls.AllowExpiredCertificate), fmt.Sprint(e.Expired.Value))
		}
		c.field("resumption", at, fmt.Sprint(tls.StatelessSessionResume || tls.StatefulSessionResume), fmt.Sprint(e.Resumption.Value))
	}
	for _, r := range l.Routes {
		if r.Metadata.Name == "" || r.Destination == nil {
			continue
		}
		c.route(at, r, p, e)
	}
}

// doubted reports whether the posture says of something that it was not understood, or that nothing makes it.
func doubted(p posture.Posture) bool {
	return len(p.Unknowns) > 0 || slices.ContainsFunc(p.References, func(r posture.Reference) bool { return r.Resolved == "" })
}

// floor is the lowest version that a translation allows; without one Envoy's own default for that side.
func floor(version, absent string) string {
	switch version {
	case "":
		return absent
	case "Auto":
		return "1.2"
	}
	return strings.TrimPrefix(version, "tls") // some inputs say tls1.2, which the CRD refuses
}

// clientAuth is what the translated settings come to: a certificate that is not verified is as good as none.
func clientAuth(tls *irTLS) string {
	verifies := tls.CACertificate != nil || len(tls.VerifyCertificateHash)+len(tls.VerifyCertificateSpki) > 0
	switch {
	case !tls.ClientValidationEnabled || tls.AcceptUntrusted || !verifies:
		return posture.ClientNone
	case tls.RequireClientCertificate:
		return posture.ClientRequired
	default:
		return posture.ClientOptional
	}
}

func (c *comparison) route(at string, r irRoute, p posture.Posture, e posture.Entry) {
	name := fmt.Sprintf("%s %s/%s", r.Metadata.Kind, r.Metadata.Namespace, r.Metadata.Name)
	i := slices.IndexFunc(e.Routes, func(have posture.Route) bool {
		return have.Ref.Kind == r.Metadata.Kind && have.Ref.Namespace == r.Metadata.Namespace && have.Ref.Name == r.Metadata.Name
	})
	if i < 0 {
		c.field("attached", at+" "+name, "attached", "not attached")
		return
	}
	c.field("attached", at+" "+name, "attached", "attached")
	for _, s := range r.Destination.Settings {
		if s.Metadata.Kind != "Service" && s.Metadata.Kind != "Backend" {
			continue
		}
		for _, b := range e.Routes[i].Backends {
			if b.Ref.Kind != s.Metadata.Kind || b.Ref.Name != s.Metadata.Name || b.Ref.Namespace != s.Metadata.Namespace {
				continue
			}
			if s.Metadata.Kind == "Service" && fmt.Sprint(b.Port) != s.Metadata.SectionName {
				continue
			}
			c.backend(fmt.Sprintf("%s %s %s %s/%s", at, name, b.Ref.Kind, b.Ref.Namespace, b.Ref.Name), s, p, b)
			break
		}
	}
}

func (c *comparison) backend(at string, s irSetting, p posture.Posture, b posture.Backend) {
	tls, anchors, floorOf, names := b.TLS.Value, b.CA.Value, b.MinTLS.Value, []string{b.Name.Value}
	certificate := ""
	if b.ExitIndex >= 0 && b.ExitIndex < len(p.Exits) {
		x := p.Exits[b.ExitIndex]
		tls, anchors, floorOf, names, certificate = x.TLS.Value, x.CA.Value, x.MinTLS.Value, x.Names.Value, x.Certificate.Value
	}
	if s.TLS == nil {
		c.field("hop.tls", at, posture.TLSNone, tls)
		return
	}
	c.field("hop.tls", at, "tls", tls)
	if s.TLS.MinVersion != "" {
		c.field("hop.minTLS", at, floor(s.TLS.MinVersion, "1.2"), floorOf)
	}
	pinned := s.TLS.CACertificate != nil && !s.TLS.UseSystemTrustStore && !s.TLS.InsecureSkipVerify
	system := slices.ContainsFunc(anchors, func(a posture.Anchor) bool { return a.System })
	c.field("hop.pinned", at, fmt.Sprint(pinned), fmt.Sprint(len(anchors) > 0 && !system))
	checked := !s.TLS.InsecureSkipVerify && (s.TLS.SNI != "" || s.TLS.AutoSNI || len(s.TLS.SubjectAltNames) > 0)
	if pinned {
		c.field("hop.name", at, fmt.Sprint(checked), fmt.Sprint(len(names) > 0 && names[0] != ""))
	}
	if b.ExitIndex >= 0 {
		c.field("hop.certificate", at, fmt.Sprint(len(s.TLS.ClientCertificates) > 0), fmt.Sprint(certificate != ""))
	}
}
