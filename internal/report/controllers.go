package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
)

// matrix is the rows of the capability matrix, in their order.
var matrix = rows()

// row is one ability, as people read it.
type row struct {
	ID   controller.AbilityID
	Text string
}

var abilityTexts = map[controller.AbilityID]string{
	controller.EntryTerminate:         "terminate TLS",
	controller.EntryPassthrough:       "pass TLS through",
	controller.EntryFloor:             "require TLS 1.3 from clients",
	controller.EntryClientCertificate: "require client certificates",
	controller.EntryIdentityURI:       "tell clients by URI (SPIFFE)",
	controller.EntryIdentityDNS:       "tell clients by DNS name",
	controller.EntrySourceCIDRs:       "admit source addresses only",
	controller.EntryJWT:               "require a JWT as well",
	controller.EntryBackendTLS:        "verify the pods' certificates",
	controller.EntryBackendEncrypted:  "speak TLS to the pods, unchecked",
	controller.EntryHTTPRoute:         "route by HTTP",
	controller.EntryGRPCRoute:         "route by gRPC",
	controller.EntryTCP:               "end TLS, hand bytes on",
	controller.EntryTimeouts:          "time out requests",
	controller.EntryRetries:           "try requests again",
	controller.EntryWeights:           "split requests by weight",
	controller.EntryListenerSets:      "more than 64 listeners (ListenerSet)",
	controller.EntryInternal:          "have a private address",
	controller.EntryInternetFacing:    "have a public address",
	controller.EntryAccessLogs:        "log requests",
	controller.EntryMetrics:           "be scraped for metrics",
	controller.EntryReplicas:          "run so many proxies",
	controller.EntryAnnotations:       "annotate its load balancer",
	controller.EntryAlerts:            "alert on refused handshakes",
	controller.ExitGateway:            "be an egress gateway",
	controller.ExitClientCertificate:  "present a client certificate",
	controller.ExitPinnedCA:           "pin the server's CA",
	controller.ExitName:               "check the server's name",
	controller.ExitFloor:              "require TLS 1.3 of servers",
	controller.ExitClosed:             "close the egress gateway",
	controller.ExitGRPC:               "call gRPC through it",
	controller.ExitTCP:                "call other protocols through it",
	controller.ExitDirect:             "let workloads call directly",
}

func rows() []row {
	var out []row
	for _, id := range controller.AbilityIDs() {
		out = append(out, row{id, abilityTexts[id]})
	}
	return out
}

// column is one controller in one distribution.
type column struct {
	profile      controller.Profile
	distribution string
}

func (c column) name() string {
	if c.distribution == "upstream" || c.distribution == "" {
		return c.profile.Name
	}
	return c.profile.Name + " " + c.distribution
}

// columns lists the controllers with each distribution that their profiles were checked against.
func columns(profiles []controller.Profile) []column {
	var out []column
	for _, p := range profiles {
		seen := map[string]bool{}
		for _, v := range p.Versions {
			if d := cmp.Or(v.Distribution, "upstream"); !seen[d] {
				seen[d] = true
				out = append(out, column{p, d})
			}
		}
		if len(seen) == 0 {
			out = append(out, column{p, "upstream"})
		}
	}
	return out
}

func (c column) versions() string {
	var out []string
	for _, v := range c.profile.Versions {
		if cmp.Or(v.Distribution, "upstream") != c.distribution {
			continue
		}
		if v.To == "" || v.To == v.From {
			out = append(out, v.From)
		} else {
			out = append(out, v.From+" to "+v.To)
		}
	}
	return strings.Join(out, ", ")
}

func (c column) mark(id controller.AbilityID) cell {
	a, ok := c.profile.Ability(id, c.distribution, "")
	switch {
	case !ok:
		return cell{"no", red}
	case a.Since != "":
		return cell{a.Since + "+", green}
	}
	return cell{"yes", green}
}

