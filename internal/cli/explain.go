package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gatespan/gatespan/internal/policy"
	"github.com/gatespan/gatespan/internal/report"
)

func (a *app) explainCommand() *cobra.Command {
	var policies string
	cmd := &cobra.Command{
		Use:   "explain RULE",
		Short: "Tell what a rule is about, with a bad and a good example",
		Example: `  gatespan explain mtls/client-certificate-not-required
  gatespan explain --policies our-rules ours/owner-label`,
		Args: arguments("a RULE"),
		RunE: func(_ *cobra.Command, args []string) error {
			rules, err := a.rules(policies)
			if err != nil {
				return err
			}
			var ids []string
			for _, r := range rules {
				if r.ID == args[0] {
					return report.RuleText(a.out, r, a.style())
				}
				ids = append(ids, r.ID)
			}
			return problem{what: fmt.Sprintf("no rule %q", args[0]), hint: nearest(args[0], ids)}
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			rules, err := a.rules(policies)
			if err != nil || len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var out []string
			for _, r := range rules {
				out = append(out, r.ID+"\t"+report.Clean(r.Title))
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().StringVar(&policies, "policies", "", "`DIR` of more rules")
	return cmd
}

func (a *app) rulesCommand() *cobra.Command {
	var format, policies string
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List all rules",
		Example: `  gatespan rules
  gatespan rules --policies our-rules
  gatespan rules -o json | jq -r '.rules[].id'`,
		Args: arguments(),
		RunE: func(*cobra.Command, []string) error {
			rules, err := a.rules(policies)
			switch {
			case err != nil:
				return err
			case format == "json":
				return report.RulesJSON(a.out, rules)
			}
			return report.RulesText(a.out, rules, a.style())
		},
	}
	cmd.Flags().StringVar(&policies, "policies", "", "`DIR` of more rules")
	formatFlag(cmd, &format, "text", "json")
	return cmd
}

// rules reads the rules' own descriptions; nothing is compiled.
func (a *app) rules(policies string) ([]policy.Rule, error) {
	if policies == "" {
		return policy.Rules(nil)
	}
	if !filepath.IsAbs(policies) {
		policies = filepath.Join(a.dir, policies)
	}
	root, err := os.OpenRoot(policies)
	if err != nil {
		return nil, problem{what: fmt.Sprintf("no rules at %q", policies), hint: "--policies names a directory of Rego files"}
	}
	defer func() { _ = root.Close() }()
	rules, err := policy.Rules(root.FS())
	return slices.Clip(rules), err
}
