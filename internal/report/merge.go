package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/gatespan/gatespan/internal/finding"
)

// Read decodes a report that was printed as JSON. It errors when the text is no report of version 1.
func Read(text []byte) (*Report, error) {
	var r Report
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("not a JSON report: %w", err)
	}
	if r.Version != "1" || !slices.Contains([]string{Pass, Blocked, Undecided}, r.Verdict) {
		return nil, errors.New(`not a report of version "1"`)
	}
	return &r, nil
}

// Merge joins the reports of all shards of one run into the report of the whole run. It errors when a shard is missing or there twice,
// and when the shards do not agree on what every one of them reads whole: they are then of different runs, and a verdict would be of
// neither.
func Merge(shards []*Report) (*Report, error) {
	if len(shards) == 0 {
		return nil, errors.New("there is no report to merge")
	}
	seen := map[int]bool{}
	for _, r := range shards {
		switch first := shards[0]; {
		case r.Shard == nil:
			return nil, errors.New("a report is not of a shard: it is whole already")
		case r.Shard.Of != first.Shard.Of:
			return nil, fmt.Errorf("one report is of %d shards, another of %d", first.Shard.Of, r.Shard.Of)
		case seen[r.Shard.Index]:
			return nil, fmt.Errorf("shard %d/%d is there twice", r.Shard.Index, r.Shard.Of)
		case !reflect.DeepEqual(common(first), common(r)):
			return nil, fmt.Errorf("shards %d/%d and %d/%d are not of the same run", first.Shard.Index, first.Shard.Of, r.Shard.Index, r.Shard.Of)
		}
		seen[r.Shard.Index] = true
	}
	for i := range shards[0].Shard.Of {
		if !seen[i+1] {
			return nil, fmt.Errorf("shard %d/%d is missing", i+1, shards[0].Shard.Of)
		}
	}
	whole := *shards[0]
	whole.Shard, whole.Findings, whole.Summary.RulesEvaluated, whole.Verdict = nil, []finding.Finding{}, 0, Pass
	for _, r := range shards {
		whole.Findings = append(whole.Findings, r.Findings...)
		whole.Summary.RulesEvaluated += r.Summary.RulesEvaluated
		if r.Verdict == Blocked || whole.Verdict == Pass {
			whole.Verdict = r.Verdict
		}
	}
	finding.Sort(whole.Findings)
	whole.Count()
	return &whole, nil
}

// common is what every shard of a run says alike.
func common(r *Report) Report {
	c := *r
	c.Shard, c.Findings, c.Verdict = nil, nil, ""
	c.Summary = Summary{Clusters: r.Summary.Clusters, Overlays: r.Summary.Overlays, Objects: r.Summary.Objects}
	return c
}
