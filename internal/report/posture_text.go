package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/trace"
)

// PostureText prints who reaches what, cluster by cluster: the ways in, the ways out, the grants, and who may change what protects them.
func PostureText(w io.Writer, clusters []trace.Cluster, style Style) error {
	p := &page{style: style}
	calls := callsTable(clusters)
	if len(calls.rows) > 0 {
		calls.write(p)
	}
	for i, c := range clusters {
		if i > 0 || len(calls.rows) > 0 {
			p.end()
		}
		p.put(bold, c.Name)
		p.put(faint, clusterText(c))
		p.end()
		if len(c.Posture.Entries)+len(c.Posture.Exits)+len(c.Posture.Grants) == 0 {
			p.say(faint, "  no gateway, no way out, no grant")
		}
		entriesTable(c).write(p)
		exitsTable(c).write(p)
		grantsTable(c).write(p)
		powersTable(c).write(p)
		if n := len(c.Posture.Unknowns); n > 0 {
			p.end()
			p.say(yellow, "  not understood: "+count(n, "thing")+" (gatespan check tells)")
		}
	}
	return p.print(w)
}

func clusterText(c trace.Cluster) string {
	var parts []string
	for _, s := range []string{strings.TrimSpace(c.Facts.Controller.Name + " " + c.Facts.Controller.Version), c.Facts.Cloud} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "  " + strings.Join(parts, " on ")
}

func entriesTable(c trace.Cluster) *table {
	t := &table{indent: "    "}
	if len(c.Posture.Entries) == 0 {
		return t
	}
	t.head = []string{"WAY IN", "REACHED AT", "TLS", "CLIENT CERTIFICATE", "LEADS TO"}
	for _, e := range sortedEntries(c.Posture.Entries) {
		t.group(e.Gateway.Namespace + "/" + e.Gateway.Name)
		reached := fmt.Sprintf("%s:%d", cmp.Or(strings.Join(e.Hostnames, ", "), "*"), e.Port) + "\n" + e.Scheme.Value
		if !e.Served.Value {
			reached += "\nnot served"
		}
		t.row(
			cell{listenerOf(e), bold},
			cell{reached, none},
			entryTLS(e),
			clientCertificate(c, e),
			cell{leadsTo(e), none},
		)
		t.note("accepts " + who(c, e))
		if from := e.SourceCIDRs; !from.Value.Everybody {
			t.note("from " + withEnforcer(addresses(from.Value), from.Enforcer))
		}
	}
	return t
}

// sortedEntries are the ways in by gateway, listener and port.
func sortedEntries(all []posture.Entry) []posture.Entry {
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b posture.Entry) int {
		return cmp.Or(
			cmp.Compare(a.Gateway.Namespace, b.Gateway.Namespace), cmp.Compare(a.Gateway.Name, b.Gateway.Name),
			cmp.Compare(listenerOf(a), listenerOf(b)), cmp.Compare(a.Port, b.Port),
		)
	})
	return out
}

// sortedExits are the ways out by gateway or object, listener and destination.
func sortedExits(all []posture.Exit) []posture.Exit {
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b posture.Exit) int {
		return cmp.Or(
			cmp.Compare(exitGroup(a), exitGroup(b)), cmp.Compare(a.Subject.Listener, b.Subject.Listener),
			cmp.Compare(a.Host, b.Host), cmp.Compare(a.Port, b.Port),
		)
	})
	return out
}

// exitGroup is the gateway that a way out leaves through, or the namespace of what leaves by itself.
func exitGroup(x posture.Exit) string {
	if x.Gateway.Name != "" {
		return x.Gateway.Namespace + "/" + x.Gateway.Name
	}
	return x.Subject.Namespace
}

// listenerOf is the listener's name, with the ListenerSet that declares it when the Gateway does not.
func listenerOf(e posture.Entry) string {
	if e.Subject.Kind != "" && e.Subject.Kind != e.Gateway.Kind {
		return e.Subject.Kind + " " + e.Subject.Name + " " + e.Subject.Listener
	}
	return e.Subject.Listener
}

func by(e posture.Enforcer) string {
	if e == "" || e == posture.ByNobody {
		return ""
	}
	return "by " + string(e)
}

