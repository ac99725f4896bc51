package adopt

import (
	"bytes"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/gatespan/gatespan/internal/render"
)

// document is a file, as it was read.
type document struct {
	file    string
	content []byte
}

// application is one Argo CD Application, as far as it names a cluster.
type application struct {
	file, destination string
	paths             []string
}

// applications reads the Applications of a file, and those that its ApplicationSets make; what cannot be read is none.
func (l *look) applications(m document) []application {
	var out []application
	decoder := yaml.NewDecoder(bytes.NewReader(m.content))
	for {
		var doc map[string]any
		if decoder.Decode(&doc) != nil {
			return out
		}
		switch doc["kind"] {
		case "Application":
			out = append(out, applicationOf(m.file, doc))
		case "ApplicationSet":
			for _, filled := range append(l.applicationSet(doc), field(doc, "spec", "template")) { // unfilled, it still says who applies what is here
				out = append(out, applicationOf(m.file, filled))
			}
		}
	}
}

// applicationSet is what the set makes. A generator that asks Argo CD's own clusters says nothing in Git, but where the path has the
// cluster's name as one of its folders, the folders tell.
func (l *look) applicationSet(set map[string]any) []map[string]any {
	filled, complete := render.Applications(set, l.list, mostEntries)
	template := field(set, "spec", "template")
	given := text(template, "spec", "source", "path")
	at := segment.FindStringSubmatchIndex(given)
	if complete || at == nil {
		return filled
	}
	before, name, after := given[:at[0]], given[at[2]:at[3]], given[at[1]:]
	entries, err := l.list(path.Clean("./" + before))
	if err != nil || strings.Contains(before+after, "{{") {
		return filled
	}
	for _, e := range entries {
		if e.IsDir() {
			filled = append(filled, render.Fill(template, map[string]string{name: e.Name()}))
		}
	}
	return filled
}

// segment is a folder of a path that is one parameter of a template, in both of Argo CD's template languages.
var segment = regexp.MustCompile(`\{\{\s*\.?([A-Za-z0-9_.-]+)\s*\}\}`)

// list reads a directory of the repository.
func (l *look) list(dir string) ([]fs.DirEntry, error) {
	return fs.ReadDir(l.fsys, dir)
}

func applicationOf(file string, data map[string]any) application {
	a := application{file: file, destination: text(data, "spec", "destination", "name")}
	if a.destination == "" {
		a.destination = text(data, "spec", "destination", "server")
	}
	if strings.Contains(a.destination, "{{") {
		a.destination = "" // which cluster it is, only Argo CD knows
	}
	sources, _ := field(data, "spec")["sources"].([]any)
	for _, source := range append(sources, field(data, "spec")["source"]) {
		s, _ := source.(map[string]any)
		given := text(s, "path")
		if local := path.Clean(given); given != "" && fs.ValidPath(local) {
			a.paths = append(a.paths, local)
		}
	}
	return a
}

// field is an object in an object; nil when there is none.
func field(data map[string]any, names ...string) map[string]any {
	for _, name := range names {
		data, _ = data[name].(map[string]any)
	}
	return data
}

// text is a string in an object; "" when there is none.
func text(data map[string]any, names ...string) string {
	last := len(names) - 1
	s, _ := field(data, names[:last]...)[names[last]].(string)
	return s
}

// destinations are the clusters that Argo CD's Applications name.
func (l *look) destinations() []Cluster {
	paths := map[string][]string{}
	for _, a := range l.apps {
		for _, p := range a.paths {
			if info, err := fs.Stat(l.fsys, p); err == nil && info.IsDir() && a.destination != "" {
				paths[a.destination] = append(paths[a.destination], p)
			}
		}
	}
	var out []Cluster
	for destination, all := range paths {
		c := Cluster{Name: key(destination), Path: l.ancestor(all), Why: "Argo CD's destination " + destination}
		if destination == "https://kubernetes.default.svc" {
			c.Name = "in-cluster"
		}
		if c.Name != destination {
			c.Destination = destination
		}
		out = append(out, c)
	}
	return out
}
