package cli

import (
	"fmt"
	"path"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/gatespan/gatespan/internal/fleet"
	"github.com/gatespan/gatespan/internal/report"
)

func (a *app) schemaCommand() *cobra.Command {
	var ofReport, ofDue bool
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Write the fleet's schema for editors and cue vet",
		Long: `schema writes the CUE schema into the fleet's cue.mod, where editors and plain cue vet find it offline, and
a JSON Schema for fleets in YAML and JSON. gatespan itself always judges with the schema that is built in.
A file of these names that gatespan did not write is left as it is.`,
		Example: `  gatespan schema
  gatespan schema --fleet testdata/relay
  gatespan schema --report > report.schema.json    # of check -o json
  gatespan schema --due > due.schema.json          # of due -o json`,
		Args: arguments(),
		RunE: func(*cobra.Command, []string) error {
			switch {
			case ofReport:
				_, err := a.out.Write(report.Schema())
				return err
			case ofDue:
				_, err := a.out.Write(report.DueSchema())
				return err
			}
			dir := a.fleet
			if dir == "" {
				dir = "fleet"
			}
			switch filepath.Ext(dir) {
			case ".cue", ".yaml", ".yml", ".json":
				dir = filepath.Dir(dir)
			}
			if !filepath.IsAbs(dir) {
				dir = filepath.Join(a.dir, dir)
			}
			written, kept, err := writeOwn(dir, fleet.Schema("."))
			if err != nil {
				return err
			}
			if a.quiet {
				return nil
			}
			for _, name := range kept {
				_, _ = fmt.Fprintln(a.out, "kept  "+report.Clean(path.Join(filepath.ToSlash(dir), name))+" (gatespan did not write it)")
			}
			for _, name := range written {
				_, _ = fmt.Fprintln(a.out, "wrote "+report.Clean(path.Join(filepath.ToSlash(dir), name)))
			}
			if len(written) == 0 {
				_, _ = fmt.Fprintln(a.out, "the schema is up to date")
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&ofReport, "report", false, "print the JSON Schema of check's JSON report instead")
	cmd.Flags().BoolVar(&ofDue, "due", false, "print the JSON Schema of due's JSON output instead")
	cmd.MarkFlagsMutuallyExclusive("report", "due")
	return cmd
}
