package fleet

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func waiverExample() Waiver {
	w := Waiver{
		Rule: "mtls/http3", Cluster: "a", Fingerprint: strings.Repeat("ab", 32), Owner: "team <x> & \"y\"", Reason: `until \(TICKET-1) is #done: "soon"`,
		Expires: "2027-01-31",
	}
	w.Object.Kind, w.Object.Namespace, w.Object.Name = "Gateway", "edge", "edge"
	return w
}

const older = `{rule: "tls/floor", cluster: "a", object: {kind: "Gateway", name: "x"}, fingerprint: "` +
	"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd" + `", owner: "o", reason: "because of that", expires: "2027-01-01"}`

func quotedKeys(text string) string {
	for _, k := range []string{"rule", "cluster", "object", "kind", "name", "fingerprint", "owner", "reason", "expires"} {
		text = strings.ReplaceAll(text, k+": ", `"`+k+`": `)
	}
	return text
}

// TestAddWaiver holds every shape of a fleet to keeping all its lines, and to saying one waiver more.
func TestAddWaiver(t *testing.T) {
	const cluster = `clusters: a: {cloud: "eks", controller: name: "istio"}`
	const yamlCluster = "clusters:\n  a: {cloud: eks, controller: {name: istio}} # ours\n"
	for name, c := range map[string]struct {
		root  string
		files map[string]string
		file  string // that is to be changed
	}{
		"a directory without waivers": {"fleet", map[string]string{"fleet/fleet.cue": "package fleet\n" + cluster}, "fleet/waivers.cue"},
		"without a package":           {"fleet", map[string]string{"fleet/fleet.cue": cluster}, "fleet/waivers.cue"},
		"YAML without waivers":        {"fleet", map[string]string{"fleet/a.yaml": yamlCluster}, "fleet/waivers.yaml"},
		"one CUE file":                {"f.cue", map[string]string{"f.cue": cluster + " // ours"}, "f.cue"},
		"one YAML file":               {"f.yaml", map[string]string{"f.yaml": yamlCluster}, "f.yaml"},
		"one JSON file":               {"f.json", map[string]string{"f.json": `{"clusters": {"a": {"cloud": "eks", "controller": {"name": "istio"}}}}`}, "f.json"},
		"a list":                      {"fleet", map[string]string{"fleet/f.cue": cluster + "\n// all of them\nwaivers: [\n\t// the old one\n\t" + older + ",\n]\n"}, "fleet/f.cue"},
		"a list without a comma":      {"fleet", map[string]string{"fleet/f.cue": cluster + "\nwaivers: [" + older + "]\n"}, "fleet/f.cue"},
		"an empty list":               {"fleet", map[string]string{"fleet/f.cue": cluster + "\nwaivers: []\n"}, "fleet/f.cue"},
		"a comment in the list":       {"fleet", map[string]string{"fleet/f.cue": cluster + "\nwaivers: [ // none yet\n]\n"}, "fleet/f.cue"},
		"an embedded fleet": {"fleet", map[string]string{
			"fleet/a.cue": "package fleet\nimport \"github.com/gatespan/gatespan/schema\"\nschema.#Fleet & {\n\t" + cluster + "\n\twaivers: [\n\t\t" + older + ",\n\t]\n}\n",
		}, "fleet/a.cue"},
		"another file has the list": {"fleet", map[string]string{"fleet/a.cue": cluster, "fleet/z.cue": "waivers: []"}, "fleet/z.cue"},
		"a YAML list":               {"f.yaml", map[string]string{"f.yaml": yamlCluster + "waivers: # all\n  # the old one\n  - " + older + "\nname: x # last\n"}, "f.yaml"},
		"a YAML list at the margin": {"f.yaml", map[string]string{"f.yaml": "waivers:\n- " + older + "\n" + yamlCluster}, "f.yaml"},
		"an empty YAML list":        {"f.yaml", map[string]string{"f.yaml": "waivers: []\n" + yamlCluster}, "f.yaml"},
		"a YAML list in brackets":   {"f.yaml", map[string]string{"f.yaml": "waivers: [" + older + "]\n" + yamlCluster}, "f.yaml"},
		"a JSON list": {"f.json", map[string]string{
			"f.json": "{\"waivers\": [" + quotedKeys(older) + "],\n\"clusters\": {\"a\": {\"cloud\": \"eks\", \"controller\": {\"name\": \"istio\"}}}}",
		}, "f.json"},
		"Windows lines": {"f.yaml", map[string]string{"f.yaml": strings.ReplaceAll(yamlCluster+"waivers:\n  - "+older+"\n", "\n", "\r\n")}, "f.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for file, content := range c.files {
				fsys[file] = &fstest.MapFile{Data: []byte(content)}
			}
			before, err := Load(fsys, c.root, "overlays")
			if err != nil {
				t.Fatal(err)
			}
			edit, err := AddWaiver(fsys, c.root, "overlays", waiverExample())
			if err != nil {
				t.Fatal(err)
			}
			if edit.File != c.file {
				t.Errorf("changed %s, want %s", edit.File, c.file)
			}
			for _, line := range strings.Split(c.files[c.file], "\n") { // every comment and every line that was there
				for _, part := range regexp.MustCompile(`^\{|"?waivers"?: \[`).Split(line, -1) {
					if part = strings.Trim(part, " \t\r]},"); !strings.Contains(string(edit.After), part) {
						t.Errorf("lost %q:\n%s", part, edit.After)
					}
				}
			}
			if lines := strings.Split(string(edit.After), "\n"); edit.Line < 1 || edit.Line > len(lines) ||
				strings.TrimSpace(lines[edit.Line-1]) == "" {
				t.Errorf("line %d:\n%s", edit.Line, edit.After)
			}
			fsys[edit.File] = &fstest.MapFile{Data: edit.After}
			after, err := Load(fsys, c.root, "overlays")
			if err != nil {
				t.Fatalf("%v\n%s", err, edit.After)
			}
			if len(after.Waivers) != len(before.Waivers)+1 || after.Waivers[0] != waiverExample() {
				t.Errorf("%+v\n%s", after.Waivers, edit.After)
			}
		})
	}
}

func TestAddWaiverRefuses(t *testing.T) {
	fsys := fstest.MapFS{"f.cue": &fstest.MapFile{Data: []byte("_w: []\nwaivers: _w\n")}}
	if _, err := AddWaiver(fsys, "f.cue", "overlays", waiverExample()); err == nil || !strings.Contains(err.Error(), "waiver") {
		t.Errorf("a list that is computed: %v", err)
	}
	w := waiverExample()
	w.Reason = "short"
	fsys = fstest.MapFS{"f.cue": &fstest.MapFile{Data: []byte("waivers: []\n")}}
	if _, err := AddWaiver(fsys, "f.cue", "overlays", w); err == nil || !strings.Contains(err.Error(), "not be valid") {
		t.Errorf("a reason that is none: %v", err)
	}
}
