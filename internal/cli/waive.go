package cli

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/report"
)

func (a *app) waiveCommand() *cobra.Command {
	var w gate.WaiveOptions
	var base, policies string
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "waive FINGERPRINT",
		Short: "Accept one finding until a day, by a waiver in the fleet",
		Long: `waive judges the repository, finds the finding by its fingerprint, or by the beginning of it that check
prints behind id:, and writes a waiver into the fleet: for exactly that rule, cluster, object and weak
value. Comments and all other lines of the file stay as they are.

With --base, check believes the waivers of the base only: merge the waiver before the change that needs it.`,
		Example: `  gatespan waive 6b8dce28d0f3 --owner relay --expires 2027-03-31 --reason "old clients"
  gatespan waive 6b8dce28d0f3 --base origin/main --owner relay --expires 2027-03-31 --reason "CA exchange"`,
		Args: arguments("a FINGERPRINT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, f := range []struct{ name, value string }{{"owner", w.Owner}, {"reason", w.Reason}, {"expires", w.Expires}} {
				if strings.TrimSpace(f.value) == "" {
					return problem{what: "waive needs --" + f.name, hint: "somebody answers for a waiver, says why, and until which day"}
				}
			}
			w.Fingerprint = args[0]
			o := a.options()
			o.Base, o.Policies = base, policies
			progress, clear := a.progress()
			o.Progress = progress
			made, err := gate.Waive(cmd.Context(), o, w)
			clear()
			if err != nil {
				return err
			}
			if !dryRun {
				if err := writeEdit(made.Root, made.Edit); err != nil {
					return err
				}
			}
			if a.quiet {
				return nil
			}
			_, _ = fmt.Fprintln(a.out, report.Clean("waives: "+made.Finding.Message))
			return report.AddedText(a.out, made.Edit.File, made.Edit.Line, made.Edit.Text, dryRun, a.style())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&w.Owner, "owner", "", "the `TEAM` that answers for it")
	flags.StringVar(&w.Reason, "reason", "", "why it is acceptable, in a `SENTENCE`")
	flags.StringVar(&w.Expires, "expires", "", "the last `DAY`, as 2027-01-31")
	flags.StringVar(&base, "base", "", "look among the findings of the change since the merge base of `REV` and HEAD, too")
	flags.StringVar(&policies, "policies", "", "`DIR` of more rules")
	flags.BoolVar(&dryRun, "dry-run", false, "show the waiver and write nothing")
	a.todayFlag(cmd)
	return cmd
}

// writeEdit writes an edited file of the repository, unless somebody else changed it meanwhile. No link is followed.
func writeEdit(dir string, e *fleet.Edit) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	now, err := existing(root, e.File)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, e.Before) || (now == nil) != (e.Before == nil) {
		return errors.New(filepath.ToSlash(e.File) + " was changed meanwhile")
	}
	return replace(root, e.File, e.After)
}

// todayFlag adds --today, for tests and for looking ahead.
func (a *app) todayFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.today, "today", a.today, "the `DAY` to reckon from (default today)")
	cmd.Flag("today").DefValue = ""
}
