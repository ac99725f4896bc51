package cli

import (
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/gatespan/gatespan/internal/report"
)

func (a *app) versionCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Show the versions of gatespan and of what it judges with",
		Example: `  gatespan version
  gatespan version -o json`,
		Args: arguments(),
		RunE: func(*cobra.Command, []string) error {
			if format == "json" {
				return report.JSON(a.out, versions())
			}
			return report.VersionsText(a.out, versions(), a.style())
		},
	}
	formatFlag(cmd, &format, "text", "json")
	return cmd
}

// versions is what this build is made of.
func versions() report.Versions {
	info, _ := debug.ReadBuildInfo()
	return report.VersionsOf(info)
}
