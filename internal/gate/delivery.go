package gate

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/render"
)

// The rules about what happens after the check.
const (
	ruleNotApplied      = "gitops/not-applied"
	ruleNotKept         = "gitops/not-kept"
	ruleNoLongerApplied = "gitops/no-longer-applied"
	ruleSourceChanged   = "gitops/source-changed"
	ruleLeftBehind      = "gitops/left-behind"
)

// part names an object, whatever version or field of it.
type part struct{ kind, namespace, name string }

func partOf(r posture.Ref) part { return part{r.Kind, r.Namespace, r.Name} }

// deciders are the objects on which an entry in scope, an exit or a grant rests, and the engines' objects that bring one of them into the
// cluster, however many of those are between.
func (c *ClusterState) deciders() map[part]bool {
	out := map[part]bool{}
	for _, e := range c.Posture.Entries {
		if e.Served.Value && !c.public(e.Gateway.Namespace, e.Gateway.Name) {
			named(reflect.ValueOf(e), out)
		}
	}
	for _, e := range c.Posture.Exits {
		if e.Gateway.Kind != "" || e.Certificate.Value != "" { // of a mesh's other calls nothing is exposed
			named(reflect.ValueOf(e), out)
		}
	}
	for _, s := range c.Posture.Services {
		if out[partOf(s.Ref)] {
			named(reflect.ValueOf(s.Network), out)
		}
	}
	for _, g := range c.Posture.Grants {
		if len(g.UsedBy) > 0 {
			out[partOf(g.By)] = true
		}
	}
	for again := true; again; {
		again = false
		for _, d := range c.rendered.Deliveries {
			if d.By.Kind != "" && !out[partOf(d.By)] && decides(d, out) {
				out[partOf(d.By)], again = true, true
			}
		}
	}
	return out
}

func decides(d render.Delivery, deciders map[part]bool) bool {
	return slices.ContainsFunc(d.Objects, func(o posture.Ref) bool { return deciders[partOf(o)] })
}

// named gathers every object that a part of the posture names.
func named(v reflect.Value, into map[part]bool) {
	switch v.Kind() {
	case reflect.Struct:
		if ref, ok := v.Interface().(posture.Ref); ok {
			if ref.Name != "" {
				into[partOf(ref)] = true
			}
			return
		}
		for i := range v.NumField() {
			named(v.Field(i), into)
		}
	case reflect.Slice:
		for i := range v.Len() {
			named(v.Index(i), into)
		}
	}
}

// deliver keeps what is to be said of how each cluster's overlays get into it: by itself and, with a base, against it.
func (s *side) deliver(base *side) {
	for _, list := range [][]ClusterState{s.clusters, s.also} {
		for i := range list {
			c, before := &list[i], (*ClusterState)(nil)
			if base != nil {
				before = base.cluster(c.Name)
			}
			c.delivery = c.delivered(before)
		}
	}
}

// delivered are the facts about how the objects that decide something get into the cluster.
func (c *ClusterState) delivered(base *ClusterState) []render.Fact {
	deciders, before := c.deciders(), map[part][]render.Delivery{}
	if base != nil {
		before = base.deliveries()
	}
	var out []render.Fact
	for _, d := range c.rendered.Deliveries {
		was := prior(d, deciders, before)
		for _, e := range d.Exceptions {
			if f, ok := c.undone(d, e, deciders, was); ok {
				out = append(out, f)
			}
		}
		applied := slices.DeleteFunc(slices.Clone(was), func(b render.Delivery) bool { return b.By.Kind == "" })
		switch {
		case len(applied) == 0:
		case d.By.Kind == "":
			out = append(out, c.gone(applied[0], d.Overlay, d.File))
		case !slices.ContainsFunc(applied, func(b render.Delivery) bool { return b.Source == d.Source && b.Content == d.Content }):
			now := d.Source
			if now == applied[0].Source {
				now = "another repository, revision or choice of files of it"
			}
			out = append(out, fact(ruleSourceChanged, d, d.By, fmt.Sprintf("it was taken from %s, and now from %s, which need not be what is judged here", applied[0].Source, now)))
		}
	}
	if base != nil {
		out = append(out, c.lost(base)...)
	}
	return slices.Compact(out)
}

// deliveries are those of a cluster by each object that they bring.
func (c *ClusterState) deliveries() map[part][]render.Delivery {
	out := map[part][]render.Delivery{}
	for _, d := range c.rendered.Deliveries {
		for _, o := range d.Objects {
			out[partOf(o)] = append(out[partOf(o)], d)
		}
	}
	return out
}

