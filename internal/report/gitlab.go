package report

import (
	"io"
	"slices"

	"github.com/gatespan/gatespan/internal/finding"
)

// writeGitLab prints GitLab's code quality report. Its fingerprints have no line in them, so that moved lines are no new finding; GitLab shows
// one finding of each, so two with the same get a number. Source: docs.gitlab.com, "Code Quality report format".
func writeGitLab(w io.Writer, r *Report, _ Options) error {
	type lines struct {
		Begin int `json:"begin"`
	}
	type location struct {
		Path  string `json:"path"`
		Lines lines  `json:"lines"`
	}
	type issue struct {
		Description string   `json:"description"`
		CheckName   string   `json:"check_name"`
		Fingerprint string   `json:"fingerprint"`
		Severity    string   `json:"severity"`
		Location    location `json:"location"`
	}
	severity := map[string]string{finding.Block: "blocker", finding.Change: "major", finding.Warn: "minor"}
	findings := slices.Clone(r.Findings)
	finding.Sort(findings)
	out := []issue{}
	seen := map[string]int{}
	for _, f := range findings {
		if f.Waived {
			continue
		}
		at := f.Position
		if at.IsZero() && f.Source != nil {
			at = *f.Source
		}
		if at.IsZero() {
			at.File = f.Overlay + "/kustomization.yaml"
		}
		print := f.Fingerprint
		if seen[f.Fingerprint]++; seen[f.Fingerprint] > 1 {
			print += "-" + number(seen[f.Fingerprint])
		}
		out = append(out, issue{
			Description: Clean(withHint(f)), CheckName: f.Rule, Fingerprint: print, Severity: severity[f.Severity],
			Location: location{at.File, lines{max(at.Line, 1)}},
		})
	}
	for _, u := range r.Undecided {
		out = append(out, issue{
			Description: Clean(join(u.Cluster, u.Message, u.Hint)), CheckName: "undecided", Fingerprint: fingerprintOf(u), Severity: "blocker",
			Location: location{u.Overlay + "/kustomization.yaml", lines{1}},
		})
	}
	return JSON(w, out)
}

// fingerprintOf tells one undecided part from another.
func fingerprintOf(u Undecidedness) string {
	f := finding.Finding{Rule: "undecided", Cluster: u.Cluster, Field: u.Overlay, Value: u.Message}
	f.Seal()
	return f.Fingerprint
}
