package plan

import (
	"cmp"
	"fmt"
	gopath "path"
	"slices"
	"strconv"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gitops"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/tree"
)

// Write is the plan's overlays. The error is a fleet.Errors: an object of the fleet that cannot be copied, or that two
// overlays would hold.
func (p *Plan) Write() (Generated, error) {
	w := &writer{refusals: refusals{fleet: p.source}, plan: p}
	for i := range p.Clusters {
		w.cluster(&p.Clusters[i])
	}
	if err := w.err(); err != nil {
		return nil, err
	}
	slices.SortFunc(w.out, func(a, b Overlay) int { return cmp.Compare(a.Path, b.Path) })
	return w.out, nil
}

// writer gathers overlays, and who holds which object.
type writer struct {
	refusals
	plan *Plan
	out  Generated

	held map[string]holder // of the cluster at hand, by what is held
}

// holder is who holds something, as a clause, and the place in the fleet that it comes from.
type holder struct {
	who    string
	at     []string
	copied bool // an object that the fleet writes out
	theirs bool // the Service of an exposure, which the fleet may write out itself
}

// part is one overlay in the making.
type part struct {
	kind, name string
	owner      string
	at         []string // in the fleet
	made       []any
	copied     []copied
}

// copied is an object that the fleet writes out.
type copied struct {
	at   []string
	data map[string]any
}

func (w *writer) cluster(c *Cluster) {
	w.held = map[string]holder{}
	w.claimed(c)
	var gateways []any // what is made for gateways and egress gateways
	for _, g := range c.Gateways {
		at := path("clusters", c.Facts.Name, "gateways", g.Name)
		made, err := c.Controller.WriteGateway(c.Facts, g)
		gateways = append(gateways, made...)
		w.overlay(c, part{kind: "gateways", name: g.Name, at: at, made: made,
			copied: listed(at, w.plan.source.Clusters[c.Facts.Name].Gateways[g.Name].Objects)}, err)
	}
	for _, x := range c.Exposures {
		at := path("exposures", x.Name)
		made, err := c.Controller.WriteExposure(c.Facts, x)
		made = append(made, developers(x.Name, made, w.plan.source.Exposures[x.Name].Developers)...)
		w.overlay(c, part{kind: "exposures", name: x.Name, owner: x.Owner, at: at, made: made,
			copied: listed(at, w.plan.source.Exposures[x.Name].Objects)}, err)
	}
	for _, consumer := range c.Consumers {
		made, err := c.Controller.WriteConsumer(c.Facts, consumer)
		gateways = append(gateways, made...)
		x := w.plan.source.Exposures[consumer.Destinations[0].Exposure]
		made = append(made, developers(consumer.Name+"-egress", made, x.Consumers[consumer.Name].Developers)...)
		w.overlay(c, w.consumer(consumer, made), err)
	}
	w.access(c, gateways)
	for _, trust := range trusts(c) {
		name := trust.Domain.Name
		w.overlay(c, part{kind: "trust", name: name, at: path("trustDomains", name), made: []any{kubernetes.TrustBundle(trust)}}, nil)
	}
	w.handOff(c)
}

// consumer is the overlay of a consumer with the objects of all exposures that list it.
func (w *writer) consumer(consumer controller.Consumer, made []any) part {
	p := part{kind: "consumers", name: consumer.Name, made: made}
	for _, d := range consumer.Destinations {
		at := path("exposures", d.Exposure, "consumers", consumer.Name)
		if p.at == nil {
			p.at = at
		}
		p.copied = append(p.copied, listed(at, w.plan.source.Exposures[d.Exposure].Consumers[consumer.Name].Objects)...)
	}
	return p
}

func listed(at []string, objects []map[string]any) []copied {
	var out []copied
	for i, data := range objects {
		out = append(out, copied{append(slices.Clone(at), "objects", strconv.Itoa(i)), data})
	}
	return out
}

// overlay makes the two files of a part; a part without objects has no overlay.
func (w *writer) overlay(c *Cluster, p part, err error) {
	if err != nil {
		w.at(p.at, "", "%s cannot write %s %s: %v", c.Controller.Profile().Title, singular[p.kind], p.name, err)
		return
	}
	o := Overlay{Kind: p.kind, Name: p.name, Source: w.fleet.Position(p.at...)}
	o.Cluster, o.Path = c.Facts.Name, gopath.Join(c.Folder, p.kind, p.name)
	labels := map[string]string{"app.kubernetes.io/managed-by": "gatespan", "gatespan.dev/fleet": w.plan.Fleet}
	if p.owner != "" {
		labels["gatespan.dev/owner"] = p.owner
	}
	var objects []map[string]any
	for _, made := range p.made {
		data, err := normal(made)
		if err == nil {
			err = acceptable(data)
		}
		if err != nil {
			w.at(p.at, "shorten or change the name or value that it comes from", "%s %s in cluster %s: %v", singular[p.kind], p.name, c.Facts.Name, err)
			continue
		}
		label(data, labels, true)
		if w.hold(o.Path, holder{at: p.at}, data) {
			objects = append(objects, data)
		}
	}
	for _, one := range p.copied {
		data, err := normal(one.data)
		if err == nil {
			err = copyable(data)
		}
		if err == nil {
			err = acceptable(data)
		}
		if err != nil {
			w.at(one.at, "", "the object cannot be copied into %s: %v", o.Path, err)
			continue
		}
		label(data, labels, false)
		if w.hold(o.Path, holder{at: one.at, copied: true}, data) {
			objects = append(objects, data)
		}
	}
	if len(objects) == 0 {
		return
	}
	header := tree.Header(w.plan.Fleet, o.Source.File)
	body, err := encode(header, objects)
	if err != nil {
		w.at(p.at, "", "%s %s in cluster %s: %v", singular[p.kind], p.name, c.Facts.Name, err)
		return
	}
	o.Files = map[string][]byte{
		"kustomization.yaml": []byte(header + "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- " + p.name + ".yaml\n"),
		p.name + ".yaml":     body,
	}
	w.out = append(w.out, o)
}

var singular = map[string]string{"gateways": "gateway", "exposures": "exposure", "consumers": "consumer", "trust": "trust domain", "access": "role", gitops.Kind: "hand-off"}

// hold notes who holds an object and what is made of it, and refuses a second holder: whichever overlay is applied last would win.
func (w *writer) hold(overlay string, by holder, data map[string]any) bool {
	o, err := object.New(data, object.Origin{})
	if err != nil {
		w.at(by.at, "", "%s: %v", overlay, err)
		return false
	}
	by.who = "is written by " + overlay
	if !w.claim(describe(o), by) {
		return false
	}
	by.who = "is made of " + o.String() + " of " + overlay
	for _, secret := range makes(o) {
		if !w.claim(secret, by) {
			return false
		}
	}
	return true
}

// claim notes who holds something, and refuses a second one.
func (w *writer) claim(what string, by holder) bool {
	if other, taken := w.held[what]; taken && !(other.theirs && by.copied) {
		w.at(by.at, "leave one of them out, or give it another name", "%s %s, and %s (%s)", what, by.who, other.who, w.place(other.at))
		return false
	}
	w.held[what] = by
	return true
}

func describe(o *object.Object) string {
	if o.Group() == "" {
		return o.String()
	}
	return fmt.Sprintf("%s of %s", o, o.Group())
}
