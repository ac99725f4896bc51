package adopt

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/literal"

	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// State is a guessed cluster with what it would enforce.
type State struct {
	Cluster
	Default bool // its path is where gatespan looks for a cluster of that name anyway
	Posture posture.Posture
	Objects *object.Set
}

// Proposal is a fleet to start from.
type Proposal struct {
	Fleet  []byte            // a CUE file
	Drafts map[string][]byte // exposures by name, as CUE: to be looked at, and renamed, before anything is generated from them
	Notes  []string          // what somebody should know before
}

// Propose reads the posture of clusters backwards: their controllers, the gateways that serve callers without certificates, the trust
// domains and gateways of those that require them, and a draft of each exposure that such an entry serves.
func Propose(states []State) (*Proposal, error) {
	p := &proposer{states: states, domains: map[string]domain{}, out: Proposal{Drafts: map[string][]byte{}}}
	for i := range states {
		p.domainsOf(&states[i])
	}
	var body strings.Builder
	p.writeDomains(&body)
	body.WriteString("clusters: {\n")
	for i := range states {
		p.cluster(&body, &states[i])
	}
	body.WriteString("}\n")
	text := "package fleet\n\nimport \"github.com/gatespan/gatespan/schema\"\n\n" +
		"// A beginning, guessed by gatespan init from what is in Git: look at every line.\nschema.#Fleet & {\n" + body.String() + "}\n"
	var err error
	if p.out.Fleet, err = format.Source([]byte(text)); err != nil {
		return nil, fmt.Errorf("the fleet that was made is not CUE: %w", err)
	}
	for i := range states {
		for _, e := range mutual(states[i].Posture) {
			if err := p.draft(&states[i], e); err != nil {
				return nil, err
			}
		}
	}
	return &p.out, nil
}

type proposer struct {
	states  []State
	domains map[string]domain // by name
	out     Proposal
}

func (p *proposer) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(p.out.Notes, text) {
		p.out.Notes = append(p.out.Notes, text)
	}
}

// mutual are the entries that require client certificates of callers from elsewhere.
func mutual(p posture.Posture) []posture.Entry {
	var out []posture.Entry
	for _, e := range p.Entries {
		if e.Served.Value && e.TLS.Value == posture.TLSTerminate && e.ClientAuth.Value == posture.ClientRequired && e.Scheme.Value != posture.SchemeCluster {
			out = append(out, e)
		}
	}
	return out
}

// cluster writes one cluster of the fleet.
func (p *proposer) cluster(b *strings.Builder, s *State) {
	fmt.Fprintf(b, "// A guess by %s.\n%s: {\n", comment(s.Why), quote(s.Name))
	cloud, why := cloudOf(s)
	fmt.Fprintf(b, "cloud: %s // %s\n", quote(cloud), why)
	name, distribution, class := p.controllerOf(s, cloud)
	fmt.Fprintf(b, "controller: {\nname: %s\n", quote(name))
	if distribution != "" {
		fmt.Fprintf(b, "distribution: %s\n", quote(distribution))
	}
	b.WriteString(p.version(s, name, distribution))
	if class != "" {
		fmt.Fprintf(b, "gatewayClassName: %s\n", quote(class))
	}
	b.WriteString("}\n")
	if !s.Default {
		fmt.Fprintf(b, "path: %s\n", quote(s.Path))
	}
	if s.Engine != "" {
		fmt.Fprintf(b, "gitops: {engine: %s", quote(s.Engine))
		if s.Destination != "" {
			fmt.Fprintf(b, ", destination: %s", quote(s.Destination))
		}
		b.WriteString("}\n")
	}
	if v := gatewayAPI(s.Objects); v != "" {
		fmt.Fprintf(b, "gatewayAPI: version: %s\n", quote(v))
	}
	b.WriteString(certificates(s))
	p.gateways(b, s)
	p.publicGateways(b, s)
	b.WriteString("}\n")
}

