package cli

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/export"
	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gitops"
	"github.com/gatespan/gatespan/internal/plan"
)

func (a *app) exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Carry the gate to OPA, conftest, Gatekeeper, the API server and a publish workflow",
		Long: `export writes the rules for engines beyond the check. An OPA bundle holds all of them, and judges the input
that export opa-input writes. An admission controller sees one object at a time, so Gatekeeper and the API
server get only what one object decides; each says which rules it cannot carry. The publish workflow lets
Flux apply nothing that did not pass the gate.`,
		Example: `  gatespan export opa-bundle > gatespan.tar.gz
  gatespan export opa-input --cluster eks-prod > input.json
  gatespan export gatekeeper --cluster eks-prod > gatekeeper.yaml
  gatespan export admission-policy | kubectl apply -f -
  gatespan export publish-workflow > .github/workflows/publish.yaml`,
		Args: cobra.ArbitraryArgs,
		RunE: a.unknownCommand,
	}
	cmd.AddCommand(a.exportBundle(), a.exportInput(),
		a.exportAdmission("gatekeeper", "Gatekeeper's ConstraintTemplates and Constraints", export.Gatekeeper),
		a.exportAdmission("admission-policy", "ValidatingAdmissionPolicies with their bindings", export.AdmissionPolicy), a.exportPublish())
	for _, c := range cmd.Commands() {
		c.DisableFlagsInUseLine = true
	}
	return cmd
}

func (a *app) exportBundle() *cobra.Command {
	return &cobra.Command{
		Use:   "opa-bundle",
		Short: "Write all rules as an OPA bundle",
		Long: `opa-bundle writes a gzipped tar of all built-in rules to standard output, for opa and conftest. Its input is
what gatespan export opa-input writes: the rules judge what a controller would enforce, and only gatespan
computes that. The day that rules compare with is today; data.gatespan.today replaces it.

  opa eval -b gatespan.tar.gz -i input.json 'data.gatespan.conftest.deny'
  conftest test input.json --policy DIR --data DIR --namespace gatespan.conftest

DIR is the bundle, unpacked. Conftest reads rules from --policy and data from --data alone; without the data
everything is denied.`,
		Example: `  gatespan export opa-bundle > gatespan.tar.gz`,
		Args:    arguments(),
		RunE: func(*cobra.Command, []string) error {
			if terminal(a.out) {
				return problem{what: "an OPA bundle is no text for a terminal", hint: "write it to a file: gatespan export opa-bundle > gatespan.tar.gz"}
			}
			var out bytes.Buffer
			if err := export.Bundle(&out, a.today); err != nil {
				return err
			}
			_, err := a.out.Write(out.Bytes())
			return err
		},
	}
}

func (a *app) exportInput() *cobra.Command {
	var cluster string
	cmd := &cobra.Command{
		Use:   "opa-input",
		Short: "Write what the rules see of a cluster",
		Long: `opa-input renders and reads one cluster, and writes what the rules see of it as JSON: the posture, what the
fleet wants, and drift. Raw objects are left out.`,
		Example: `  gatespan export opa-input --cluster eks-prod > input.json`,
		Args:    arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			input, clusters, err := gate.Input(cmd.Context(), a.options(), cluster)
			if err != nil {
				return err
			}
			if !slices.Contains(clusters, cluster) {
				return noCluster(cluster, clusters)
			}
			out, err := input.JSON()
			if err == nil {
				_, err = a.out.Write(out)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&cluster, "cluster", "", "the `CLUSTER` to write")
	return cmd
}

func (a *app) exportAdmission(name, title string, write func(controller.Cluster) ([]byte, error)) *cobra.Command {
	var cluster string
	cmd := &cobra.Command{
		Use:   name,
		Short: "Write " + title,
		Long: title + `, to standard output.
They hold the rules of which one object alone decides something; the rules that need more are listed at the
head. With --cluster, the gateways for browsers that the fleet names in that cluster are left alone.`,
		Example: "  gatespan export " + name + " | kubectl apply -f -\n  gatespan export " + name + " --cluster eks-prod > " + name + ".yaml",
		Args:    arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var of controller.Cluster
			if cluster != "" {
				f, err := gate.Fleet(cmd.Context(), a.options())
				if err != nil {
					return err
				}
				if _, known := f.Clusters[cluster]; !known {
					return noCluster(cluster, slices.Sorted(maps.Keys(f.Clusters)))
				}
				of = plan.Facts(f, cluster)
			}
			out, err := write(of)
			if err == nil {
				_, err = a.out.Write(out)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&cluster, "cluster", "", "leave the public gateways of `CLUSTER` alone")
	return cmd
}

func (a *app) exportPublish() *cobra.Command {
	return &cobra.Command{
		Use:   "publish-workflow",
		Short: "Write the workflow of GitHub that signs what Flux applies",
		Long: `publish-workflow writes the workflow that a fleet with gitops.handOff.artifact needs: after a merge it judges
the change since what was published last, pushes each cluster's overlays as an OCI artifact, and signs it as
the signer that the fleet names. Flux then takes no other. The first time, run it by hand without a base.`,
		Example: `  gatespan export publish-workflow > .github/workflows/publish.yaml`,
		Args:    arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			out, err := gate.PublishWorkflow(cmd.Context(), a.options())
			if errors.Is(err, gitops.ErrNoArtifact) {
				return problem{what: err.Error(), hint: "give a cluster gitops: handOff: artifact: {url, signer}"}
			}
			if err != nil {
				return err
			}
			_, err = a.out.Write(out)
			return err
		},
	}
}

func noCluster(name string, names []string) error {
	if name == "" {
		return problem{what: "--cluster is needed", hint: "there is " + strings.Join(names, ", ")}
	}
	return problem{what: fmt.Sprintf("no cluster %q", name), hint: nearest(name, names)}
}
