package report

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/policy"
)

// sarifLevel is what SARIF and GitHub's code scanning call a severity. GitHub shows a security-severity from 9 on as critical and from 4 on
// as medium (docs: SARIF support for code scanning, "reportingDescriptor object").
var sarifLevel = map[string]struct{ level, security string }{
	finding.Block: {"error", "9.0"}, finding.Change: {"warning", "5.0"}, finding.Warn: {"warning", "4.0"},
}

// writeSARIF prints SARIF 2.1.0: each rule with its help, each finding at the line that decides it, with the fleet's own line beside it. A waived
// finding is a suppressed result; what could not be judged makes the invocation unsuccessful.
func writeSARIF(w io.Writer, r *Report, o Options) error {
	s := sarifWriter{options: o, run: sarif.NewRun(), index: map[string]int{}}
	driver := sarif.NewToolComponent().WithName("gatespan").WithInformationURI("https://github.com/gatespan/gatespan")
	if o.Version != "" && o.Version != unknown {
		driver.WithVersion(o.Version).WithSemanticVersion(strings.TrimPrefix(o.Version, "v"))
	}
	s.run.WithTool(sarif.NewTool().WithDriver(driver)).WithColumnKind("utf16CodeUnits")
	findings := slices.Clone(r.Findings)
	finding.Sort(findings)
	for _, f := range findings {
		s.rule(f)
	}
	for _, f := range findings {
		s.run.AddResult(s.result(f))
	}
	invocation := sarif.NewInvocation().WithExecutionSuccessful(len(r.Undecided) == 0)
	for _, u := range r.Undecided {
		invocation.AddToolExecutionNotification(sarif.NewNotification().WithLevel("error").WithMessage(sarifMessage(join(u.Cluster, u.Overlay, u.Message, u.Hint))))
	}
	s.run.AddInvocation(invocation)

	log := sarif.NewReport()
	log.AddRun(s.run)
	var raw bytes.Buffer
	if err := json.NewEncoder(&raw).Encode(log); err != nil {
		return err
	}
	var value map[string]any
	decoder := json.NewDecoder(&raw)
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return err
	}
	return JSON(w, slim(value))
}

type sarifWriter struct {
	options Options
	run     *sarif.Run
	index   map[string]int
}

// rule describes a finding's rule once, with what its METADATA says.
func (s *sarifWriter) rule(f finding.Finding) {
	if _, known := s.index[f.Rule]; known {
		return
	}
	about := policy.Rule{ID: f.Rule, Title: f.Rule, Description: f.Rule, Remediation: f.Remediation, Severity: f.Severity}
	for _, known := range s.options.Rules {
		if known.ID == f.Rule {
			about = known
		}
	}
	help := strings.TrimSpace(about.Description) + "\n\n" + strings.TrimSpace(about.Remediation)
	markdown := help
	if about.Bad != "" {
		markdown += "\n\nBad:\n\n" + fenced("yaml", about.Bad) + "\n\nGood:\n\n" + fenced("yaml", about.Good)
	}
	level := sarifLevel[about.Severity]
	properties := sarif.NewPropertyBag()
	properties.Add("security-severity", level.security)
	properties.Add("precision", "very-high")
	properties.Add("tags", []string{"security", "gateway-api", strings.SplitN(f.Rule, "/", 2)[0]})
	s.index[f.Rule] = len(s.index)
	s.run.AddRule(f.Rule).
		WithName(Clean(about.Title)).
		WithShortDescription(sarif.NewMultiformatMessageString().WithText(Clean(about.Title))).
		WithFullDescription(sarif.NewMultiformatMessageString().WithText(CleanLines(strings.TrimSpace(about.Description)))).
		WithHelp(sarif.NewMultiformatMessageString().WithText(CleanLines(help)).WithMarkdown(CleanLines(markdown))).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(level.level)).
		WithProperties(properties)
}