// version is the one that the cluster's releases and images install; nobody is asked which of several counts.
func (p *proposer) version(s *State, name, distribution string) string {
	versions := map[string]catalog.Install{}
	if distribution == "" {
		for _, install := range catalog.Installs(name, s.Objects) {
			versions[install.Version] = install
		}
	}
	if len(versions) != 1 {
		if len(versions) > 1 {
			p.note("cluster %s: Git installs %s %s: set controller.version to the one that counts", s.Name, name, strings.Join(slices.Sorted(maps.Keys(versions)), " and "))
		}
		return "// version: \"…\" decides what the controller can enforce\n"
	}
	for version, install := range versions {
		return fmt.Sprintf("version: %s // by %s\n", quote(version), comment(install.Object.String()))
	}
	return ""
}

// controllerOf is the controller of most entries that require client certificates, or of most entries.
func (p *proposer) controllerOf(s *State, cloud string) (name, distribution, class string) {
	count := map[[2]string]int{}
	for _, e := range s.Posture.Entries {
		if e.Controller == "" {
			p.note("cluster %s: the controller of Gateway %s/%s is not known to gatespan, so its Gateways block as unknown", s.Name, e.Gateway.Namespace, e.Gateway.Name)
			continue
		}
		count[[2]string{e.Controller, e.Class}]++
		if e.ClientAuth.Value == posture.ClientRequired {
			count[[2]string{e.Controller, e.Class}] += 1000
		}
	}
	var best [2]string
	for k, n := range count {
		if best[0] == "" || n > count[best] || n == count[best] && cmp.Or(cmp.Compare(k[0], best[0]), cmp.Compare(k[1], best[1])) < 0 {
			best = k
		}
	}
	if best[0] == "" {
		p.note("cluster %s: no Gateway tells its controller; correct controller.name", s.Name)
		if cloud == "aks" {
			return "istio", "", ""
		}
		return "envoy-gateway", "", ""
	}
	switch {
	case best[0] == "istio" && best[1] == "istio":
		best[1] = "" // the well-known one
	case best[0] == "istio" && best[1] == "approuting-istio":
		return best[0], "aks-approuting", ""
	}
	return best[0], "", best[1]
}

// publicGateways lists the Gateways that serve others and ask none of their callers for a certificate.
func (p *proposer) publicGateways(b *strings.Builder, s *State) {
	type gateway struct{ open, closed []string }
	all, order := map[posture.Subject]*gateway{}, []posture.Subject{}
	for _, e := range s.Posture.Entries {
		if !e.Served.Value || e.Scheme.Value == posture.SchemeCluster || e.Controller == "" {
			continue
		}
		g := all[e.Gateway]
		if g == nil {
			g = &gateway{}
			all[e.Gateway], order = g, append(order, e.Gateway)
		}
		if e.ClientAuth.Value == posture.ClientRequired || e.TLS.Value == posture.TLSPassthrough {
			g.closed = append(g.closed, e.Subject.Listener)
		} else if e.TLS.Value == posture.TLSTerminate {
			g.open = append(g.open, e.Subject.Listener)
		}
	}
	var lines []string
	for _, subject := range order {
		g := all[subject]
		switch {
		case len(g.open) == 0:
		case len(g.closed) > 0:
			p.note("cluster %s: Gateway %s/%s has listeners of both kinds; %s ask for no certificate and block, until they have a Gateway of their own",
				s.Name, subject.Namespace, subject.Name, strings.Join(g.open, ", "))
		default:
			lines = append(lines, fmt.Sprintf("{namespace: %s, name: %s, reason: %s},", quote(subject.Namespace), quote(subject.Name),
				quote("found by gatespan init: callers of "+strings.Join(g.open, ", ")+" need no certificate")))
		}
	}
	if len(lines) > 0 {
		p.note("cluster %s: Gateways that ask no caller for a certificate are proposed as publicGateways (%d); take out those that should ask", s.Name, len(lines))
		b.WriteString("// Callers of these need no client certificate: keep those that are meant for browsers.\npublicGateways: [\n" + strings.Join(lines, "\n") + "\n]\n")
	}
}

func quote(s string) string { return literal.String.Quote(s) }

// comment makes text safe to stand in a comment.
func comment(s string) string { return strings.Map(printable, s) }

func printable(r rune) rune {
	if r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029' || r == 0x85 {
		return '?'
	}
	return r
}
