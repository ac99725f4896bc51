package fleet

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

// TestKnownIsTheSame loads revisions of a fleet with what is known of the others, each twice: it is what it is alone, and what was loaded
// before stays as it was.
func TestKnownIsTheSame(t *testing.T) {
	start := fstest.MapFS{}
	for _, name := range []string{"fleet.cue", "exposures/relay.cue"} {
		data, err := os.ReadFile("../../testdata/relay/" + name)
		if err != nil {
			t.Fatal(err)
		}
		start["fleet/"+name] = &fstest.MapFile{Data: data}
	}
	const exposure = "fleet/exposures/relay.cue"
	replace := func(name, old, new string) func(fstest.MapFS) {
		return func(files fstest.MapFS) {
			text := string(files[name].Data)
			if !strings.Contains(text, old) {
				t.Fatalf("%s has no %q", name, old)
			}
			files[name] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, new, 1))}
		}
	}
	revisions := map[string]func(fstest.MapFS){
		"as it is":          func(fstest.MapFS) {},
		"another owner":     replace(exposure, `"team-relay"`, `"team-other"`),
		"a line more":       replace(exposure, "package fleet\n", "package fleet\n\n\n"),
		"a cluster changes": replace("fleet/fleet.cue", `"internet-facing"`, `"internal"`),
		"broken":            replace(exposure, "hostname:", "hostnam:"),
		"renamed": func(files fstest.MapFS) {
			files["fleet/exposures/a.cue"] = files[exposure]
			delete(files, exposure)
		},
	}
	var known Known
	loaded := map[string]*Fleet{}
	for range 2 {
		for name, change := range revisions {
			files := maps.Clone(start)
			change(files)
			alone, errAlone := Load(files, "fleet", "overlays")
			with, errWith := known.Load(files, "fleet", "overlays")
			if a, b := fmt.Sprint(errAlone), fmt.Sprint(errWith); a != b || (name == "broken") != (errWith != nil) {
				t.Errorf("%s: %s, with what is known %s", name, a, b)
			}
			if !reflect.DeepEqual(alone, with) {
				t.Errorf("%s: what is known of another revision makes a difference", name)
			}
			if before := loaded[name]; before != nil && !reflect.DeepEqual(before, with) {
				t.Errorf("%s: what was loaded first has changed since", name)
			}
			loaded[name] = with
		}
	}
	if n := len(known.units); n != 6 { // two of the shared files, three of the exposure, and one of it under another name
		t.Errorf("%d units are known", n)
	}
}
