package gate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
	"github.com/gatespan/gatespan/internal/report"
)

// Laws of the gate, over a repository that people wrote and ways to weaken it: what a change may look like, and what may stand beside it,
// without the verdict becoming another one.

// weakenings are the repository as it is (a pass), and what must be blocked.
var weakenings = map[string]func(*gatetest.Repo){
	"as it is":         func(*gatetest.Repo) {},
	"optional":         func(r *gatetest.Repo) { r.Replace(byHandPolicy, "RequireAndVerify", "VerifyIfGiven") },
	"an old version":   func(r *gatetest.Repo) { r.Replace(byHandPolicy, `minVersion: "1.3"`, `minVersion: "1.2"`) },
	"a missing CA":     func(r *gatetest.Repo) { r.Replace(byHandPolicy, "name: client-ca", "name: elsewhere") },
	"another listener": func(r *gatetest.Repo) { r.Replace(byHandPolicy, "name: edge}]", "name: edge, sectionName: other}]") },
	"a broad grant": func(r *gatetest.Repo) {
		r.Replace(byHand, `{group: "", kind: Service, name: api}]`+"\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy", `{group: "", kind: Service}]`+"\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: BackendTLSPolicy")
	},
	"a grant elsewhere": func(r *gatetest.Repo) {
		r.Replace(byHand, "kind: HTTPRoute, namespace: edge}]", "kind: HTTPRoute, namespace: other}]")
	},
}

