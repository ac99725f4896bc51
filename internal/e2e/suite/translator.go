//go:build e2e && linux

package suite

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/e2e/around"
	"github.com/gatespan/gatespan/internal/e2e/conditions"
	declared "github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/plan"
)

// translator is a controller whose own translators are a component: what its proxies get is held against the posture.
type translator struct {
	name     string // of the controller, the component and the suite
	area     string
	weakened []variant
	question func(*translated) (any, error) // what the component is asked; nil: nothing is the controller's, and no proxy gets anything
	compare  func(*translated)
}

func translators() []Suite {
	var out []Suite
	for _, t := range []translator{envoyGateway(), istio()} {
		out = append(out, Suite{Name: t.name, Area: t.area, Claim: "listeners, routes and clusters of every overlay", Needs: []string{t.name}, run: t.run})
	}
	return out
}

// overlaid is one cluster of a fleet with the controller.
type overlaid struct {
	name    string
	facts   controller.Cluster
	objects []*object.Object
	lenient bool // as in translated
}

func (t translator) run(ctx context.Context, e *Env) error {
	clusters, err := e.overlaid(ctx, t.name)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o, err := e.startOracle(ctx, t)
	if err != nil {
		return err
	}
	asIs := map[string]*translated{}
	for _, c := range clusters {
		if asIs[c.name], err = o.translate(c, nil); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		if err := e.translatedRow(t, c.name, asIs[c.name]); err != nil {
			return err
		}
	}
	if e.Present {
		fmt.Fprintln(e.Log, t.name+": the changes that weaken the overlays, and those of the corpus, are left out")
		return nil
	}
	return errors.Join(e.variants(o, clusters, asIs), e.corpus(ctx, o))
}

func (e *Env) translatedRow(of translator, claim string, all ...*translated) error {
	var differences []string
	compared, closed := 0, tally{}
	for _, t := range all {
		compared, closed = compared+t.compared, closed.with(t.closed)
		differences = append(append(differences, t.refused...), t.differences...)
	}
	if compared == 0 {
		differences = append(differences, "nothing was compared")
	}
	return e.record(of.area, claim, of.name, differences, fmt.Sprintf("%d values%s", compared, closed))
}

// overlaid are the clusters of the example fleets that the controller has an entry or an exit in.
func (e *Env) overlaid(ctx context.Context, of string) ([]overlaid, error) {
	fleets, err := e.fleets(ctx)
	if err != nil {
		return nil, err
	}
	var out []overlaid
	for _, f := range fleets {
		loaded, err := declared.Load(os.DirFS(f.repo), f.source, f.overlays)
		if err != nil {
			return nil, err
		}
		for _, name := range f.clusters {
			if loaded.Clusters[name].Controller.Name != of {
				continue
			}
			all, err := objects(ctx, f.repo, f.overlays+"/"+name)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", f.name, name, err)
			}
			facts := plan.Facts(loaded, name)
			if p := catalog.Read(facts, object.NewSet(all)); len(p.Entries) > 0 {
				out = append(out, overlaid{name: f.name + "/" + name, facts: facts, objects: all})
			}
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no example fleet has a Gateway of %s", of)
	}
	return out, nil
}

// prepare reads the posture of a cluster, and makes what is around its objects. An edit changes the YAML of each object before; one that it
// empties is left out. Without a change the result is nil.
func (c overlaid) prepare(edit func(string) string) (*translated, error) {
	all, changed, err := edited(c.objects, edit)
	if err != nil || edit != nil && !changed {
		return nil, err
	}
	set := object.NewSet(all)
	t := &translated{facts: c.facts, posture: catalog.Read(c.facts, set), proxies: map[string]*xds{}, lenient: c.lenient}
	once := map[object.ID]bool{} // two overlays with one object make one
	all = slices.DeleteFunc(all, func(o *object.Object) bool {
		again := once[o.ID()]
		once[o.ID()] = true
		return again
	})
	beside, err := around.Objects(c.facts, set, t.posture)
	if err != nil {
		return nil, err
	}
	for _, data := range beside {
		made, err := object.New(data, object.Origin{})
		if err != nil {
			return nil, err
		}
		all = append(all, made)
	}
	t.objects = all
	return t, nil
}