func entryTLS(e posture.Entry) cell {
	switch {
	case e.TLS.Value == posture.TLSNone:
		return cell{"plaintext", red}
	case e.TLS.Value == posture.TLSPassthrough:
		return cell{"passed through", none}
	case e.MinTLS.Value == "":
		return cell{"no floor", yellow}
	}
	return cell{e.MinTLS.Value + "+\n" + by(e.MinTLS.Enforcer), floorColor(e.MinTLS.Value)}
}

func floorColor(version string) string {
	if version == "1.3" {
		return green
	}
	return yellow
}

// attested: TLS is passed through, and the fleet says who answers for that the pods end it and verify clients.
func attested(c trace.Cluster, e posture.Entry) bool {
	return e.TLS.Value == posture.TLSPassthrough && slices.ContainsFunc(c.Wanted.Entries, func(w controller.WantedEntry) bool {
		return w.Is(e) && w.Attested
	})
}

func clientCertificate(c trace.Cluster, e posture.Entry) cell {
	if attested(c, e) {
		return cell{"required\nby the pods, attested", none}
	}
	switch e.ClientAuth.Value {
	case posture.ClientRequired:
		return cell{"required\n" + by(e.ClientAuth.Enforcer) + "\nCA " + anchors(e.ClientCA.Value), green}
	case posture.ClientOptional:
		return cell{"optional\nCA " + anchors(e.ClientCA.Value), red}
	}
	return cell{"none", red}
}

// anchors names CAs briefly: the trust domain where it is known.
func anchors(all []posture.Anchor) string {
	var out []string
	for _, a := range all {
		switch {
		case a.System:
			out = append(out, "any public CA")
		default:
			out = append(out, cmp.Or(a.TrustDomain, a.Ref.Name))
		}
	}
	return cmp.Or(strings.Join(out, ", "), "none")
}

func who(c trace.Cluster, e posture.Entry) string {
	switch {
	case attested(c, e):
		return "whoever the pods do"
	case e.TLS.Value != posture.TLSTerminate:
		return "anybody"
	case e.Identities.Value.Everybody && e.ClientAuth.Value == posture.ClientRequired:
		return withEnforcer("whoever the CA signs", e.Identities.Enforcer)
	case e.Identities.Value.Everybody:
		return "anybody"
	}
	var out []string
	for _, id := range e.Identities.Value.Accepted {
		text := id.Value
		if id.Match != "" && id.Match != "exact" {
			text = id.Match + " " + text
		}
		out = append(out, text)
	}
	if len(out) == 0 {
		return "nobody"
	}
	return withEnforcer(strings.Join(out, ", "), e.Identities.Enforcer)
}

// addresses are those that may connect.
func addresses(from posture.SourceCIDRs) string {
	switch {
	case len(from.CIDRs) == 0:
		return "nowhere"
	case from.Trusted:
		return strings.Join(from.CIDRs, ", ")
	}
	return strings.Join(from.CIDRs, ", ") + ", by an address that may not be the client's"
}

func withEnforcer(text string, e posture.Enforcer) string {
	if by(e) == "" {
		return text
	}
	return text + " (" + by(e) + ")"
}

func leadsTo(e posture.Entry) string {
	var out []string
	for _, r := range e.Routes {
		if r.RedirectOnly {
			out = append(out, "redirects only")
		}
		for _, b := range r.Backends {
			out = append(out, backendText(e, b))
		}
		for _, b := range r.Mirrors {
			out = append(out, "mirror "+backendText(e, b))
		}
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, "\n")
}

func backendText(e posture.Entry, b posture.Backend) string {
	name := b.Ref.Namespace + "/" + b.Ref.Name
	if b.External {
		name = cmp.Or(b.Host, name)
	}
	if b.Port > 0 {
		name += ":" + number(b.Port)
	}
	hop := "plaintext"
	switch {
	case e.TLS.Value == posture.TLSPassthrough:
		hop = "the caller's TLS"
	case b.TLS.Value == posture.TLSNone || b.TLS.Value == "":
	case b.TLS.Value == "mesh":
		hop = "mesh TLS"
	default:
		hop = "TLS, CA " + anchors(b.CA.Value)
	}
	if !b.Granted {
		hop = "not granted"
	}
	return name + "\n" + hop
}

