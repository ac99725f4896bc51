package plan_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
	"github.com/gatespan/gatespan/internal/report"
)

// gateFleets is how many generated repositories the laws of the gate are held against; GATESPAN_GATE_FLEETS asks for more.
const gateFleets = 3

// TestLawOfTheGate generates repositories, weakens each in a random way, and holds that
//
//  1. what is generated passes
//  2. how objects are written down, in which files and folders, and with how many processors they are read, changes no verdict
//  3. taking an object away that protects never lets through what is blocked
//  4. nor does any object that comes, unless it is the very one that is missing
//  5. nor does that one in another cluster
func TestLawOfTheGate(t *testing.T) {
	n := gateFleets
	if text := os.Getenv("GATESPAN_GATE_FLEETS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	var tally tally
	t.Run("fleets", func(t *testing.T) {
		for seed := range n {
			t.Run(strconv.Itoa(seed), func(t *testing.T) {
				t.Parallel()
				l := newLaw(t, uint64(seed), &tally)
				l.hold()
			})
		}
	})
	t.Logf("%d repositories, %d weakenings that block and %d that do not, %d checks", n, tally.blocked.Load(), tally.passed.Load(), tally.checks.Load())
	if 2*tally.blocked.Load() < int64(n) { // the laws would hold of little
		t.Errorf("only %d of %d repositories have a weakening that blocks", tally.blocked.Load(), n)
	}
}

// tally counts what the laws were held against.
type tally struct{ blocked, passed, checks atomic.Int64 }

// law is one generated repository.
type law struct {
	*rand.Rand
	t     *testing.T
	fleet []byte
	tally *tally
}

// thing is one object, where it is written.
type thing struct {
	overlay string
	node    *yaml.Node
}

func newLaw(t *testing.T, seed uint64, tally *tally) *law {
	r := rand.New(rand.NewPCG(seed, 7))
	for range 100 {
		f := generateFleet(r)
		if len(f.Exposures) == 0 {
			continue // nothing is written for it
		}
		raw := asFile(t, f)
		// The generator makes some fleets that no file may say: a consumer whose identity different enforcers tell apart, a cluster that is not there.
		if _, err := fleet.Parse(map[string][]byte{"fleet/fleet.json": raw}, "fleet", "overlays"); err == nil {
			return &law{r, t, raw, tally}
		}
	}
	t.Fatal("no generated fleet can be written down")
	return nil
}

// asFile is a fleet as a user would have it in JSON: without what is empty.
func asFile(t *testing.T, f *fleet.Fleet) []byte {
	t.Helper()
	raw, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	var data map[string]any
	if err := json.Unmarshal(raw, &data); err != nil {
		t.Fatal(err)
	}
	for name, x := range f.Exposures {
		full := data["exposures"].(map[string]any)[name].(map[string]any)
		if x.TCP == nil {
			delete(full, "tcp")
		}
	}
	raw, err = json.Marshal(squeeze(data))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// squeeze leaves out what is empty; an empty object below tcp means something.
func squeeze(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, below := range v {
			if v[key] = squeeze(below); v[key] == nil && key == "tcp" {
				v[key] = map[string]any{}
			} else if v[key] == nil {
				delete(v, key)
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		if len(v) == 0 {
			return nil
		}
		for i := range v {
			if v[i] = squeeze(v[i]); v[i] == nil {
				v[i] = map[string]any{}
			}
		}
	case string:
		if v == "" {
			return nil
		}
	case float64:
		if v == 0 {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	}
	return v
}

// generated are the objects that the fleet comes to.
func (l *law) generated() []thing {
	r := gatetest.Files(l.t, map[string]string{"fleet/fleet.json": string(l.fleet)})
	r.Generate()
	var out []thing
	for _, file := range r.Files("overlays") {
		if path.Ext(file) != ".yaml" || path.Base(file) == "kustomization.yaml" {
			continue
		}
		for _, n := range r.Documents(file) {
			out = append(out, thing{path.Dir(file), n})
		}
	}
	return out
}

// form is a way to write the objects of one overlay: files by name.
type form func(t *testing.T, objects []*yaml.Node) map[string]string

func text(t *testing.T, n *yaml.Node) string {
	var out bytes.Buffer
	if err := yaml.NewEncoder(&out).Encode(n); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func plainForm(t *testing.T, objects []*yaml.Node) map[string]string {
	var parts []string
	for _, n := range objects {
		parts = append(parts, text(t, n))
	}
	return map[string]string{"all.yaml": strings.Join(parts, "---\n")}
}

// forms are those that must not matter.
var forms = map[string]form{
	"the other way round": func(t *testing.T, objects []*yaml.Node) map[string]string {
		objects = slices.Clone(objects)
		slices.Reverse(objects)
		return map[string]string{"zz.yml": plainForm(t, objects)["all.yaml"]}
	},
	"CRLF": func(t *testing.T, objects []*yaml.Node) map[string]string {
		return map[string]string{"all.yaml": strings.ReplaceAll(plainForm(t, objects)["all.yaml"], "\n", "\r\n")}
	},
	"JSON": func(t *testing.T, objects []*yaml.Node) map[string]string {
		out := map[string]string{}
		for i, n := range objects {
			var o map[string]any
			if err := n.Decode(&o); err != nil {
				t.Fatal(err)
			}
			raw, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			out[fmt.Sprintf("%03d.json", 999-i)] = string(raw)
		}
		return out
	},
	"anchors": func(t *testing.T, objects []*yaml.Node) map[string]string {
		var aliased []*yaml.Node
		for _, n := range objects {
			n = clone(t, n)
			alias(n, map[string]*yaml.Node{})
			aliased = append(aliased, n)
		}
		return plainForm(t, aliased)
	},
	"a List": func(t *testing.T, objects []*yaml.Node) map[string]string {
		list := &yaml.Node{Kind: yaml.MappingNode}
		for _, word := range []string{"apiVersion", "v1", "kind", "List", "items"} {
			list.Content = append(list.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: word})
		}
		list.Content = append(list.Content, &yaml.Node{Kind: yaml.SequenceNode, Content: objects})
		return map[string]string{"list.yaml": text(t, list)}
	},
}

// alias writes each repeated text of a document once, with an anchor.
func alias(n *yaml.Node, seen map[string]*yaml.Node) {
	for i, c := range n.Content {
		if c.Kind != yaml.ScalarNode {
			alias(c, seen)
			continue
		}
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		key := c.Tag + " " + c.Value
		if first := seen[key]; first == nil {
			seen[key] = c
		} else {
			first.Anchor = fmt.Sprintf("a%x", key)
			n.Content[i] = &yaml.Node{Kind: yaml.AliasNode, Value: first.Anchor, Alias: first}
		}
	}
}

func clone(t *testing.T, n *yaml.Node) *yaml.Node {
	var out yaml.Node
	if err := yaml.Unmarshal([]byte(text(t, n)), &out); err != nil {
		t.Fatal(err)
	}
	return out.Content[0]
}

// check writes objects and judges them. rename gives each overlay another folder.
func (l *law) check(objects []thing, write form, rename func(string) string, jobs int) *report.Report {
	files := map[string]string{"fleet/fleet.json": string(l.fleet)}
	of := map[string][]*yaml.Node{}
	for _, o := range objects {
		of[o.overlay] = append(of[o.overlay], o.node)
	}
	for overlay, nodes := range of {
		folder, written := rename(overlay), write(l.t, nodes)
		for name, content := range written {
			files[path.Join(folder, name)] = content
		}
		files[path.Join(folder, "kustomization.yaml")] = "resources: [" + strings.Join(slices.Sorted(maps.Keys(written)), ", ") + "]\n"
	}
	l.tally.checks.Add(1)
	return gatetest.Files(l.t, files).Check(gate.Options{Jobs: jobs})
}

func same(overlay string) string { return overlay }

// said is what a report says of the objects, sorted; that files are not those that gatespan would write is said of the files.
func said(judged *report.Report, cluster string) (all []string, blocks bool) {
	for _, f := range judged.Findings {
		if !slices.Contains([]string{"drift/modified", "drift/missing", "drift/stale", "drift/foreign"}, f.Rule) && (cluster == "" || f.Cluster == cluster) {
			all = append(all, fmt.Sprint(f.Cluster, " ", f.Rule, " ", f.Severity, " ", f.Subject, " ", f.Object, " ", f.Field, " ", f.Message))
			blocks = blocks || f.Severity == finding.Block
		}
	}
	for _, u := range judged.Undecided {
		all, blocks = append(all, "undecided: "+u.Message), true
	}
	slices.Sort(all)
	return slices.Compact(all), blocks
}

func (l *law) hold() {
	safe := l.generated()
	if all, blocks := said(l.check(safe, plainForm, same, 0), ""); blocks {
		l.t.Fatalf("what is generated is blocked:\n%s", strings.Join(all, "\n"))
	}
	weak, what, gone := l.weaken(safe)
	before, blocked := said(l.check(weak, plainForm, same, 0), "")
	for range 4 {
		if blocked {
			break
		}
		l.tally.passed.Add(1)
		l.t.Logf("nothing blocks: %s: %s", what, strings.Join(before, "; "))
		weak, what, gone = l.weaken(safe)
		before, blocked = said(l.check(weak, plainForm, same, 0), "")
	}
	for name, write := range forms {
		if after, _ := said(l.check(weak, write, same, 0), ""); !slices.Equal(before, after) {
			l.t.Errorf("%s, as %s:\n%s", what, name, cmp.Diff(before, after))
		}
	}
	elsewhere := func(overlay string) string { return path.Join(path.Dir(overlay), "z-"+path.Base(overlay)) }
	for jobs, rename := range map[int]func(string) string{1: elsewhere, 7: same} {
		if after, _ := said(l.check(weak, plainForm, rename, jobs), ""); !slices.Equal(before, after) {
			l.t.Errorf("%s, with %d jobs:\n%s", what, jobs, cmp.Diff(before, after))
		}
	}
	if !blocked {
		return
	}
	l.tally.blocked.Add(1)
	stays := func(change string, objects []thing) {
		if all, blocks := said(l.check(objects, plainForm, same, 0), ""); !blocks {
			l.t.Errorf("%s blocks, and %s lets it through; it said\n%s\nand now\n%s", what, change, strings.Join(before, "\n"), strings.Join(all, "\n"))
		}
	}
	if i := l.pick(weak, func(o thing) bool { return slices.Contains(protects, field(o.node, "kind")) }); i >= 0 {
		stays("taking away "+id(weak[i].node), slices.Delete(slices.Clone(weak), i, i+1))
	}
	other := newLaw(l.t, l.Uint64(), l.tally).generated()
	comes := thing{weak[l.IntN(len(weak))].overlay, other[l.IntN(len(other))].node}
	if id(comes.node) != gone && !slices.ContainsFunc(weak, func(o thing) bool { return id(o.node) == id(comes.node) }) {
		stays("adding "+id(comes.node)+" to "+comes.overlay, append(slices.Clone(weak), comes))
	}
	l.elsewhere(safe, weak, gone, stays)
}

// elsewhere puts the object that is missing into another cluster.
func (l *law) elsewhere(safe, weak []thing, gone string, stays func(string, []thing)) {
	i := slices.IndexFunc(safe, func(o thing) bool { return id(o.node) == gone })
	if i < 0 {
		return
	}
	there := l.pick(safe, func(o thing) bool { return clusterOf(o) != clusterOf(safe[i]) })
	if there < 0 || slices.ContainsFunc(weak, func(o thing) bool { return id(o.node) == gone }) {
		return
	}
	stays("having it in "+safe[there].overlay, append(slices.Clone(weak), thing{safe[there].overlay, safe[i].node}))
}

func clusterOf(o thing) string { return strings.Split(o.overlay, "/")[1] }

// pick is a random object of some, or -1.
func (l *law) pick(of []thing, which func(thing) bool) int {
	for _, i := range l.Perm(len(of)) {
		if which(of[i]) {
			return i
		}
	}
	return -1
}

// protects are the kinds of which less is never safer.
var protects = []string{
	"ClientTrafficPolicy", "SecurityPolicy", "BackendTLSPolicy", "ReferenceGrant", "ConfigMap", "AuthorizationPolicy", "PeerAuthentication", "NetworkPolicy", "TLSOption", "ServersTransport",
	"DestinationRule", "EnvoyFilter", "RequestAuthentication", "TargetGroupPolicy", "IAMAuthPolicy", "Middleware", "Certificate", "ExternalSecret", "Bundle",
}

// weaker are values that protect less, wherever they are.
var weaker = map[string]string{
	"RequireAndVerify": "VerifyIfGiven", "1.3": "1.2", "TLSV1_3": "TLSV1_2", "VersionTLS13": "VersionTLS12", "STRICT": "PERMISSIVE", "MUTUAL": "SIMPLE", "DENY": "ALLOW", "HTTPS": "HTTP", "Terminate": "Passthrough",
	"RequireAndVerifyClientCert": "VerifyClientCertIfGiven", "Same": "All", "TLSv1.3": "TLSv1.2", "verify": "off",
}

// weaken changes one object or takes it away. gone names what was taken away.
func (l *law) weaken(safe []thing) (weak []thing, what, gone string) {
	weak = slices.Clone(safe)
	if l.IntN(100) < 40 {
		i := l.pick(weak, func(o thing) bool { return slices.Contains(protects, field(o.node, "kind")) })
		if i >= 0 {
			return slices.Delete(weak, i, i+1), "without " + id(safe[i].node), id(safe[i].node)
		}
	}
	for _, i := range l.Perm(len(weak)) {
		n := clone(l.t, weak[i].node)
		var places []func() string
		var visit func(n *yaml.Node, at string)
		visit = func(n *yaml.Node, at string) {
			for k := range n.Content {
				c := n.Content[k]
				switch {
				case n.Kind == yaml.MappingNode && k%2 == 0:
					if at != "" {
						key := c.Value
						places = append(places, func() string { n.Content = slices.Delete(n.Content, k, k+2); return "without " + at + "." + key })
					}
					continue
				case c.Kind == yaml.ScalarNode && weaker[c.Value] != "":
					for range 8 { // rather these
						places = append(places, func() string { c.Value = weaker[c.Value]; return at + " is " + c.Value })
					}
				case c.Kind == yaml.ScalarNode && c.Tag == "!!str" && at != "":
					places = append(places, func() string { c.Value += "-x"; return at + " is " + c.Value })
				}
				next := at
				if n.Kind == yaml.MappingNode {
					if next = at + "." + n.Content[k-1].Value; at == "" && !slices.Contains([]string{"spec", "data", "rules"}, n.Content[k-1].Value) {
						continue
					}
				}
				visit(c, next)
			}
		}
		visit(n, "")
		if len(places) > 0 {
			how := places[l.IntN(len(places))]()
			weak[i] = thing{weak[i].overlay, n}
			return weak, id(n) + how, ""
		}
	}
	l.t.Fatal("there is nothing to weaken")
	return nil, "", ""
}

// field is a top-level text of an object, or one of its metadata.
func field(n *yaml.Node, name string) string {
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch key, value := n.Content[i].Value, n.Content[i+1]; {
		case key == name && value.Kind == yaml.ScalarNode:
			return value.Value
		case key == "metadata" && name != "kind":
			return field(value, name)
		}
	}
	return ""
}

func id(n *yaml.Node) string {
	return field(n, "kind") + " " + field(n, "namespace") + "/" + field(n, "name")
}
