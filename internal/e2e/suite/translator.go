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
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/e2e/around"
	"github.com/gatespan/gatespan/internal/e2e/pki"
	declared "github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/plan"
)

const areaTranslator = "Envoy Gateway's translators: what the proxies get is what the posture says"

func translator() Suite {
	return Suite{Name: "envoy-gateway", Area: areaTranslator, Claim: "listeners, routes and clusters of every overlay", Needs: []string{"envoy-gateway"}, run: runTranslator}
}

// overlaid is one cluster of a fleet with Envoy Gateway.
type overlaid struct {
	name    string
	facts   controller.Cluster
	objects []*object.Object
}

func runTranslator(ctx context.Context, e *Env) error {
	clusters, err := e.overlaid(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o, err := e.startOracle(ctx)
	if err != nil {
		return err
	}
	asIs := map[string]*translated{}
	for _, c := range clusters {
		if asIs[c.name], err = o.translate(c, nil); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		if err := e.translatedRow(c.name, asIs[c.name]); err != nil {
			return err
		}
	}
	if e.Present {
		fmt.Fprintln(e.Log, "envoy-gateway: the changes that weaken the overlays are left out")
		return nil
	}
	return e.variants(o, clusters, asIs)
}

func (e *Env) translatedRow(claim string, all ...*translated) error {
	var differences []string
	compared := 0
	for _, t := range all {
		compared += t.compared
		differences = append(differences, t.differences...)
	}
	if compared == 0 {
		differences = append(differences, "nothing was compared")
	}
	return e.record(areaTranslator, claim, "envoy-gateway", differences, fmt.Sprintf("%d values", compared))
}

// overlaid are the clusters of the example fleets that Envoy Gateway has an entry or an exit in.
func (e *Env) overlaid(ctx context.Context) ([]overlaid, error) {
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
			if loaded.Clusters[name].Controller.Name != "envoy-gateway" {
				continue
			}
			all, err := objects(ctx, f.repo, f.overlays+"/"+name)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", f.name, name, err)
			}
			facts := plan.Facts(loaded, name)
			if p := catalog.Read(facts, object.NewSet(all)); len(p.Entries) > 0 {
				out = append(out, overlaid{f.name + "/" + name, facts, all})
			}
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no example fleet has a Gateway of Envoy Gateway")
	}
	return out, nil
}

// translate asks the translators, and compares with the posture. An edit changes the YAML of each object before; one that it empties is left
// out. Without a change it is nil.
func (o *oracle) translate(c overlaid, edit func(string) string) (*translated, error) {
	all, changed, err := edited(c.objects, edit)
	if err != nil || edit != nil && !changed {
		return nil, err
	}
	set := object.NewSet(all)
	t := &translated{posture: catalog.Read(c.facts, set), proxies: map[string]*xds{}}
	beside, err := around.Objects(c.facts, set, t.posture)
	if err != nil {
		return nil, err
	}
	own, err := ownCertificate()
	if err != nil {
		return nil, err
	}
	beside = append(beside, own)
	for _, data := range beside {
		made, err := object.New(data, object.Origin{})
		if err != nil {
			return nil, err
		}
		all = append(all, made)
	}
	t.objects = all
	answer, err := o.ask(all)
	if err != nil {
		return nil, err
	}
	t.differences = append(answer.Refused, answer.Errors...)
	for name, of := range answer.Proxies {
		if t.proxies[name], err = readXDS(of); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	t.all()
	return t, nil
}

// ownCertificate is what Envoy Gateway's certgen makes for the way between its controller and the proxies.
func ownCertificate() (map[string]any, error) {
	authority, err := pki.New("envoy-gateway")
	if err != nil {
		return nil, err
	}
	pair, err := authority.Issue(pki.Want{Name: "envoy", DNS: []string{"*.envoy-gateway-system"}, Both: true})
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	return around.Made("v1", "Secret", "envoy-gateway-system", "envoy", map[string]any{"type": "kubernetes.io/tls",
		"data": map[string]any{"tls.crt": encode(pair.Certificate), "tls.key": encode(pair.Key), "ca.crt": encode(authority.PEM)}}), err
}

// answered is what the oracle prints: modules/envoy-gateway.
type answered struct {
	Refused, Errors []string
	Proxies         map[string]map[string][]json.RawMessage
}

// oracle is the translators at work, until the suite ends.
type oracle struct {
	in  *json.Encoder
	out *json.Decoder
}

func (e *Env) startOracle(ctx context.Context) (*oracle, error) {
	command := exec.CommandContext(ctx, e.Components["envoy-gateway"].Path)
	command.Stderr = e.Log
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &oracle{json.NewEncoder(in), json.NewDecoder(out)}, command.Start()
}

func (o *oracle) ask(all []*object.Object) (*answered, error) {
	var stream strings.Builder
	for _, o := range all {
		text, err := yaml.Marshal(o.Data)
		if err != nil {
			return nil, err
		}
		stream.WriteString("---\n")
		stream.Write(text)
	}
	if err := o.in.Encode(stream.String()); err != nil {
		return nil, fmt.Errorf("the translators: %w", err)
	}
	var answer answered
	if err := o.out.Decode(&answer); err != nil {
		return nil, fmt.Errorf("the translators ended: %w", err)
	}
	return &answer, nil
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
