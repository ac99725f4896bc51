package cli

import (
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/report"
)

func (a *app) checkCommand() *cobra.Command {
	var formats []string
	var verbose bool
	var shard string
	o := gate.Options{}
	cmd := &cobra.Command{
		Use:   "check [PATH…]",
		Short: "Judge the overlays; exit 1 when a finding blocks",
		Long: `check renders every overlay of every cluster, reads what the gateway controllers would enforce, and
judges it. A PATH chooses what is reported; the answer is always that of the whole cluster.

With --base it also judges the change: what got weaker than at the merge base of REV and HEAD. Rules,
waivers, trust domains and what the fleet says of clusters are then those of REV, so that a pull
request cannot bring its own judge; what it changes of them is a finding below gate/.

Exit codes: 0 nothing blocks, 1 a finding blocks, 2 the run could not be completed.`,
		Example: `  gatespan check
  gatespan check overlays/eks-prod                      # report this cluster only
  gatespan check --base origin/main --only-new          # in a pull request
  gatespan check --staged --quiet                       # in a pre-commit hook
  gatespan check -o github -o sarif=gatespan.sarif      # annotations, and code scanning
  gatespan check -o text -o markdown=comment.md         # for people, and for a comment
  gatespan check --shard 1/4 -o json=1.json             # a quarter of a large repository
  gatespan check --overlays clusters --fail-on warn     # overlays that people wrote by hand`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			if err := oneOf("fail-on", o.FailOn, "block", "change", "warn"); err != nil {
				return err
			}
			if _, err := time.Parse(time.DateOnly, a.today); err != nil {
				return problem{what: fmt.Sprintf("--today %q is no day", a.today), hint: "write it as 2026-11-23"}
			}
			if err := oneOf("trust", o.Trust, "base", "head"); err != nil {
				return err
			}
			if shard != "" {
				part, err := gate.ParseShard(shard)
				if err != nil {
					return err
				}
				o.Shard = &part
			}
			outputs, err := outputs(formats)
			if err != nil {
				return err
			}
			if o.Jobs < 0 {
				return problem{what: "--jobs must not be negative", hint: "leave it out for one job per processor"}
			}
			o.Dir, o.Fleet, o.Overlays, o.Today, o.Paths = a.dir, a.fleet, a.overlays, a.today, paths
			progress, clear := a.progress()
			o.Progress = progress
			result, err := gate.Check(cmd.Context(), o)
			clear()
			if err != nil {
				return err
			}
			return a.deliver(cmd, result, outputs, o, verbose)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Base, "base", "", "judge the change since the merge base of `REV` and HEAD, too")
	flags.StringVar(&o.Policies, "policies", "", "`DIR` of more rules")
	flags.StringArrayVarP(&formats, "format", "o", nil, "`FORMAT[=FILE]`: "+formatNames()+"; may be repeated (default text)")
	flags.BoolVar(&o.OnlyNew, "only-new", false, "report only what the base does not have (needs --base)")
	flags.StringVar(&o.FailOn, "fail-on", "block", "the least `SEVERITY` that blocks: block, change or warn")
	flags.IntVar(&o.Jobs, "jobs", 0, "clusters to work on at once: `N` (default one per processor)")
	flags.StringVar(&o.Trust, "trust", "base", "whose word counts with --base, `WHERE`: base or head")
	flags.StringVar(&shard, "shard", "", "judge a part, `I/N`: the I-th of N; gatespan report merge joins their JSON")
	flags.BoolVar(&o.Staged, "staged", false, "judge the index instead of the work tree")
	flags.BoolVarP(&verbose, "verbose", "v", false, "list assumptions and waived findings, too")
	flags.StringVar(&a.today, "today", a.today, "the `DAY` that waivers and roots are compared with, such as 2026-11-23 (default today)")
	flags.Lookup("today").DefValue = "" // the same help every day
	completeFixed(cmd, "fail-on", "block", "change", "warn")
	completeFixed(cmd, "trust", "base", "head")
	var names []string
	for _, f := range report.Formats() {
		names = append(names, f.Name)
	}
	completeFixed(cmd, "format", names...)
	return cmd
}

// deliver prints a report in every format that was asked for, and sets the exit code.
func (a *app) deliver(cmd *cobra.Command, result *report.Report, outputs []output, o gate.Options, verbose bool) error {
	options := report.Options{Style: a.style(), ReadFile: gate.Reader(cmd.Context(), o)}
	options.Verbose = verbose
	if slices.ContainsFunc(outputs, func(out output) bool { return out.format.Explains }) {
		var err error
		options.Version = versions().Gatespan
		if options.Rules, err = a.rules(o.Policies); err != nil { // those of the base were judged with, and the head has none
			options.Rules, err = a.rules("")
		}
		if err != nil {
			return err
		}
	}
	// A report that cannot be written must not hide a finding.
	a.code = exitCode(result)
	for _, out := range outputs {
		if err := a.print(out, result, options); err != nil {
			if a.code != exitBlocked {
				return err
			}
			a.fail(err)
		}
	}
	return nil
}

// formatNames lists the formats with what each is.
func formatNames() string {
	out := ""
	for i, f := range report.Formats() {
		if i > 0 {
			out += ", "
		}
		out += f.Name + " (" + f.Title + ")"
	}
	return out
}

// exitCode is the report's verdict as an exit code. What is not a verdict is not a pass.
func exitCode(r *report.Report) int {
	switch {
	case r.Verdict == report.Blocked:
		return exitBlocked
	case r.Verdict == report.Pass && len(r.Undecided) == 0:
		return exitPass
	}
	return exitUndecided
}
