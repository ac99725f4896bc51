package change

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/gatespan/gatespan/internal/posture"
)

func grantKey(g posture.Grant) string {
	to := g.ToName
	if to == "" {
		to = "every " + g.ToKind
	}
	return fmt.Sprintf("%s: %s/%s of %s to %s/%s %s", g.Subject.Namespace, g.FromGroup, g.FromKind, g.FromNamespace, g.ToGroup, g.ToKind, to)
}

func (c *comparison) grantNew(g posture.Grant) {
	direction := Weaker
	if g.ToName != "" && len(g.UsedBy) > 0 {
		direction = Wider
	}
	c.out = append(c.out, Change{Subject: g.Subject, By: g.By, Field: "grant", After: grantKey(g), Direction: direction, Why: "a reference across namespaces is allowed that was not"})
}

func (c *comparison) grantGone(g posture.Grant) {
	c.out = append(c.out, Change{Subject: g.Subject, By: g.By, Field: "grant", Before: grantKey(g), Direction: Stronger})
}

func wayKey(w posture.Way) string {
	return fmt.Sprintf("%s %s %s %s", w.Subject, w.Via, w.Service, posture.Text(w.Pods))
}

// wayNew is only told: whether it reaches an exposed pod, and so blocks, is a rule's question.
func (c *comparison) wayNew(w posture.Way) {
	c.out = append(c.out, Change{Subject: w.Subject, By: w.By, Field: "way", After: w.Via, Direction: Other, Why: w.Why})
}

func hatchKey(h posture.Hatch) string { return h.Subject.String() + h.Why }

func (c *comparison) hatchNew(h posture.Hatch) {
	c.out = append(c.out, Change{Subject: h.Subject, By: h.By, Field: "hatch", Direction: Weaker, Why: h.Why})
}

// service compares who may reach a Service's pods past the gateway: those of an exposure on any port, those behind an entry that verifies
// clients on the ports that its routes lead to. Of other Services it is only told.
func (c *comparison) service(b, a posture.Service) {
	exposure := ""
	for _, w := range c.wanted.Entries {
		if w.Service.Namespace == a.Subject.Namespace && w.Service.Name == a.Subject.Name {
			exposure = w.Exposure
		}
	}
	if exposure != "" {
		c.network(a.Subject, exposure, b.Network, a.Network)
		return
	}
	ports := verifiedPorts(c.after, a.Subject)
	if len(ports) == 0 {
		told := len(c.out)
		c.network(a.Subject, exposure, b.Network, a.Network)
		for i := told; i < len(c.out); i++ {
			if c.out[i].Direction == Weaker {
				c.out[i].Direction = Other
			}
		}
	}
	for _, port := range ports {
		was, known := b.Reach[strconv.Itoa(port)]
		if !known {
			was = b.Network
		}
		is, known := a.Reach[strconv.Itoa(port)]
		if !known {
			is = a.Network
		}
		c.network(a.Subject, exposure, was, is)
	}
}

func (c *comparison) network(s posture.Subject, exposure string, b, a posture.Setting[posture.Peers]) {
	text := func(p posture.Peers) string {
		if p.Everybody {
			return "everybody"
		}
		return list(p.Admitted)
	}
	order := comparePeers(b.Value.Everybody, b.Value.Admitted, a.Value.Everybody, a.Value.Admitted)
	c.record(s, exposure, "network", order, a.By, text(b.Value), text(a.Value), a.Why)
}

// verifiedPorts are the ports of a Service to which entries lead that require a client certificate, or whose pods end TLS.
func verifiedPorts(p posture.Posture, service posture.Subject) []int {
	var out []int
	for _, e := range p.Entries {
		if !e.Served.Value || e.TLS.Value != posture.TLSPassthrough && e.ClientAuth.Value != posture.ClientRequired {
			continue
		}
		for _, r := range e.Routes {
			for _, b := range r.Backends {
				if b.Ref.Kind == service.Kind && b.Ref.Namespace == service.Namespace && b.Ref.Name == service.Name {
					out = append(out, b.Port)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