// found is what a check says, apart from places.
func found(judged *report.Report, cluster string) []string {
	var out []string
	for _, f := range judged.Findings {
		if f.Cluster == cluster {
			out = append(out, fmt.Sprint(f.Rule, f.Severity, f.Subject, f.Object, f.Message))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// documents are those of the repository, decoded as nodes; kustomize's own files are not among them.
func documents(r *gatetest.Repo) []*yaml.Node {
	return slices.Concat(r.Documents(byHand), r.Documents(byHandPolicy))
}

// write replaces the repository's files by these, in this order.
func write(r *gatetest.Repo, names, contents []string) {
	r.Remove("apps/edge")
	r.Write(byHandRoot, "resources: ["+strings.Join(names, ", ")+"]\n")
	for i, name := range names {
		r.Write(path.Join("apps/edge", name), contents[i])
	}
}

func asYAML(t *testing.T, n *yaml.Node) string {
	t.Helper()
	var out bytes.Buffer
	if err := yaml.NewEncoder(&out).Encode(n); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// is reports whether a document is of a kind.
func is(n *yaml.Node, kind string) bool {
	var o struct{ Kind string }
	return n.Decode(&o) == nil && o.Kind == kind
}

// alias writes each repeated text of a document once, with an anchor.
func alias(n *yaml.Node, seen map[string]*yaml.Node) {
	for i, c := range n.Content {
		if c.Kind == yaml.ScalarNode && (n.Kind == yaml.SequenceNode || i%2 == 1) {
			if first := seen[c.Value]; first == nil {
				seen[c.Value] = c
			} else {
				first.Anchor = "a" + fmt.Sprintf("%x", first.Value)
				n.Content[i] = &yaml.Node{Kind: yaml.AliasNode, Value: first.Anchor, Alias: first}
			}
			continue
		}
		alias(c, seen)
	}
}

// TestSameObjectsSameVerdict: how the objects are written down is no part of what a controller would do.
func TestSameObjectsSameVerdict(t *testing.T) {
	one := func(t *testing.T, r *gatetest.Repo, change func([]*yaml.Node) string, name string) {
		write(r, []string{name}, []string{change(documents(r))})
	}
	join := func(t *testing.T, nodes []*yaml.Node) string {
		var parts []string
		for _, n := range nodes {
			parts = append(parts, asYAML(t, n))
		}
		return strings.Join(parts, "---\n")
	}
	forms := map[string]func(*testing.T, *gatetest.Repo){
		"one file": func(t *testing.T, r *gatetest.Repo) {
			one(t, r, func(nodes []*yaml.Node) string { return join(t, nodes) }, "all.yaml")
		},
		"the other way round": func(t *testing.T, r *gatetest.Repo) {
			one(t, r, func(nodes []*yaml.Node) string { slices.Reverse(nodes); return join(t, nodes) }, "all.yml")
		},
		"CRLF": func(t *testing.T, r *gatetest.Repo) {
			one(t, r, func(nodes []*yaml.Node) string { return strings.ReplaceAll(join(t, nodes), "\n", "\r\n") }, "all.yaml")
		},
		"anchors": func(t *testing.T, r *gatetest.Repo) {
			one(t, r, func(nodes []*yaml.Node) string {
				for _, n := range nodes {
					alias(n, map[string]*yaml.Node{})
				}
				return join(t, nodes)
			}, "all.yaml")
		},
		"a file of JSON each, by other names": func(t *testing.T, r *gatetest.Repo) {
			var names, contents []string
			for i, n := range documents(r) {
				var o map[string]any
				if err := n.Decode(&o); err != nil {
					t.Fatal(err)
				}
				text, err := json.Marshal(o)
				if err != nil {
					t.Fatal(err)
				}
				names, contents = append(names, fmt.Sprintf("%c.json", 'z'-i)), append(contents, string(text))
			}
			write(r, names, contents)
		},
		"a List": func(t *testing.T, r *gatetest.Repo) {
			one(t, r, func(nodes []*yaml.Node) string {
				list := &yaml.Node{Kind: yaml.MappingNode}
				for _, word := range []string{"apiVersion", "v1", "kind", "List", "items"} {
					list.Content = append(list.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: word})
				}
				list.Content = append(list.Content, &yaml.Node{Kind: yaml.SequenceNode, Content: nodes})
				return asYAML(t, list)
			}, "list.yaml")
		},
	}
	for name, weaken := range weakenings {
		r := handWritten(t)
		weaken(r)
		judged := r.Check(gate.Options{})
		if (judged.Verdict == report.Pass) != (name == "as it is") {
			t.Fatalf("%s: %s", name, judged.Verdict)
		}
		for form, change := range forms {
			t.Run(name+", "+form, func(t *testing.T) {
				t.Parallel()
				r := handWritten(t)
				weaken(r)
				change(t, r)
				again := r.Check(gate.Options{})
				if diff := cmp.Diff(found(judged, "shop"), found(again, "shop")); diff != "" || again.Verdict != judged.Verdict {
					t.Errorf("%s, was %s:\n%s", again.Verdict, judged.Verdict, diff)
				}
			})
		}
	}
}

// protective are the kinds of which less is never safer.
var protective = []string{"ClientTrafficPolicy", "ReferenceGrant", "BackendTLSPolicy", "ConfigMap"}

// TestLessProtectionIsNoMend: what is blocked stays blocked when an object that protects goes away, and when one like it comes elsewhere: in
// another namespace, or for another cluster.
func TestLessProtectionIsNoMend(t *testing.T) {
	for name, weaken := range weakenings {
		if name == "as it is" {
			continue
		}
		for i, kind := range protective {
			start := func(t *testing.T) *gatetest.Repo {
				r := handWritten(t)
				weaken(r)
				return r
			}
			blocked := func(t *testing.T, r *gatetest.Repo) {
				t.Helper()
				if judged := r.Check(gate.Options{}); judged.Verdict != report.Blocked {
					t.Errorf("%s: %v", judged.Verdict, found(judged, "shop"))
				}
			}
			t.Run(name+", without "+kind, func(t *testing.T) {
				t.Parallel()
				r := start(t)
				var kept []string
				for _, n := range documents(r) {
					if !is(n, kind) {
						kept = append(kept, asYAML(t, n))
					}
				}
				write(r, []string{"all.yaml"}, []string{strings.Join(kept, "---\n")})
				blocked(t, r)
			})
			t.Run(name+", with another namespace's "+kind, func(t *testing.T) {
				t.Parallel()
				r := start(t)
				safe := handWritten(t)
				for _, n := range documents(safe) {
					if is(n, kind) {
						text := strings.NewReplacer("namespace: edge}", "namespace: elsewhere}", "namespace: api}", "namespace: elsewhere}").Replace(asYAML(t, n))
						r.Append(byHand, "---\n"+text)
					}
				}
				blocked(t, r)
			})
			if i > 0 {
				continue
			}
			t.Run(name+", with a safe cluster beside", func(t *testing.T) {
				t.Parallel()
				r, safe := start(t), handWritten(t)
				alone := found(r.Check(gate.Options{}), "shop")
				for _, file := range []string{byHandRoot, byHand, byHandPolicy} {
					r.Write("beside/"+file, safe.Read(file))
				}
				fleet := r.Read("fleet/fleet.yaml")
				_, shop, _ := strings.Cut(fleet, "  shop:\n")
				r.Write("fleet/fleet.yaml", fleet+"  beside:\n"+strings.Replace(shop, "path: apps", "path: beside/apps", 1))
				judged := r.Check(gate.Options{})
				if diff := cmp.Diff(alone, found(judged, "shop")); diff != "" || judged.Verdict != report.Blocked {
					t.Errorf("%s:\n%s", judged.Verdict, diff)
				}
				if got := found(judged, "beside"); len(got) != 0 {
					t.Errorf("the safe cluster has %v", got)
				}
			})
		}
	}
}