func exitsTable(c trace.Cluster) *table {
	t := &table{indent: "    "}
	if len(c.Posture.Exits) == 0 {
		return t
	}
	t.head = []string{"WAY OUT", "CALLS", "TLS", "PRESENTS", "TRUSTS"}
	for _, x := range sortedExits(c.Posture.Exits) {
		t.group(exitGroup(x))
		name := x.Subject.Kind + "\n" + x.Subject.Name
		if x.Gateway.Name != "" {
			name = x.Subject.Listener
		}
		floor := cell{"plaintext", red}
		if x.TLS.Value != posture.TLSNone {
			floor = cell{cmp.Or(x.MinTLS.Value, "no floor"), floorColor(x.MinTLS.Value)}
			if x.MinTLS.Value != "" {
				floor.text += "+\n" + by(x.MinTLS.Enforcer)
			}
		}
		trusts := "CA " + anchors(x.CA.Value)
		for _, n := range x.Names.Value {
			trusts += "\nname " + n
		}
		if len(x.Names.Value) == 0 {
			trusts += "\nany name"
		}
		t.row(
			cell{name, bold},
			cell{x.Host + ":" + number(x.Port), none},
			floor,
			cell{presents(x), none},
			cell{trusts, none},
		)
		t.note("used by " + withEnforcer(trace.Users(x.Users.Value), x.Users.Enforcer))
	}
	return t
}

// presents is the client certificate's Secret, without a namespace that is the exit's own.
func presents(x posture.Exit) string {
	secret := strings.TrimPrefix(x.Certificate.Value, "Secret ")
	return cmp.Or(strings.TrimPrefix(secret, x.Subject.Namespace+"/"), "no certificate")
}

func grantsTable(c trace.Cluster) *table {
	t := &table{indent: "    "}
	if len(c.Posture.Grants) == 0 {
		return t
	}
	t.head = []string{"GRANT", "FROM", "TO", "USED BY"}
	grants := slices.Clone(c.Posture.Grants)
	slices.SortStableFunc(grants, func(a, b posture.Grant) int {
		return cmp.Or(cmp.Compare(a.By.Namespace, b.By.Namespace), cmp.Compare(a.By.Name, b.By.Name), cmp.Compare(a.FromNamespace, b.FromNamespace))
	})
	for _, g := range grants {
		t.group(g.By.Namespace)
		used := cell{cmp.Or(strings.Join(g.UsedBy, "\n"), "nothing"), none}
		to := cell{g.ToKind + " " + g.ToName, none}
		if g.ToName == "" {
			to = cell{"every " + g.ToKind, red}
		}
		t.row(cell{g.By.Name, bold}, cell{g.FromKind + "s of " + g.FromNamespace, none}, to, used)
	}
	return t
}

// powersTable is who may change, in the cluster itself, what protects exposed gateways.
func powersTable(c trace.Cluster) *table {
	t := &table{indent: "    "}
	if len(c.Posture.Powers) == 0 {
		return t
	}
	t.head = []string{"MAY CHANGE", "WHAT", "BY"}
	type grant struct {
		holder, by string
		bound      bool
	}
	var order []grant
	what, wide := map[grant][]string{}, map[grant]bool{}
	for _, p := range c.Posture.Powers { // one for each rule of a role
		g := grant{p.Holder.String(), p.Role.Kind + " " + strings.TrimPrefix(p.Role.Namespace+"/"+p.Role.Name, "/"), p.Bound}
		if what[g] == nil {
			order = append(order, g)
		}
		for _, r := range p.Reaches {
			what[g] = append(what[g], r.String())
		}
		if p.Escalates {
			what[g] = append(what[g], "roles of its own")
		}
		wide[g] = wide[g] || p.Wildcard || p.Broad || p.Escalates
	}
	for _, g := range order {
		holder, color := g.holder, none
		if !g.bound {
			holder = "whoever is bound to it"
		}
		if wide[g] {
			color = red
		}
		lines := slices.Compact(slices.Sorted(slices.Values(what[g])))
		t.row(cell{holder, bold}, cell{strings.Join(lines, "\n"), none}, cell{g.by, color})
	}
	return t
}
