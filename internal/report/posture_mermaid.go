package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/trace"
)

// PostureMermaid prints the posture as a Mermaid flowchart: each cluster a box, from the ways out to the ways in to the Services.
func PostureMermaid(w io.Writer, clusters []trace.Cluster) error {
	m := &mermaid{}
	m.line("flowchart LR")
	entries := make([][]string, len(clusters)) // node of each entry
	exits := make([][]string, len(clusters))
	for i, c := range clusters {
		m.line("  subgraph %s[%s]", m.node(), quote(c.Name+clusterText(c)))
		services := map[string]string{}
		for _, e := range c.Posture.Entries {
			node := m.node()
			entries[i] = append(entries[i], node)
			m.line("    %s[%s]", node, quote(fmt.Sprintf("%s/%s %s", e.Gateway.Namespace, e.Gateway.Name, e.Subject.Listener), entryLabel(c, e)))
			m.backends(e, node, services)
		}
		for _, x := range c.Posture.Exits {
			node := m.node()
			exits[i] = append(exits[i], node)
			subject := x.Subject.Kind + " " + x.Subject.Namespace + "/" + x.Subject.Name
			m.line("    %s([%s])", node, quote(subject, "calls "+x.Host+":"+number(x.Port)))
		}
		m.line("  end")
	}
	for i, c := range clusters {
		for j, x := range c.Posture.Exits {
			for k, other := range clusters {
				for l, e := range other.Posture.Entries {
					if i != k && e.Served.Value && e.Port == x.Port && slices.Contains(e.Hostnames, x.Host) {
						m.line("  %s -->|%s| %s", exits[i][j], quote(exitLabel(x)), entries[k][l])
					}
				}
			}
		}
		for j, e := range c.Posture.Entries {
			for _, r := range e.Routes {
				for _, b := range r.Backends {
					if b.External && b.ExitIndex >= 0 && b.ExitIndex < len(exits[i]) {
						m.line("  %s --> %s", entries[i][j], exits[i][b.ExitIndex])
					}
				}
			}
		}
	}
	_, err := io.WriteString(w, m.out.String())
	return err
}

type mermaid struct {
	out   strings.Builder
	nodes int
}

func (m *mermaid) line(format string, args ...any) { fmt.Fprintf(&m.out, format+"\n", args...) }

func (m *mermaid) node() string {
	m.nodes++
	return fmt.Sprintf("n%d", m.nodes)
}

// backends draws the Services of one cluster that an entry reaches, each once.
func (m *mermaid) backends(e posture.Entry, node string, services map[string]string) {
	drawn := map[string]bool{}
	for _, r := range e.Routes {
		for _, b := range r.Backends {
			name := b.Ref.Namespace + "/" + b.Ref.Name
			if b.External || drawn[name] {
				continue
			}
			drawn[name] = true
			if services[name] == "" {
				services[name] = m.node()
				m.line("    %s[(%s)]", services[name], quote(b.Ref.Kind+" "+name))
			}
			_, hop, _ := strings.Cut(backendText(e, b), "\n")
			m.line("    %s -->|%s| %s", node, quote(hop), services[name])
		}
	}
}

func entryLabel(c trace.Cluster, e posture.Entry) string {
	tls, certificate := entryTLS(e), clientCertificate(c, e)
	first := func(text string) string { line, _, _ := strings.Cut(text, "\n"); return line }
	if e.TLS.Value != posture.TLSTerminate {
		return first(tls.text)
	}
	return "TLS " + first(tls.text) + ", client certificate " + first(certificate.text)
}

func exitLabel(x posture.Exit) string {
	if x.Certificate.Value == "" {
		return "without a client certificate"
	}
	return "with " + x.Certificate.Value
}

// quote writes lines as one Mermaid label. Letters, digits and a few signs stay; everything else becomes a Mermaid entity code,
// so that no name can end the label or bring markup.
func quote(lines ...string) string {
	var out []string
	for _, line := range lines {
		var b strings.Builder
		for _, r := range Clean(line) {
			switch {
			case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune(" ./:,_-+", r):
				b.WriteRune(r)
			default:
				fmt.Fprintf(&b, "#%d;", r)
			}
		}
		out = append(out, b.String())
	}
	return `"` + strings.Join(out, "<br/>") + `"`
}