func (s *sarifWriter) result(f finding.Finding) *sarif.Result {
	text := withHint(f)
	result := sarif.NewRuleResult(f.Rule).WithRuleIndex(s.index[f.Rule]).WithLevel(sarifLevel[f.Severity].level).WithMessage(sarifMessage(text))
	at := f.Position
	if at.IsZero() && f.Source != nil {
		at = *f.Source
	}
	if at.IsZero() {
		at.File = f.Overlay + "/kustomization.yaml" // GitHub shows no result without a place
	}
	result.AddLocation(sarif.NewLocation().WithPhysicalLocation(s.place(at)))
	related := slices.Clone(f.Related)
	if f.Source != nil && !f.Source.IsZero() {
		related = append(related, finding.Related{Position: *f.Source, Message: "where the fleet asks for it"})
	}
	for i, one := range related {
		location := sarif.NewLocation().WithID(i + 1).WithPhysicalLocation(s.place(one.Position)).WithMessage(sarifMessage(one.Message))
		result.RelatedLocations = append(result.RelatedLocations, location)
	}
	// primaryLocationLineHash is what GitHub tells alerts apart by; it is the finding's own, so that moved lines are no new alert.
	result.WithPartialFingerprints(map[string]string{"primaryLocationLineHash": f.Fingerprint + ":1", "gatespan/v1": f.Fingerprint})
	if f.Waived {
		result.AddSuppression(sarif.NewSuppression().WithKind("external").WithStatus("accepted"))
	}
	properties := sarif.NewPropertyBag()
	properties.Add("cluster", f.Cluster)
	properties.Add("subject", SubjectText(f.Subject))
	properties.Add("introduced", f.Introduced)
	return result.WithProperties(properties)
}

// place is a file and, where the line is known, the region from the deciding column to the line's end: GitHub wants all four numbers.
func (s *sarifWriter) place(at finding.Position) *sarif.PhysicalLocation {
	location := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewArtifactLocation().WithURI(uri(at.File)))
	line, column := max(at.Line, 1), max(at.Column, 1)
	end := column + 1
	if s.options.ReadFile != nil {
		if content, err := s.options.ReadFile(at.File); err == nil {
			if lines := strings.Split(string(content), "\n"); line <= len(lines) {
				end = max(len(utf16.Encode([]rune(strings.TrimRight(lines[line-1], "\r"))))+1, end)
			}
		}
	}
	return location.WithRegion(sarif.NewRegion().WithStartLine(line).WithStartColumn(column).WithEndLine(line).WithEndColumn(end))
}

// placeholder is what SARIF replaces in a message (3.11.5).
var placeholder = regexp.MustCompile(`\{(\d+)\}`)

// sarifMessage is text that stays text: no embedded links (3.11.6), no placeholders.
func sarifMessage(text string) *sarif.Message {
	text = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(Clean(text))
	return sarif.NewMessage().WithText(placeholder.ReplaceAllString(text, "{{$1}}"))
}

// withHint is a finding's message and the way to mend it, in one line.
func withHint(f finding.Finding) string {
	if f.Remediation == "" {
		return f.Message
	}
	return f.Message + " (hint: " + f.Remediation + ")"
}

// join puts the parts of a message that are there into one line.
func join(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ": ")
}

// uri is a repository path as a relative URI reference.
func uri(path string) string {
	var b strings.Builder
	for i := range len(path) {
		switch c := path[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~/!$&'()*+,;=@", c) >= 0:
			b.WriteByte(c)
		default:
			const hex = "0123456789ABCDEF"
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// slim leaves out what says nothing: nulls, empty lists and objects, and -1, which is SARIF's word for no number (id, index, rank, offsets);
// but not the lists that SARIF and GitHub want.
func slim(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, below := range v {
			below = slim(below)
			if nothing(below) && key != "results" && key != "rules" {
				delete(v, key)
				continue
			}
			v[key] = below
		}
	case []any:
		for i := range v {
			v[i] = slim(v[i])
		}
	}
	return value
}

func nothing(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case json.Number:
		return v == "-1"
	case float64:
		return v == -1
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}