// ControllersText prints what each controller can enforce.
func ControllersText(w io.Writer, profiles []controller.Profile, style Style) error {
	p := &page{style: style}
	all := columns(profiles)
	for beside := range slices.Chunk(all, columnsBeside) {
		matrixOf(beside).write(p)
	}
	for _, c := range all {
		c.cannot(p)
	}
	return p.print(w)
}

// columnsBeside is how many controllers a page has room for beside the abilities; the next ones get a table of their own.
const columnsBeside = 4

func matrixOf(all []column) *table {
	t := &table{head: []string{"ABILITY"}}
	for _, c := range all {
		t.head = append(t.head, strings.ReplaceAll(c.name(), " ", "\n"))
	}
	for _, line := range matrix {
		cells := []cell{{line.Text, none}}
		for _, c := range all {
			cells = append(cells, c.mark(line.ID))
		}
		t.row(cells...)
	}
	versions := []cell{{"versions checked", faint}}
	for _, c := range all {
		versions = append(versions, cell{c.versions(), faint})
	}
	t.row(versions...)
	return t
}

// cannot prints what a controller lacks, each reason once.
func (c column) cannot(p *page) {
	lacks := map[string][]string{} // abilities by reason
	var reasons []string
	for _, line := range matrix {
		a, ok := c.profile.Ability(line.ID, c.distribution, "")
		if ok || !known(c.profile, line.ID) {
			continue
		}
		reason := cmp.Or(a.How, "not supported") + instead(a)
		if lacks[reason] == nil {
			reasons = append(reasons, reason)
		}
		lacks[reason] = append(lacks[reason], line.Text)
	}
	if len(reasons) == 0 {
		return
	}
	p.end()
	p.say(bold, "what "+c.name()+" cannot do")
	for _, reason := range reasons {
		p.wrapped("  ", none, strings.Join(lacks[reason], ", "))
		p.wrapped("    ", faint, "because: "+reason)
	}
}

// known reports whether a profile says anything of an ability; of the others the matrix says no.
func known(p controller.Profile, id controller.AbilityID) bool {
	return slices.ContainsFunc(p.Abilities, func(a controller.Ability) bool { return a.ID == id })
}

func instead(a controller.Ability) string {
	if a.Instead == "" {
		return ""
	}
	return "; instead: " + a.Instead
}

// ControllersMarkdown prints the matrix as a Markdown table.
func ControllersMarkdown(w io.Writer, profiles []controller.Profile) error {
	all := columns(profiles)
	var b strings.Builder
	b.WriteString("| ability |")
	rule := "|---|"
	for _, c := range all {
		fmt.Fprintf(&b, " %s |", markdown(c.name()))
		rule += "---|"
	}
	b.WriteString("\n" + rule + "\n")
	for _, line := range matrix {
		fmt.Fprintf(&b, "| %s |", markdown(line.Text))
		for _, c := range all {
			fmt.Fprintf(&b, " %s |", markdown(c.mark(line.ID).text))
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// ControllersJSON prints the abilities with how, since when, and the source of each.
func ControllersJSON(w io.Writer, profiles []controller.Profile) error {
	type ability struct {
		ID       string `json:"id"`
		Title    string `json:"title"`
		Support  bool   `json:"support"`
		Since    string `json:"since,omitempty"`
		Enforcer string `json:"enforcer,omitempty"`
		How      string `json:"how"`
		Instead  string `json:"instead,omitempty"`
		Source   string `json:"source,omitempty"`
	}
	type one struct {
		Name         string    `json:"name"`
		Title        string    `json:"title"`
		Distribution string    `json:"distribution"`
		Versions     string    `json:"versions"`
		Abilities    []ability `json:"abilities"`
	}
	out := []one{}
	for _, c := range columns(profiles) {
		o := one{c.profile.Name, c.profile.Title, c.distribution, c.versions(), []ability{}}
		for _, line := range matrix {
			a, ok := c.profile.Ability(line.ID, c.distribution, "")
			o.Abilities = append(o.Abilities, ability{string(line.ID), line.Text, ok, a.Since, a.Enforcer, a.How, a.Instead, a.Source})
		}
		out = append(out, o)
	}
	return JSON(w, map[string]any{"version": "1", "controllers": out})
}
