package claims

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
)

// Write prints rows as one table, in the order in which their areas first come, and how many of each outcome there are. What was not
// simply agreed to has its detail below it.
func Write(w io.Writer, rows []Row) error {
	var areas []string
	of := map[string][]Row{}
	for _, r := range rows {
		if of[r.Area] == nil {
			areas = append(areas, r.Area)
		}
		of[r.Area] = append(of[r.Area], r)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CLAIM\tCOMPONENT\tVERSION\tIT SAYS")
	for _, area := range areas {
		fmt.Fprintf(table, "%s\t\t\t\n", plain(area))
		for _, r := range of[area] {
			fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", plain(r.Claim), plain(r.Component), plain(r.Version), says(r))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, r := range rows {
		if r.Detail == "" || r.Outcome == Agrees {
			continue
		}
		fmt.Fprintf(w, "\n%s: %s: %s\n", plain(r.Component), plain(r.Claim), says(r))
		for line := range strings.Lines(r.Detail) {
			fmt.Fprintf(w, "  %s\n", plain(strings.TrimRight(line, "\n")))
		}
	}
	_, err := fmt.Fprintf(w, "\n%s\n", Sum(rows))
	return err
}

// Sum says in one line how many claims were agreed to.
func Sum(rows []Row) string {
	count := map[Outcome]int{}
	for _, r := range rows {
		count[r.Outcome]++
	}
	return fmt.Sprintf("%d claims: %d agree, %d differ, %d not run, %d read and not run", len(rows), count[Agrees], count[Differs], count[NotRun], count[Read])
}

// says is a row's outcome, with the detail where everything was agreed to and one line says it: what was counted.
func says(r Row) string {
	if r.Outcome == Agrees && r.Detail != "" {
		return fmt.Sprintf("%s (%s)", Agrees, plain(r.Detail))
	}
	if !r.Outcome.known() {
		return fmt.Sprintf("unknown outcome %q", string(r.Outcome))
	}
	return string(r.Outcome)
}

// plain takes out what would move a terminal's cursor or a table's columns: components' messages are printed here.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, s)
}
