package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/report"
)

// app is one run: its streams, the flags that all commands share, and the exit code.
type app struct {
	streams
	code  int
	today string

	dir, fleet, overlays, color string
	quiet                       bool
}

// root is the command tree.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "gatespan",
		Short: "Expose a Service to another cluster with mutual TLS, and block what would undo it",
		Long: `gatespan turns one exposure, written in CUE, into kustomize overlays for each cluster, and blocks every
change after which a cluster would serve it, or call it, without mutual TLS and TLS 1.3, or across a
namespace without a ReferenceGrant that names its target.

It judges what the gateway controller would enforce, not the text of the files.

Exit codes: 0 nothing blocks, 1 a finding blocks, 2 the run could not be completed.`,
		Example: `  gatespan generate                    # fleet/ becomes overlays/
  gatespan check                       # judge overlays/
  gatespan check --base origin/main    # in a pull request: judge the change as well
  gatespan why orders relay            # one path, hop by hop`,
		SilenceErrors: true, SilenceUsage: true,
		Args:              cobra.ArbitraryArgs,
		RunE:              a.unknownCommand,
		PersistentPreRunE: func(*cobra.Command, []string) error { return oneOf("color", a.color, "auto", "always", "never") },
	}
	root.CompletionOptions.HiddenDefaultCmd = false
	flags := root.PersistentFlags()
	flags.StringVarP(&a.dir, "directory", "C", "", "run as if started in `DIR`")
	flags.StringVar(&a.fleet, "fleet", "", "the fleet's `DIR` or file (default fleet)")
	flags.StringVar(&a.overlays, "overlays", "", "`DIR` of the overlays (default overlays)")
	flags.StringVar(&a.color, "color", "auto", "`WHEN` to use colours: auto, always or never")
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "print findings and errors only")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(
		a.checkCommand(), a.generateCommand(), a.diffCommand(), a.showCommand(), a.whyCommand(),
		a.explainCommand(), a.rulesCommand(), a.controllersCommand(), a.schemaCommand(), a.exportCommand(), a.reportCommand(), a.versionCommand(),
		a.initCommand(), a.waiveCommand(), a.dueCommand(),
	)
	for _, c := range root.Commands() {
		c.DisableFlagsInUseLine = true
		completeFixed(c, "color", "auto", "always", "never")
	}
	return root
}

// unknownCommand answers gatespan without a command that it knows.
func (a *app) unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	var known []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			known = append(known, c.Name())
		}
	}
	return problem{what: fmt.Sprintf("unknown command %q", args[0]), hint: nearest(args[0], known)}
}

// flagError says which flag is wrong, and which one was probably meant.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var known []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				known = append(known, "--"+f.Name)
			}
		})
		name := unknown.GetSpecifiedName()
		if short := unknown.GetSpecifiedShortnames(); short != "" {
			return problem{what: "unknown flag -" + name + " of " + cmd.CommandPath(), hint: cmd.CommandPath() + " --help lists its flags"}
		}
		hint := cmd.CommandPath() + " --help lists its flags"
		if found := near("--"+name, known); len(found) > 0 {
			hint = "did you mean " + strings.Join(found, " or ") + "?"
		}
		return problem{what: "unknown flag --" + name + " of " + cmd.CommandPath(), hint: hint}
	}
	return problem{what: err.Error(), hint: cmd.CommandPath() + " --help lists its flags"}
}

// arguments refuses a wrong number of arguments, saying what they are.
func arguments(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		example, _, _ := strings.Cut(strings.TrimSpace(cmd.Example), "\n")
		example, _, _ = strings.Cut(example, "#")
		hint := "for example: " + strings.TrimSpace(example)
		switch {
		case len(args) < len(names):
			return problem{what: fmt.Sprintf("%s needs %s", cmd.CommandPath(), strings.Join(names[len(args):], " and ")), hint: hint}
		case len(args) > len(names):
			return problem{what: fmt.Sprintf("%s does not take %q", cmd.CommandPath(), args[len(names)]), hint: hint}
		}
		return nil
	}
}

// options is what all commands that look at the repository share.
func (a *app) options() gate.Options {
	return gate.Options{Dir: a.dir, Fleet: a.fleet, Overlays: a.overlays, Today: a.today}
}

func (a *app) style() report.Style {
	return report.Style{Color: a.colored(), Quiet: a.quiet, Columns: a.columns()}
}

// formatFlag adds --format to a command that prints one thing in one format.
func formatFlag(cmd *cobra.Command, into *string, formats ...string) {
	cmd.Flags().StringVarP(into, "format", "o", formats[0], "`FORMAT`: "+strings.Join(formats, ", "))
	completeFixed(cmd, "format", formats...)
	check := cmd.PreRunE
	cmd.PreRunE = func(c *cobra.Command, args []string) error {
		if err := oneOf("format", *into, formats...); err != nil || check == nil {
			return err
		}
		return check(c, args)
	}
}

// completeFixed lets shells complete a flag's values.
func completeFixed(cmd *cobra.Command, flag string, values ...string) {
	if cmd.Flags().Lookup(flag) == nil && cmd.InheritedFlags().Lookup(flag) == nil {
		return
	}
	values = slices.Clone(values)
	err := cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values, cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil && !strings.Contains(err.Error(), "already registered") {
		panic(err)
	}
}
