package gate

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/report"
)

// Due lists what runs out within some days of o.Today, or has run out: waivers, the roots whose PEM is in Git, and the support of
// controller versions. What runs out on a day that nobody knows is listed apart.
func Due(ctx context.Context, o Options, within int) (*report.Due, error) {
	today, err := time.Parse(time.DateOnly, o.Today)
	if err != nil {
		return nil, &Problem{What: fmt.Sprintf("%q is not a day", o.Today), Hint: "write it as 2027-01-31"}
	}
	_, s, err := loadHead(ctx, o)
	if err != nil {
		return nil, err
	}
	d := &due{report: report.Due{Version: "1", Today: o.Today, Within: within, Items: []report.DueItem{}, Unknown: []report.DueItem{}}, today: today}
	d.waivers(s)
	d.roots(s)
	for _, c := range s.clusters {
		d.version(s, c)
	}
	byDay := func(a, b report.DueItem) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Cluster, b.Cluster), cmp.Compare(a.What, b.What), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	}
	slices.SortFunc(d.report.Items, byDay)
	slices.SortFunc(d.report.Unknown, byDay)
	return &d.report, nil
}

type due struct {
	report report.Due
	today  time.Time
}

// add lists something that ends on a day, when that is soon.
func (d *due) add(item report.DueItem) {
	end, err := time.Parse(time.DateOnly, item.Day)
	if err != nil {
		item.Day = ""
		d.report.Unknown = append(d.report.Unknown, item)
		return
	}
	item.Days = int(end.Sub(d.today).Hours() / 24)
	if item.Days <= d.report.Within {
		d.report.Items = append(d.report.Items, item)
	}
}

func (d *due) waivers(s *side) {
	for i, w := range s.fleet.Waivers {
		d.add(report.DueItem{
			Kind: "waiver", Day: w.Expires, Cluster: w.Cluster, Owner: w.Owner,
			What:     w.Rule + " of " + report.SubjectText(posture.Subject{Kind: w.Object.Kind, Namespace: w.Object.Namespace, Name: w.Object.Name}),
			Hint:     "mend what it accepts, or prolong it: " + w.Reason,
			Position: s.fleet.Position("waivers", strconv.Itoa(i)),
		})
	}
}

// roots lists CA certificates: those of the fleet's bundles, then any other that an object in Git holds. Each is listed once.
func (d *due) roots(s *side) {
	seen, names := map[string]bool{}, map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(s.fleet.TrustDomains)) {
		for _, sum := range s.fleet.TrustDomains[name].Bundle.SHA256 {
			names[sum] = name
		}
	}
	one := func(sum, cluster string, cert *x509.Certificate, at finding.Position) {
		if seen[sum] || !cert.IsCA {
			return
		}
		seen[sum] = true
		what := "CA " + cert.Subject.String()
		if name := names[sum]; name != "" {
			what = "root of trust domain " + name + ", " + cert.Subject.String()
		}
		d.add(report.DueItem{
			Kind: "certificate", Day: cert.NotAfter.UTC().Format(time.DateOnly), Cluster: cluster, What: what, Fingerprint: sum,
			Hint: "add its successor beside it, wait until every certificate is of that, then take it out", Position: at,
		})
	}
	for _, name := range slices.Sorted(maps.Keys(s.fleet.TrustDomains)) {
		at := s.fleet.Position("trustDomains", name, "bundle", "pem")
		for sum, cert := range certificates(s.fleet.TrustDomains[name].Bundle.PEM) {
			one(sum, "", cert, at)
		}
	}
	for _, c := range s.clusters {
		for _, o := range c.objects.All() {
			if o.Kind == "Secret" {
				continue
			}
			for _, text := range texts(o.Data) {
				for sum, cert := range certificates(text) {
					one(sum, c.Name, cert, c.Locate(posture.Ref{APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}))
				}
			}
		}
	}
	for _, sum := range slices.Sorted(maps.Keys(names)) {
		if !seen[sum] {
			d.add(report.DueItem{
				Kind: "certificate", What: "root of trust domain " + names[sum], Fingerprint: sum, Hint: "put its certificate into the fleet's bundle.pem",
				Position: s.fleet.Position("trustDomains", names[sum], "bundle"),
			})
		}
	}
}

// certificates are the certificates of a text in PEM, by fingerprint.
func certificates(text string) map[string]*x509.Certificate {
	out := map[string]*x509.Certificate{}
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return out
		}
		if cert, err := x509.ParseCertificate(block.Bytes); err == nil && block.Type == "CERTIFICATE" {
			sum := sha256.Sum256(block.Bytes)
			out[hex.EncodeToString(sum[:])] = cert
		}
	}
}

// texts are the strings below a value that may hold certificates, in the order of their keys.
func texts(value any) []string {
	var out []string
	switch x := value.(type) {
	case string:
		if strings.Contains(x, "-----BEGIN CERTIFICATE-----") {
			return []string{x}
		}
	case []any:
		for _, v := range x {
			out = append(out, texts(v)...)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(x)) {
			out = append(out, texts(x[k])...)
		}
	}
	return out
}

// version lists the end of support of a cluster's controller, as its profile has it with its source.
func (d *due) version(s *side, c ClusterState) {
	have := c.Facts.Controller
	if have.Name == "" {
		return
	}
	item := report.DueItem{
		Kind: "controller", Cluster: c.Name, What: strings.TrimSpace("support of " + have.Name + " " + have.Version),
		Hint: "upgrade the controller, then the version in the fleet", Position: s.fleet.Position("clusters", c.Name, "controller"),
	}
	known, ok := catalog.ByName(have.Name)
	switch {
	case ok && have.Version == "":
		item.Hint = "write controller.version into the fleet"
	case ok:
		line, _ := known.Profile().Line(cmp.Or(have.Distribution, "upstream"), have.Version)
		item.Day = line.EndOfLife
	}
	if item.Day == "" && have.Version != "" {
		item.Hint = "no source says when it ends"
	}
	d.add(item)
}
