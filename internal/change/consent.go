package change

import (
	"fmt"

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

// service compares who may reach a Service's pods past the gateway.
func (c *comparison) service(b, a posture.Service) {
	exposure := ""
	for _, w := range c.wanted.Entries {
		if w.Service.Namespace == a.Subject.Namespace && w.Service.Name == a.Subject.Name {
			exposure = w.Exposure
		}
	}
	order := posture.CompareSets(b.Network.Value.Everybody, b.Network.Value.Admitted, a.Network.Value.Everybody, a.Network.Value.Admitted)
	text := func(p posture.Peers) string {
		if p.Everybody {
			return "everybody"
		}
		return list(p.Admitted)
	}
	if order == posture.Exchanged {
		order = posture.Weaker // callers are admitted that were not
	}
	// Of ordinary Services only exposed ones are anybody's business here; without a declared exposure the rules decide.
	if order == posture.Weaker && exposure == "" {
		c.out = append(c.out, Change{Subject: a.Subject, By: a.Network.By, Field: "network", Before: text(b.Network.Value), After: text(a.Network.Value), Direction: Other, Exposure: exposure, Why: a.Network.Why})
		return
	}
	c.record(a.Subject, exposure, "network", order, a.Network.By, text(b.Network.Value), text(a.Network.Value), a.Network.Why)
}
