package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/plan"
	"github.com/gatespan/gatespan/internal/policy"
	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/trace"
)

// FuzzRead reads reports that were printed as JSON and merges them: what is no report of version 1 is an error, a merged verdict is never
// better than that of a part, and everything that was read can be printed in every format, without an escape.
func FuzzRead(f *testing.F) {
	whole, err := json.Marshal(example1())
	if err != nil {
		f.Fatal(err)
	}
	part := example1()
	part.Shard = &Shard{Index: 1, Of: 1}
	shard, err := json.Marshal(part)
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "{}", "null", "[]", string(whole), string(shard), strings.Replace(string(shard), `"block"`, `"pass"`, 1), `{"version":"1","verdict":"pass","shard":{"index":1,"of":1}}`,
		`{"version":"1","verdict":"pass","shard":{"index":1,"of":1000000000}}`, `{"version":"1","verdict":"pass","shard":{"index":-1,"of":0},"findings":[{}]}`, `{"version":"1","verdict":"block","findings":[null]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := Read(text)
		if err != nil {
			return
		}
		if r.Version != "1" || !json.Valid(text) {
			t.Fatalf("read as a report: %q", text)
		}
		merged, err := Merge([]*Report{r})
		if err == nil && merged.Verdict == Pass && (r.Verdict != Pass || r.Summary.Block > 0 && merged.Summary.Block == 0 && len(r.Findings) == 0) {
			t.Errorf("a part is %s, the whole %s", r.Verdict, merged.Verdict)
		}
		for _, format := range Formats() {
			out := string(printed(t, func(b *bytes.Buffer) error { return format.Write(b, r, Options{}) }))
			switch format.Name {
			case "github":
				out = annotations(t, out)
			case "junit":
				out = strings.ReplaceAll(out, "\t", "")
			}
			checkSafe(t, out, true)
		}
	})
}

// FuzzPages prints everything else that people and machines read, with text of a pull request wherever there can be any.
func FuzzPages(f *testing.F) {
	for _, seed := range []string{"\x1b[2J\x1b]52;c;eA==\x07", "a\n::error::b", "##vso[task.complete result=Succeeded]", "\r\u202e\u2066pass", "|", "`", "<img src=x>", "\xff", "@team", "-----BEGIN PRIVATE KEY-----", "é", "\t"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clusters := clustersExample()
		clusters[0].Name, clusters[0].Facts.Controller.Version = text, text
		for i := range clusters {
			for j := range clusters[i].Posture.Entries {
				e := &clusters[i].Posture.Entries[j]
				e.Subject.Listener, e.Gateway.Namespace, e.Hostnames, e.ClientAuth.Why = text, text, []string{text}, text
				e.Identities.Value.Accepted = []posture.Identity{{Type: "uri", Match: "regex", Value: text}}
			}
			for j := range clusters[i].Posture.Grants {
				clusters[i].Posture.Grants[j].ToName, clusters[i].Posture.Grants[j].UsedBy = text, []string{text}
			}
		}
		changes := example1().Changes
		for i := range changes {
			changes[i].Subject.Name, changes[i].Before, changes[i].After, changes[i].Why, changes[i].File = text, text, text, text, text
		}
		path := trace.Path{Consumer: text, Exposure: text, Hops: []trace.Hop{{Title: text, Cluster: text, Missing: text, Hint: text, Facts: []trace.Fact{{Text: text}}}}}
		due := &Due{Version: "1", Today: "2026-11-30", Items: []DueItem{{Kind: "waiver", Day: "2026-12-01", Cluster: text, What: text, Owner: text, Hint: text}}, Unknown: []DueItem{{What: text}}}
		candidates := Candidates([]plan.Candidate{{Name: text, Version: text, Asks: []fleet.Error{{Message: text, Hint: text}}}})
		files := []FileDiff{{Path: text, Before: []byte(text), After: []byte("a" + text + "\n")}}
		rules := []policy.Rule{{ID: text, Title: text, Severity: "block", Description: text, Remediation: text, Bad: text, Good: text, User: true}}
		for name, print := range map[string]func(*bytes.Buffer) error{
			"posture": func(b *bytes.Buffer) error { return PostureText(b, clusters, Style{}) }, "posture.json": func(b *bytes.Buffer) error { return PostureJSON(b, clusters) },
			"posture.mmd": func(b *bytes.Buffer) error { return PostureMermaid(b, clusters) },
			"changes":     func(b *bytes.Buffer) error { return ChangesText(b, changes, Style{}) }, "changes.json": func(b *bytes.Buffer) error { return ChangesJSON(b, changes) },
			"paths": func(b *bytes.Buffer) error { return PathsText(b, []trace.Path{path}, Style{}) }, "paths.json": func(b *bytes.Buffer) error { return PathsJSON(b, []trace.Path{path}) },
			"due": func(b *bytes.Buffer) error { return DueText(b, due, Style{}) }, "due.json": func(b *bytes.Buffer) error { return DueJSON(b, due) },
			"candidates": func(b *bytes.Buffer) error { return CandidatesText(b, text, candidates, Style{}) },
			"diff":       func(b *bytes.Buffer) error { return DiffText(b, files, Style{}) },
			"rules":      func(b *bytes.Buffer) error { return RulesText(b, rules, Style{}) }, "rules.json": func(b *bytes.Buffer) error { return RulesJSON(b, rules) },
			"rule":  func(b *bytes.Buffer) error { return RuleText(b, rules[0], Style{}) },
			"added": func(b *bytes.Buffer) error { return AddedText(b, text, 1, text, false, Style{}) },
		} {
			out := printed(t, print)
			if strings.HasSuffix(name, ".json") && !json.Valid(out) {
				t.Errorf("%s is not JSON: %s", name, out)
			}
			checkSafe(t, string(out), true)
		}
	})
}
