package cli

import (
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/plan"
	"github.com/gatespan/gatespan/internal/report"
)

func (a *app) controllersCommand() *cobra.Command {
	var format, exposure, cluster string
	cmd := &cobra.Command{
		Use:   "controllers",
		Short: "Show what each gateway controller can enforce",
		Long: `controllers prints the capability matrix: what can be asked of each controller, since which version, and
what works instead where it cannot. With --for it plans an exposure of the fleet with each controller in
turn, and says which could serve it, what the fleet would have to say for that, and why the others cannot;
with --cluster what the exposures need to be installed in one of its clusters: CRDs, the controller, flags
and configuration.`,
		Example: `  gatespan controllers
  gatespan controllers --for relay
  gatespan controllers --cluster eks-prod
  gatespan controllers -o markdown > controllers.md
  gatespan controllers -o json | jq '.controllers[].abilities[] | select(.support | not)'`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var profiles []controller.Profile
			for _, c := range catalog.All() {
				profiles = append(profiles, c.Profile())
			}
			if cluster != "" {
				if exposure != "" {
					return problem{what: "--for and --cluster cannot go together", hint: "ask twice"}
				}
				return a.installation(cmd, cluster, format)
			}
			if exposure != "" {
				return a.candidates(cmd, exposure, format)
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
	cmd.Flags().StringVar(&cluster, "cluster", "", "say what the exposures need to be installed in `CLUSTER`")
	formatFlag(cmd, &format, "text", "markdown", "json")
	err := cmd.RegisterFlagCompletionFunc("for", func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		f, err := gate.Fleet(cmd.Context(), a.options())
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return slices.Sorted(maps.Keys(f.Exposures)), cobra.ShellCompDirectiveNoFileComp
	})
	if err == nil {
		err = cmd.RegisterFlagCompletionFunc("cluster", func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			f, err := gate.Fleet(cmd.Context(), a.options())
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return slices.Sorted(maps.Keys(f.Clusters)), cobra.ShellCompDirectiveNoFileComp
		})
	}
	if err != nil {
		panic(err) // the flags are above
	}
	return cmd
}

// installation says what the exposures need to be installed in a cluster.
func (a *app) installation(cmd *cobra.Command, name, format string) error {
	s, err := a.snapshot(cmd)
	if err != nil {
		return err
	}
	var names []string
	for _, c := range s.Clusters {
		names = append(names, c.Name)
	}
	i := slices.Index(names, name)
	if i < 0 {
		return noCluster(name, names)
	}
	c := s.Clusters[i]
	facts := c.Facts.Controller
	in := report.Installation{
		Cluster: name, Controller: facts.Name, Distribution: facts.Distribution, Version: facts.Version,
		GatewayAPI: c.Facts.GatewayAPI.Version, Channel: c.Facts.GatewayAPI.Channel, NeedsAPI: catalog.GatewayAPI(c.Wanted.Abilities),
		Abilities: []report.AbilityInUse{}, Needs: []report.InstallationNeed{},
	}
	if known, ok := catalog.ByName(facts.Name); ok {
		in.Abilities = report.InUse(known.Profile(), facts.Distribution, facts.Version, c.Wanted.Abilities)
	}
	for _, n := range c.Needs() {
		need := report.InstallationNeed{ID: n.ID, Text: n.Text, How: n.How, Source: n.Source, State: n.Found.State, Why: n.Found.Why}
		if n.Found.By.Name != "" {
			need.Place = c.Locate(n.Found.By)
		}
		in.Needs = append(in.Needs, need)
	}
	switch format {
	case "json":
		return report.JSON(a.out, map[string]any{"version": "1", "installation": in})
	case "markdown":
		return report.InstallationMarkdown(a.out, in)
	}
	return report.InstallationText(a.out, in, a.style())
}

func (a *app) candidates(cmd *cobra.Command, name, format string) error {
	f, err := gate.Fleet(cmd.Context(), a.options())
	if err != nil {
		return err
	}
	if _, ok := f.Exposures[name]; !ok {
		return problem{what: fmt.Sprintf("no exposure %q", name), hint: nearest(name, slices.Sorted(maps.Keys(f.Exposures)))}
	}
	all := report.Candidates(plan.Candidates(f, name, catalog.All()))
	switch format {
	case "json":
		return report.JSON(a.out, map[string]any{"version": "1", "exposure": name, "candidates": all})
	case "markdown":
		return report.CandidatesMarkdown(a.out, name, all)
	}
	return report.CandidatesText(a.out, name, all, a.style())
}
