package cli

import (
	"github.com/spf13/cobra"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/report"
	"github.com/gatespan/gatespan/internal/tree"
)

func (a *app) generateCommand() *cobra.Command {
	var g gate.GenerateOptions
	var check bool
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write the overlays that the fleet asks for",
		Long: `generate writes one kustomize overlay for each gateway, exposure and consumer of the fleet, and removes
the overlays that the fleet no longer asks for. Files that it did not write are never touched. All files
are written, or none.

A run that would remove more than a tenth of the overlays, or a whole cluster's, stops without --prune.`,
		Example: `  gatespan generate
  gatespan generate --fleet testdata/relay
  gatespan generate --dry-run      # show the difference, write nothing
  gatespan generate --check        # exit 1 when the overlays are not what the fleet asks for
  gatespan generate --prune        # also when much is to be removed`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o := a.options()
			progress, clear := a.progress()
			o.Progress = progress
			showOnly := g.DryRun
			g.DryRun = g.DryRun || check
			var files []report.FileDiff
			if showOnly {
				var err error
				if files, err = gate.Preview(cmd.Context(), o); err != nil {
					clear()
					return err
				}
			}
			result, err := gate.Generate(cmd.Context(), o, g)
			clear()
			if err != nil {
				return err
			}
			if check && changed(result) {
				a.code = exitBlocked
			}
			if err := report.DiffText(a.out, files, a.style()); err != nil {
				return err
			}
			if a.quiet {
				return nil
			}
			return report.GeneratedText(a.out, report.Generated{
				Created: result.Created, Updated: result.Updated, Removed: result.Removed, Unchanged: result.Unchanged, Planned: g.DryRun,
			}, a.style())
		},
	}
	cmd.Flags().BoolVar(&g.DryRun, "dry-run", false, "show the difference and write nothing")
	cmd.Flags().BoolVar(&check, "check", false, "write nothing, and exit 1 when there is a difference")
	cmd.Flags().BoolVar(&g.Prune, "prune", false, "allow the removal of many overlays, or of a whole cluster's")
	return cmd
}

func changed(r *tree.Result) bool {
	return len(r.Created)+len(r.Updated)+len(r.Removed)+len(r.Drift) > 0
}
