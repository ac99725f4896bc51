package cli

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/report"
)

func (a *app) controllersCommand() *cobra.Command {
	var format, exposure string
	cmd := &cobra.Command{
		Use:   "controllers",
		Short: "Show what each gateway controller can enforce",
		Long: `controllers prints the capability matrix: what can be asked of each controller, since which version, and
what works instead where it cannot. With --for it says which of them could serve an exposure of the fleet.`,
		Example: `  gatespan controllers
  gatespan controllers --for relay
  gatespan controllers -o markdown > controllers.md
  gatespan controllers -o json | jq '.controllers[].abilities[] | select(.support | not)'`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var profiles []controller.Profile
			for _, c := range catalog.All() {
				profiles = append(profiles, c.Profile())
			}
			if exposure != "" {
				return a.candidates(cmd, profiles, exposure, format)
			}
			switch format {
			case "markdown":
				return report.ControllersMarkdown(a.out, profiles)
			case "json":
				return report.ControllersJSON(a.out, profiles)
			}
			return report.ControllersText(a.out, profiles, a.style())
		},
	}
	cmd.Flags().StringVar(&exposure, "for", "", "say which controllers could serve `EXPOSURE`")
	formatFlag(cmd, &format, "text", "markdown", "json")
	err := cmd.RegisterFlagCompletionFunc("for", func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		f, err := gate.Fleet(cmd.Context(), a.options())
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return slices.Sorted(maps.Keys(f.Exposures)), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // the flag is two lines above
	}
	return cmd
}

func (a *app) candidates(cmd *cobra.Command, profiles []controller.Profile, name, format string) error {
	f, err := gate.Fleet(cmd.Context(), a.options())
	if err != nil {
		return err
	}
	exposure, ok := f.Exposures[name]
	if !ok {
		return problem{what: fmt.Sprintf("no exposure %q", name), hint: nearest(name, slices.Sorted(maps.Keys(f.Exposures)))}
	}
	all := report.Candidates(profiles, report.Needs(exposure))
	switch format {
	case "json":
		return report.JSON(a.out, map[string]any{"version": "1", "exposure": name, "candidates": all})
	case "markdown":
		return problem{what: "--for cannot print markdown", hint: "one of text, json"}
	}
	return report.CandidatesText(a.out, name, all, a.style())
}