// translate asks the translators, and compares with the posture. Without a change by the edit it is nil.
func (o *oracle) translate(c overlaid, edit func(string) string) (*translated, error) {
	t, err := c.prepare(edit)
	if t == nil || err != nil {
		return nil, err
	}
	question, err := o.of.question(t)
	if err != nil {
		return nil, err
	}
	answer := &answered{}
	if question != nil {
		answer, err = o.ask(question)
	}
	if err != nil {
		return nil, err
	}
	t.refused = answer.Refused
	for _, e := range answer.Errors {
		if strings.Contains(e, "configuration is invalid") { // Istio's own validation, which its webhook asks
			t.refused = append(t.refused, e)
		} else {
			t.differences = append(t.differences, e)
		}
	}
	for name, of := range answer.Proxies {
		if t.proxies[name], err = readXDS(of); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	o.of.compare(t)
	t.conditions(answer.Status)
	return t, nil
}

// conditions compares what the status of objects says.
func (c *translated) conditions(all []conditions.Object) {
	conditions.Compare(all, c.posture, func(at, field string, said, read any) {
		if says, ok := said.(bool); ok {
			c.open(at, "status: "+field, says, read.(bool))
		} else {
			c.same(at, "status: "+field, said, read)
		}
	})
}

// answered is what the components print: modules/envoy-gateway, modules/istio.
type answered struct {
	Refused, Errors []string
	Proxies         map[string]map[string][]json.RawMessage
	Status          []conditions.Object
}

// oracle is the translators at work, until the suite ends.
type oracle struct {
	of  translator
	in  *json.Encoder
	out *json.Decoder
}

func (e *Env) startOracle(ctx context.Context, of translator) (*oracle, error) {
	command := exec.CommandContext(ctx, e.Components[of.name].Path)
	command.Stderr = e.Log
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &oracle{of, json.NewEncoder(in), json.NewDecoder(out)}, command.Start()
}

func (o *oracle) ask(question any) (*answered, error) {
	if err := o.in.Encode(question); err != nil {
		return nil, fmt.Errorf("%s: %w", o.of.name, err)
	}
	var answer answered
	if err := o.out.Decode(&answer); err != nil {
		return nil, fmt.Errorf("%s ended: %w", o.of.name, err)
	}
	return &answer, nil
}

// stream is objects as YAML documents.
func stream(all []*object.Object) (string, error) {
	var out strings.Builder
	for _, o := range all {
		text, err := yaml.Marshal(o.Data)
		if err != nil {
			return "", err
		}
		out.WriteString("---\n")
		out.Write(text)
	}
	return out.String(), nil
}

// edited are objects after an edit of their YAML.
func edited(all []*object.Object, edit func(string) string) (out []*object.Object, changed bool, err error) {
	if edit == nil {
		return append(out, all...), false, nil
	}
	for _, o := range all {
		before, err := yaml.Marshal(o.Data)
		if err != nil {
			return nil, false, err
		}
		after := edit(string(before))
		if after == string(before) {
			out = append(out, o)
			continue
		}
		changed = true
		made, err := decode([]byte(after))
		if err != nil {
			return nil, false, err
		}
		for _, m := range made {
			m.Origin = o.Origin
			out = append(out, m)
		}
	}
	return out, changed, nil
}

// decoded is one value of a ConfigMap or Secret.
func decoded(o *object.Object, key string) string {
	text := o.Text(object.Key("data", key))
	if o.Kind == "Secret" {
		plain, err := base64.StdEncoding.DecodeString(text)
		if err == nil {
			return string(plain)
		}
	}
	return strings.TrimSpace(text)
}
