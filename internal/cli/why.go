package cli

import (
	"github.com/spf13/cobra"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/report"
	"github.com/gatespan/gatespan/internal/trace"
)

func (a *app) whyCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "why CONSUMER EXPOSURE",
		Short: "Follow one consumer's call to one exposure, hop by hop",
		Long: `why follows a call from the consumer's pods to the exposure's pods through both clusters, and says of each
hop what decides it, in which line, who enforces it, and what is assumed because it is not in Git.
It judges nothing: a hop that is not there is said to be missing.`,
		Example: `  gatespan why orders relay
  gatespan why orders relay -o json`,
		Args: arguments("a CONSUMER", "an EXPOSURE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.snapshot(cmd)
			if err != nil {
				return err
			}
			paths, err := trace.Follow(s.Fleet, clusters(s), args[0], args[1])
			if err != nil {
				return err
			}
			if format == "json" {
				return report.PathsJSON(a.out, paths)
			}
			return report.PathsText(a.out, paths, a.style())
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			f, err := gate.Fleet(cmd.Context(), a.options())
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return trace.Names(f, args), cobra.ShellCompDirectiveNoFileComp
		},
	}
	formatFlag(cmd, &format, "text", "json")
	return cmd
}
