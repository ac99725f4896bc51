package catalog

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/posture"
)

// settle brings a joined posture into its one form: lists sorted by subject, nothing said twice, no nil slice or map anywhere, so that
// rules never meet a null and the same objects always give the same bytes.
func settle(p *posture.Posture) {
	fill(reflect.ValueOf(p).Elem())
	moved := settleExits(p)
	eachBackend(p.Entries, func(b *posture.Backend) {
		if b.ExitIndex >= 0 && b.ExitIndex < len(moved) {
			b.ExitIndex = moved[b.ExitIndex]
		}
	})
	p.Entries = settled(p.Entries, func(e posture.Entry) string { return subjectKey(e.Subject) })
	p.Grants = settled(p.Grants, func(g posture.Grant) string { return subjectKey(g.Subject) })
	p.References = settled(p.References, func(r posture.Reference) string { return refKey(r.From) })
	p.Ways = settled(p.Ways, func(w posture.Way) string { return subjectKey(w.Subject) })
	p.Hatches = settled(p.Hatches, func(h posture.Hatch) string { return subjectKey(h.Subject) })
	p.Services = settled(p.Services, func(s posture.Service) string { return subjectKey(s.Subject) })
	p.Secrets = settled(p.Secrets, func(s posture.Secret) string { return refKey(s.By) })
	p.Certificates = settled(p.Certificates, func(c posture.Certificate) string { return subjectKey(c.Subject) })
	p.Prerequisites = settled(p.Prerequisites, func(q posture.Prerequisite) string { return q.ID + "\x00" + subjectKey(q.Subject) })
	p.Installations = settled(p.Installations, func(i posture.Installation) string { return subjectKey(i.Subject) })
	p.Powers = settled(p.Powers, func(w posture.Power) string { return subjectKey(w.Holder) + refKey(w.Binding) + refKey(w.By) })
	p.Unknowns = settled(p.Unknowns, func(u posture.Unknown) string { return subjectKey(u.Subject) + refKey(u.By) })
	p.Assumptions = settled(p.Assumptions, func(a posture.Assumption) string { return refKey(a.By) })
}

// settleExits sorts the exits and returns where each of them went.
func settleExits(p *posture.Posture) []int {
	before := slices.Clone(p.Exits)
	p.Exits = settled(p.Exits, func(e posture.Exit) string { return subjectKey(e.Subject) })
	place := map[string]int{}
	for i, e := range p.Exits {
		place[text(e)] = i
	}
	moved := make([]int, len(before))
	for i, e := range before {
		moved[i] = place[text(e)]
	}
	return moved
}

func subjectKey(s posture.Subject) string {
	return strings.Join([]string{s.Kind, s.Namespace, s.Name, s.Listener, ""}, "\x00")
}

func refKey(r posture.Ref) string {
	return strings.Join([]string{r.Kind, r.Namespace, r.Name, r.Field, ""}, "\x00")
}

// settled sorts by a key and then by the whole value, and drops what is said twice.
func settled[T any](list []T, key func(T) string) []T {
	type keyed struct {
		key   string
		value T
	}
	all := make([]keyed, 0, len(list))
	for _, v := range list {
		all = append(all, keyed{key(v) + "\x01" + text(v), v})
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
	all = slices.CompactFunc(all, func(a, b keyed) bool { return a.key == b.key })
	out := make([]T, 0, len(all))
	for _, k := range all {
		out = append(out, k.value)
	}
	return out
}

func text(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // the posture is made of strings, numbers and lists of them
	}
	return string(raw)
}

// fill replaces every nil slice and map below a value by an empty one.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Map:
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
	}
}