// prior are the deliveries of the base that brought what decides something in this one.
func prior(d render.Delivery, deciders map[part]bool, before map[part][]render.Delivery) []render.Delivery {
	var out []render.Delivery
	for _, o := range d.Objects {
		if deciders[partOf(o)] {
			out = append(out, before[partOf(o)]...)
		}
	}
	return out
}

// undone is the fact about an exception, where one is due. What people wrote without declaring an exposure, and which was so before, is
// only warned of, and what an engine does unless told otherwise not at all.
func (c *ClusterState) undone(d render.Delivery, e render.Exception, deciders map[part]bool, was []render.Delivery) (render.Fact, bool) {
	by, concerned := e.By, decides(d, deciders)
	if e.Object.Kind != "" {
		by, concerned = e.Object, deciders[partOf(e.Object)]
	}
	if !concerned {
		return render.Fact{}, false
	}
	rule := map[string]string{render.NotApplied: ruleNotApplied, render.NotKept: ruleNotKept}[e.Kind]
	f := fact(rule, d, by, e.Why)
	f.By, f.File, f.Line, f.Column = e.By, e.File, e.Line, e.Column
	isNew := len(was) > 0 && !slices.ContainsFunc(was, func(b render.Delivery) bool { return has(b, e) })
	if e.Ordinary && !(isNew && was[0].By.Kind == d.By.Kind) {
		return f, false
	}
	declared := len(c.Wanted.Entries)+len(c.Wanted.Exits) > 0
	if e.Kind == render.NotKept && !declared && !isNew {
		f.Severity = finding.Warn
	}
	return f, true
}

func has(d render.Delivery, e render.Exception) bool {
	return slices.ContainsFunc(d.Exceptions, func(o render.Exception) bool {
		return o.Kind == e.Kind && o.Why == e.Why && partOf(o.Object) == partOf(e.Object)
	})
}

// lost are the facts about engines' objects that are still there and bring nothing of this repository any more, and about what left Git
// and stays in the cluster.
func (c *ClusterState) lost(base *ClusterState) []render.Fact {
	var out []render.Fact
	deciders, now := base.deciders(), c.deliveries()
	still := map[part]bool{}
	for _, d := range c.rendered.Deliveries {
		still[partOf(d.By)] = true
	}
	for _, b := range base.rendered.Deliveries {
		if b.By.Kind != "" && !still[partOf(b.By)] && decides(b, deciders) && c.unseenBy(b.By) != nil {
			still[partOf(b.By)] = true
			out = append(out, c.gone(b, b.Overlay, b.File))
		}
		for _, e := range b.Exceptions {
			if !e.Stays || e.Ordinary {
				continue
			}
			objects := b.Objects
			if e.Object.Kind != "" {
				objects = []posture.Ref{e.Object}
			}
			for _, o := range objects {
				if deciders[partOf(o)] && len(now[partOf(o)]) == 0 {
					out = append(out, fact(ruleLeftBehind, b, o, "it is no longer in Git, and stays in the cluster: "+e.Why))
				}
			}
		}
	}
	return out
}

// gone is the fact that nobody applies any more what an engine's object applied at the base.
func (c *ClusterState) gone(b render.Delivery, overlay, file string) render.Fact {
	f := fact(ruleNoLongerApplied, render.Delivery{Overlay: overlay, File: file, Line: 1, Column: 1}, b.By,
		fmt.Sprintf("%s %s applied it at the base, and nothing that was found does now", b.By.Kind, b.By.Name))
	if u := c.unseenBy(b.By); u != nil {
		f.Why = fmt.Sprintf("%s %s applied it at the base, and now %s", b.By.Kind, b.By.Name, u.Why)
		f.File, f.Line = u.File, u.Line
	}
	return f
}

// unseenBy is what an engine's object applies that is not here; nil when it applies only what is.
func (c *ClusterState) unseenBy(by posture.Ref) *render.Unseen {
	for i, u := range c.rendered.Unseen {
		if (part{u.Subject.Kind, u.Subject.Namespace, u.Subject.Name}) == partOf(by) {
			return &c.rendered.Unseen[i]
		}
	}
	return nil
}

func fact(rule string, d render.Delivery, by posture.Ref, why string) render.Fact {
	return render.Fact{Rule: rule, Overlay: d.Overlay, File: d.File, Line: d.Line, Column: d.Column, By: by, Why: why,
		Subject: posture.Subject{Kind: by.Kind, Namespace: by.Namespace, Name: by.Name}}
}
