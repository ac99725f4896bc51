package cli

import (
	"github.com/spf13/cobra"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/report"
)

func (a *app) dueCommand() *cobra.Command {
	var within int
	var format string
	cmd := &cobra.Command{
		Use:   "due",
		Short: "List what runs out soon: waivers, roots, controller versions; exit 1 when something does",
		Long: `due lists what runs out within some days, or has run out: waivers of the fleet, CA certificates whose PEM
is in Git, and the support of the controllers' versions. It is for a scheduled job. What ends on a day
that nobody knows is listed apart, and does not count.

Exit codes: 0 nothing runs out, 1 something does, 2 the run could not be completed.`,
		Example: `  gatespan due
  gatespan due --within 90
  gatespan due --within 14 -o json | jq -r '.due[].what'
  gatespan due --today 2027-01-01      # as if it were that day`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if within < 0 {
				return problem{what: "--within must not be negative", hint: "--within 0 lists what has run out, and what does today"}
			}
			o := a.options()
			progress, clear := a.progress()
			o.Progress = progress
			d, err := gate.Due(cmd.Context(), o, within)
			clear()
			if err != nil {
				return err
			}
			if len(d.Items) > 0 {
				a.code = exitBlocked
			}
			if format == "json" {
				return report.DueJSON(a.out, d)
			}
			return report.DueText(a.out, d, a.style())
		},
	}
	cmd.Flags().IntVar(&within, "within", 30, "list what runs out in the next `N` days")
	a.todayFlag(cmd)
	formatFlag(cmd, &format, "text", "json")
	return cmd
}
