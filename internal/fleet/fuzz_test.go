package fleet

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

// FuzzLoad holds that no file makes gatespan crash, and that what it reports has a place and says something. Run it with
// -fuzzminimizetime=10x: evaluation is slow enough for the minimizer to take all the time there is.
func FuzzLoad(f *testing.F) {
	names, err := filepath.Glob("testdata/wrong/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range append(names, "testdata/base.txtar") {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			if ext := strings.TrimPrefix(filepath.Ext(file.Name), "."); ext != "" {
				f.Add(ext, file.Data)
			}
		}
	}
	relay, err := os.ReadFile("../../testdata/relay/fleet.cue")
	if err != nil {
		f.Fatal(err)
	}
	f.Add("cue", relay)

	tight := defaultLimits
	tight.evaluation = 2 * time.Second
	f.Fuzz(func(t *testing.T, ext string, data []byte) {
		if ext != "cue" && ext != "yaml" && ext != "json" {
			ext = "cue"
		}
		name := "fleet/fleet." + ext
		_, err := load(fstest.MapFS{name: {Data: data}}, "fleet", "overlays", nil, tight)
		if err == nil {
			return
		}
		all := asErrors(err)
		if all == nil {
			t.Fatalf("not the user's error: %v", err)
		}
		for _, e := range all {
			if e.File != name || e.Message == "" || strings.Contains(e.Error(), schemaPrefix) {
				t.Errorf("a bad error: %+v", e)
			}
		}
	})
}
