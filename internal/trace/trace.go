// Package trace follows one consumer's call to one exposure through the postures of both clusters, hop by hop, and says of each
// hop what decides it, who enforces it, and what is taken for granted.
//
//	pods ─▶ service name ─▶ egress listener ─▶ exit ─▶ provider's entry ─▶ route ─▶ grant ─▶ service ─▶ pods
//
// It judges nothing: a hop that is not there is said to be missing, and the path ends.
package trace

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/posture"
)

// Cluster is one cluster, read.
type Cluster struct {
	Name    string
	Facts   controller.Cluster
	Posture posture.Posture
	Wanted  controller.Wanted
	// Locate is where the repository says what a Ref names; the zero Position when nothing of it does.
	Locate func(posture.Ref) finding.Position
}

// Path is the way of a call from one consumer to one provider cluster.
type Path struct {
	Consumer    string   `json:"consumer"`
	Exposure    string   `json:"exposure"`
	From        string   `json:"from"` // cluster
	To          string   `json:"to"`   // cluster
	Complete    bool     `json:"complete"`
	Hops        []Hop    `json:"hops"`
	Assumptions []string `json:"assumptions"` // sorted
}

// Hop is one step of the way.
type Hop struct {
	Title   string `json:"title"`
	Cluster string `json:"cluster"`
	Facts   []Fact `json:"facts"`
	// Missing says why the path ends here; "" where it goes on.
	Missing string `json:"missing,omitempty"`
	Hint    string `json:"hint,omitempty"`
}

// Fact is one thing that decides a hop.
type Fact struct {
	Text     string           `json:"text"`
	Enforcer posture.Enforcer `json:"enforcer,omitempty"` // who makes it hold; "" where there is nothing to enforce
	finding.Position
}

// UnknownName is a consumer, exposure or cluster that the fleet does not have.
type UnknownName struct {
	Kind  string // "consumer", "exposure"
	Name  string
	Known []string // sorted
}

func (e *UnknownName) Error() string {
	if len(e.Known) == 0 {
		return fmt.Sprintf("no %s %q: the fleet has none", e.Kind, e.Name)
	}
	return fmt.Sprintf("no %s %q", e.Kind, e.Name)
}

// Follow returns the paths of a consumer's calls to an exposure, one for each provider cluster, sorted by it. A wrong name is an
// UnknownName.
func Follow(f *fleet.Fleet, clusters []Cluster, consumer, exposure string) ([]Path, error) {
	e, ok := f.Exposures[exposure]
	if !ok {
		return nil, &UnknownName{Kind: "exposure", Name: exposure, Known: slices.Sorted(maps.Keys(f.Exposures))}
	}
	c, ok := e.Consumers[consumer]
	if !ok {
		return nil, &UnknownName{Kind: "consumer of " + exposure, Name: consumer, Known: slices.Sorted(maps.Keys(e.Consumers))}
	}
	var paths []Path
	for _, provider := range slices.Sorted(maps.Keys(e.Providers)) {
		w := walk{
			fleet: f, exposureName: exposure, exposure: e, consumerName: consumer, consumer: c,
			from: find(clusters, c.Cluster), to: find(clusters, provider),
		}
		paths = append(paths, w.path())
	}
	return paths, nil
}

func find(clusters []Cluster, name string) Cluster {
	for _, c := range clusters {
		if c.Name == name {
			return c
		}
	}
	return Cluster{Name: name}
}

// walk is one path being followed.
type walk struct {
	fleet        *fleet.Fleet
	exposureName string
	exposure     fleet.Exposure
	consumerName string
	consumer     fleet.Consumer
	from, to     Cluster
	hops         []Hop
	refs         []posture.Ref // what the path rests on, to choose its assumptions
}

func (w *walk) path() Path {
	complete := w.pods() && w.leave() && w.enter()
	return Path{
		Consumer: w.consumerName, Exposure: w.exposureName, From: w.from.Name, To: w.to.Name,
		Complete: complete, Hops: w.hops, Assumptions: w.assumptions(),
	}
}

// hop adds a hop.
func (w *walk) hop(c Cluster, title string, facts ...Fact) {
	if facts == nil {
		facts = []Fact{}
	}
	w.hops = append(w.hops, Hop{Title: title, Cluster: c.Name, Facts: facts})
}

// missing ends the path.
func (w *walk) missing(c Cluster, title, why, hint string) bool {
	w.hops = append(w.hops, Hop{Title: title, Cluster: c.Name, Facts: []Fact{}, Missing: why, Hint: hint})
	return false
}

// declared is a fact that the fleet says.
func (w *walk) declared(text string, path ...string) Fact {
	return Fact{Text: text, Position: w.fleet.Position(path...)}
}

// told is a fact that an object says.
func (w *walk) told(c Cluster, text string, by posture.Ref) Fact {
	w.refs = append(w.refs, by)
	fact := Fact{Text: text}
	if c.Locate != nil && by.Name != "" {
		fact.Position = c.Locate(by)
	}
	return fact
}

// setting is a fact that a setting of the posture says, with who enforces it.
func setting[T any](w *walk, c Cluster, text string, s posture.Setting[T]) Fact {
	if s.Why != "" {
		text += " (" + s.Why + ")"
	}
	fact := w.told(c, text, s.By)
	fact.Enforcer = s.Enforcer
	return fact
}

// pods is where the call comes from.
func (w *walk) pods() bool {
	at := []string{"exposures", w.exposureName, "consumers", w.consumerName}
	who := w.consumer.Identity.URI
	if who == "" {
		who = w.consumer.Identity.DNS
	}
	w.hop(w.from, "pods",
		w.declared("pods "+labels(w.consumer.PodSelector.MatchLabels)+" of namespace "+w.consumer.Namespace, append(slices.Clone(at), "podSelector")...),
		w.declared("certificate says "+who, append(slices.Clone(at), "identity")...),
	)
	return true
}

func labels(m map[string]string) string {
	if len(m) == 0 {
		return "with any label"
	}
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, k+"="+m[k])
	}
	return strings.Join(out, ",")
}

// assumptions lists those of both clusters that are about an object of the path.
func (w *walk) assumptions() []string {
	out := []string{}
	for _, c := range []Cluster{w.from, w.to} {
		for _, a := range c.Posture.Assumptions {
			if slices.ContainsFunc(w.refs, func(r posture.Ref) bool {
				return r.Kind == a.By.Kind && r.Namespace == a.By.Namespace && r.Name == a.By.Name
			}) {
				out = append(out, c.Name+": "+a.Text)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Names lists what can follow the arguments given so far, for shells: all consumers, then the exposures of one.
func Names(f *fleet.Fleet, given []string) []string {
	var out []string
	for exposure, e := range f.Exposures {
		switch {
		case len(given) == 0:
			out = slices.AppendSeq(out, maps.Keys(e.Consumers))
		case len(given) == 1 && hasConsumer(e, given[0]):
			out = append(out, exposure)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func hasConsumer(e fleet.Exposure, name string) bool {
	_, ok := e.Consumers[name]
	return ok
}
