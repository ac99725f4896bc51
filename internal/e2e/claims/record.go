package claims

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// Environment names the file to which Record appends.
const Environment = "GATESPAN_E2E_ROWS"

// Record appends a row to the table of the run that this process belongs to. Without such a run it does nothing.
func Record(row Row) error {
	path := os.Getenv(Environment)
	if path == "" {
		return nil
	}
	line, err := json.Marshal(row)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n')) // one write: rows of several processes do not mix
	return errors.Join(err, f.Close())
}

// Load reads what Record wrote; a file that is not there holds no rows.
func Load(path string) ([]Row, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var rows []Row
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	for {
		var row Row
		switch err := decoder.Decode(&row); {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return rows, fmt.Errorf("%s: %w", path, err)
		}
		rows = append(rows, row)
	}
}

// T is what Of needs of a testing.T.
type T interface {
	Helper()
	Cleanup(func())
	Failed() bool
	Skipped() bool
	Errorf(format string, args ...any)
}

// Of records a row when a test is over: its outcome is the test's. A skipped test did not run, and a failed one disagrees, so a test that
// fails for another reason than what the component said sets the row's Outcome before. The detail is the row's as it is then.
func Of(t T, row *Row) {
	t.Helper()
	t.Cleanup(func() {
		switch {
		case row.Outcome != "":
		case t.Skipped():
			row.Outcome = NotRun
		case t.Failed():
			row.Outcome = Differs
		default:
			row.Outcome = Agrees
		}
		if err := Record(*row); err != nil {
			t.Errorf("the row is lost: %v", err)
		}
	})
}
