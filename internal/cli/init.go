package cli

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/report"
	"github.com/gatespan/gatespan/internal/trust"
)

func (a *app) initCommand() *cobra.Command {
	var dryRun bool
	var owners []string
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Look at a GitOps repository and write a fleet to start from",
		Long: `init guesses the clusters of a repository that has no fleet, by folders such as clusters/<name> and
overlays/<name> or by Argo CD's destinations, reads what their controllers would enforce, and writes
a fleet: clusters, gateways for browsers (publicGateways), trust domains, and a draft of an exposure for
each listener that requires client certificates. Also the schema for editors, a hook for pre-commit and
a workflow, and with --owner the code owners of all that. It asks nothing, and what is there already
stays as it is.`,
		Example: `  gatespan init --dry-run      # show every file, write nothing
  gatespan init
  gatespan init --owner @example/platform
  gatespan init -C ../gitops`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, owner := range owners {
				if !codeOwner.MatchString(owner) {
					return problem{what: fmt.Sprintf("%q is no code owner", owner), hint: "--owner takes a team or user such as @example/platform, or an address"}
				}
			}
			o := a.options()
			progress, clear := a.progress()
			o.Progress = progress
			b, err := gate.Init(cmd.Context(), o)
			clear()
			if err != nil {
				return err
			}
			root, err := os.OpenRoot(b.Root)
			if err != nil {
				return err
			}
			defer func() { _ = root.Close() }()
			if err := addons(b, root, owners); err != nil {
				return err
			}
			written, kept, err := writeNew(root, b.Files, dryRun)
			if err != nil {
				return err
			}
			shown := map[string][]byte{}
			for _, name := range written {
				if dryRun && !strings.Contains(name, "/cue.mod/") && !strings.HasSuffix(name, ".schema.json") { // those are for editors
					shown[name] = b.Files[name]
				}
			}
			return report.BeginningText(a.out, report.Beginning{
				Clusters: b.Clusters, Written: written, Kept: kept, Shown: shown, Notes: b.Notes, Planned: dryRun,
			}, a.style())
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "show what would be written, and write nothing")
	cmd.Flags().StringSliceVar(&owners, "owner", nil, "write code owners of the fleet, the workflow and the hook: `TEAM`, such as @example/platform")
	return cmd
}

// codeOwner is a user, a team, or an address.
var codeOwner = regexp.MustCompile(`^(@[A-Za-z0-9][-A-Za-z0-9_.]*(/[A-Za-z0-9][-A-Za-z0-9_./]*)?|[^\s@#\\]+@[^\s@#\\]+\.[^\s@#\\]+)$`)

// writeNew writes the files that are not there yet, and names those that are. No link is followed.
func writeNew(root *os.Root, files map[string][]byte, dryRun bool) (written, kept []string, err error) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		old, err := existing(root, name)
		if err != nil {
			return written, kept, err
		}
		if old != nil {
			kept = append(kept, name)
		} else {
			written = append(written, name)
		}
	}
	if dryRun {
		return written, kept, nil
	}
	for _, name := range written {
		if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
			return nil, nil, err
		}
		if err := replace(root, name, files[name]); err != nil {
			return nil, nil, fmt.Errorf("write %s: %w", name, err)
		}
	}
	return written, kept, nil
}

const (
	hookFile     = ".pre-commit-config.yaml"
	workflowFile = ".github/workflows/gatespan.yml"
)

// addons are the hook, the workflow, and the code owners of the gate. Files that are there get a note instead.
func addons(b *gate.Beginning, root *os.Root, owners []string) error {
	there := func(name string) bool {
		_, err := root.Lstat(name)
		return err == nil
	}
	flags := ""
	if b.Fleet != "fleet" {
		flags = " --fleet " + b.Fleet
	}
	b.Files[hookFile] = []byte(hookText(flags))
	if there(hookFile) {
		b.Notes = append(b.Notes, hookFile+" is there already; add to its repos: repo https://github.com/gatespan/gatespan, hook gatespan-check")
	}
	elsewhere := slices.ContainsFunc([]string{".gitlab-ci.yml", "azure-pipelines.yml", "Jenkinsfile"}, there)
	if elsewhere && !there(".github") {
		b.Notes = append(b.Notes, "another CI than GitHub's runs here: run gatespan check --base REV in it, with -o gitlab=FILE or -o junit=FILE")
	} else {
		b.Files[workflowFile] = []byte(workflowText(b.Fleet))
	}
	return codeOwners(b, root, owners)
}

// codeOwners adds a file of code owners where there is none and they are known, and their lines as a note otherwise. The last line that
// matches a path counts, and a space in a path is escaped (GitHub Docs, "About code owners", "CODEOWNERS syntax").
func codeOwners(b *gate.Beginning, root *os.Root, owners []string) error {
	old, err := trust.OwnersFile(root.FS())
	if err != nil {
		return err
	}
	owned, file := []string{"/" + b.Fleet + "/", "/" + hookFile}, ".gitlab/CODEOWNERS"
	if b.Files[workflowFile] != nil {
		owned, file = append(owned, "/"+workflowFile), ".github/CODEOWNERS"
	}
	written := old == "" && len(owners) > 0
	if written {
		owned = append(owned, "/"+file)
	}
	who := cmp.Or(strings.Join(owners, " "), "@ORG/TEAM")
	lines := make([]string, len(owned))
	for i, path := range owned {
		lines[i] = strings.ReplaceAll(path, " ", `\ `) + " " + who
	}
	if written {
		b.Files[file] = []byte("# Written by gatespan init: who may change what the gate judges by, and what runs it.\n" + strings.Join(lines, "\n") + "\n")
	} else {
		b.Notes = append(b.Notes, fmt.Sprintf("let the gate's owners review it. Lines for %s: %s", cmp.Or(old, file), strings.Join(lines, ", ")))
	}
	return nil
}

func hookText(flags string) string {
	args := ""
	if flags != "" {
		args = "\n    args: [" + strings.Join(strings.Fields(flags), ", ") + "]"
	}
	return `# Written by gatespan init.
repos:
- repo: https://github.com/gatespan/gatespan
  rev: main # pin a commit
  hooks:
  - id: gatespan-check` + args + "\n"
}

func workflowText(fleet string) string {
	return `# Written by gatespan init. Pin the commits, and make the job a required check.
name: gatespan
on: pull_request
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          fetch-depth: 0 # the change is judged against its merge base
          persist-credentials: false
      - uses: gatespan/gatespan/.github/actions/gatespan@main # pin a commit
        with:
          fleet: ` + fleet + "\n" + `          only-new: false # true blocks only what a change introduces
`
}
