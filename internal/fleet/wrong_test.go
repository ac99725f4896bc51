package fleet

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write what the errors are now into testdata/wrong")

// archive reads a txtar file into a file system.
func archive(t *testing.T, name string, into fstest.MapFS) *txtar.Archive {
	t.Helper()
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		if len(f.Data) == 0 {
			delete(into, f.Name)
			continue
		}
		into[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return a
}

// TestWrong loads one wrong fleet per archive: the files of testdata/base.txtar with those of the archive over them (an empty
// one takes the file away). "want" is every error, as users see it.
func TestWrong(t *testing.T) {
	names, err := filepath.Glob("testdata/wrong/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 25 {
		t.Fatalf("only %d cases", len(names))
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			repository := fstest.MapFS{}
			archive(t, "testdata/base.txtar", repository)
			a := archive(t, name, repository)
			var want string
			if w, ok := repository["want"]; ok {
				want = string(w.Data)
			}
			delete(repository, "want")

			_, err := Load(repository, "fleet", "overlays")
			if err == nil {
				t.Fatal("loaded without an error")
			}
			if asErrors(err) == nil {
				t.Fatalf("not the user's error: %v", err)
			}
			got := err.Error() + "\n"
			if *update {
				rewrite(t, name, a, got)
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// rewrite replaces the archive's wanted errors.
func rewrite(t *testing.T, name string, a *txtar.Archive, want string) {
	t.Helper()
	var files []txtar.File
	for _, f := range a.Files {
		if f.Name != "want" {
			files = append(files, f)
		}
	}
	a.Files = append(files, txtar.File{Name: "want", Data: []byte(want)})
	if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestBaseLoads(t *testing.T) {
	repository := fstest.MapFS{}
	archive(t, "testdata/base.txtar", repository)
	if _, err := Load(repository, "fleet", "overlays"); err != nil {
		t.Fatal(err)
	}
}

// asErrors returns err as Errors, when it is.
func asErrors(err error) Errors {
	var all Errors
	if errors.As(err, &all) {
		return all
	}
	return nil
}
