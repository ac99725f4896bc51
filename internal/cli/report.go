package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/report"
)

// maxReportBytes is what one report may hold.
const maxReportBytes = 256 << 20

func (a *app) reportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "report",
		Short:   "Work with reports that check has printed",
		Example: "  gatespan report merge shard-*.json",
		Args:    cobra.ArbitraryArgs,
		RunE:    a.unknownCommand,
	}
	merge := a.mergeCommand()
	merge.DisableFlagsInUseLine = true
	cmd.AddCommand(merge)
	return cmd
}

func (a *app) mergeCommand() *cobra.Command {
	var formats []string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "merge FILE…",
		Short: "Join the JSON reports of all shards into the report of the whole run",
		Long: `merge reads the JSON reports of check --shard I/N, all N of them, and prints the report that check without
--shard would have printed. A shard that is missing, there twice or of another run is an error.

Exit codes: as check's, for the whole.`,
		Example: `  gatespan report merge shard-*.json
  gatespan report merge shard-*.json -o github -o sarif=gatespan.sarif`,
		RunE: func(cmd *cobra.Command, files []string) error {
			if len(files) == 0 {
				return problem{what: "gatespan report merge needs the reports", hint: "for example: gatespan report merge shard-*.json"}
			}
			outputs, err := outputs(formats)
			if err != nil {
				return err
			}
			var shards []*report.Report
			for _, file := range files {
				r, err := a.readReport(file)
				if err != nil {
					return problem{what: fmt.Sprintf("%s: %v", file, err), hint: "gatespan check --shard I/N -o json=FILE writes one"}
				}
				shards = append(shards, r)
			}
			whole, err := report.Merge(shards)
			if err != nil {
				return problem{what: err.Error(), hint: "merge the reports of every shard of one gatespan check, each once"}
			}
			return a.deliver(cmd, whole, outputs, gate.Options{Dir: a.dir}, verbose)
		},
	}
	cmd.Flags().StringArrayVarP(&formats, "format", "o", nil, "`FORMAT[=FILE]`: "+formatNames()+"; may be repeated (default text)")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "list assumptions and waived findings, too")
	return cmd
}

func (a *app) readReport(file string) (*report.Report, error) {
	if !filepath.IsAbs(file) {
		file = filepath.Join(a.dir, file)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxReportBytes+1))
	if err == nil && len(text) > maxReportBytes {
		err = fmt.Errorf("more than %d MiB", maxReportBytes>>20)
	}
	if err != nil {
		return nil, err
	}
	return report.Read(text)
}
