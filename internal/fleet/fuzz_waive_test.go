package fleet

import (
	"testing"
	"testing/fstest"
)

// FuzzAddWaiver writes a waiver of anybody's words into a fleet of each language: it is refused, or the fleet says exactly that waiver more.
func FuzzAddWaiver(f *testing.F) {
	for _, seed := range []string{"because of that", "short", `"}]\n`, "a\nb: c is long enough", `\(x) and more text`, "#!/bin/sh and more", "é\u2028 and more text", "\xff and more text", "'''and more text", "{{ and more text }}", "# - x: [ and more"} {
		f.Add(seed, "relay", `waivers: []`)
		f.Add("because of that", seed, `waivers: [{}]`)
	}
	f.Fuzz(func(t *testing.T, reason, owner, more string) {
		w := waiverExample()
		w.Reason, w.Owner = reason, owner
		for name, text := range map[string]string{
			"f.cue": "clusters: a: {cloud: \"eks\", controller: name: \"istio\"}\n" + more + "\n", "f.yaml": "clusters:\n  a: {cloud: eks, controller: {name: istio}} # ours\n" + more + "\n",
			"f.json": `{"clusters": {"a": {"cloud": "eks", "controller": {"name": "istio"}}}}`,
		} {
			fsys := fstest.MapFS{name: {Data: []byte(text)}}
			edit, err := AddWaiver(fsys, name, "overlays", w)
			if err != nil {
				continue
			}
			after, err := Load(fstest.MapFS{name: {Data: edit.After}}, name, "overlays")
			if err != nil {
				t.Fatalf("%s is not valid any more: %v\n%s", name, err, edit.After)
			}
			before, err := Load(fsys, name, "overlays")
			if err != nil || !adds(before, after, w) {
				t.Errorf("%s says something else (%v):\n%s", name, err, edit.After)
			}
		}
	})
}
