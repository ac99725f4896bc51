package cli

import (
	"github.com/spf13/cobra"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/report"
)

func (a *app) diffCommand() *cobra.Command {
	var format, base string
	var exit, staged bool
	cmd := &cobra.Command{
		Use:   "diff",
		Short: "Show how the posture changed since a revision",
		Long: `diff compares what the controllers would enforce now with what they would enforce at the merge base of
--base and HEAD: what got weaker first, then the rest, each with the line that decides it.
A change of files that changes no posture shows nothing.`,
		Example: `  gatespan diff                          # the work tree against HEAD
  gatespan diff --base origin/main       # a branch against main
  gatespan diff --exit-code --quiet      # exit 1 when the posture changed
  gatespan diff -o json`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o := a.options()
			o.Base, o.Staged = base, staged
			progress, clear := a.progress()
			o.Progress = progress
			changes, err := gate.Diff(cmd.Context(), o)
			clear()
			if err != nil {
				return err
			}
			if exit && len(changes) > 0 {
				a.code = exitBlocked
			}
			if format == "json" {
				return report.ChangesJSON(a.out, changes)
			}
			return report.ChangesText(a.out, changes, a.style())
		},
	}
	cmd.Flags().StringVar(&base, "base", "HEAD", "compare with the merge base of `REV` and HEAD")
	cmd.Flags().BoolVar(&exit, "exit-code", false, "exit 1 when there is a difference")
	cmd.Flags().BoolVar(&staged, "staged", false, "compare the index instead of the work tree")
	formatFlag(cmd, &format, "text", "json")
	return cmd
}
