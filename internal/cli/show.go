package cli

import (
	"github.com/spf13/cobra"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/report"
	"github.com/gatespan/gatespan/internal/trace"
)

func (a *app) showCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show the posture: who reaches what, with which TLS and which identity",
		Long: `show prints what the controllers would enforce: every way in with its TLS floor, its client certificates
and identities and where it leads; every way out; every grant; who may change any of it in the cluster itself.
"by" says who makes it hold: the gateway, the mesh, the peer at the other end, the trust domain whose CA signs
nobody else, the workload, the network.`,
		Example: `  gatespan show
  gatespan show -o mermaid > posture.mmd     # a diagram for a document
  gatespan show -o json | jq '.clusters[].posture.entries'`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.snapshot(cmd)
			if err != nil {
				return err
			}
			switch format {
			case "json":
				return report.PostureJSON(a.out, clusters(s))
			case "mermaid":
				return report.PostureMermaid(a.out, clusters(s))
			}
			return report.PostureText(a.out, clusters(s), a.style())
		},
	}
	formatFlag(cmd, &format, "text", "json", "mermaid")
	return cmd
}

// snapshot reads the posture of every cluster.
func (a *app) snapshot(cmd *cobra.Command) (*gate.Snapshot, error) {
	o := a.options()
	progress, clear := a.progress()
	defer clear()
	o.Progress = progress
	return gate.State(cmd.Context(), o)
}

// clusters gives the states of a snapshot to those who read them.
func clusters(s *gate.Snapshot) []trace.Cluster {
	out := make([]trace.Cluster, 0, len(s.Clusters))
	for _, c := range s.Clusters {
		out = append(out, trace.Cluster{Name: c.Name, Facts: c.Facts, Posture: c.Posture, Wanted: c.Wanted, Locate: c.Locate})
	}
	return out
}
