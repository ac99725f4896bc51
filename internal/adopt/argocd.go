package adopt

import (
	"bytes"
	"cmp"
	"io/fs"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/gatespan/gatespan/internal/object"
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
		var data map[string]any
		if decoder.Decode(&data) != nil {
			return out
		}
		switch data["kind"] {
		case "Application":
			out = append(out, applicationOf(m.file, data))
		case "ApplicationSet":
			for _, filled := range l.applicationSet(data) {
				out = append(out, applicationOf(m.file, filled))
			}
		}
	}
}

// applicationSet is what the set makes, and its template: unfilled, it still says who applies what is here. A generator that asks Argo CD's own
// clusters says nothing in Git, but where the path has the cluster's name as one of its folders, the folders tell.
func (l *look) applicationSet(set map[string]any) []map[string]any {
	filled, complete := render.Applications(set, l.list, mostEntries)
	template, _ := (&object.Object{Data: set}).Get("spec.template").(map[string]any)
	filled = append(filled, template)
	before, name, after, found := render.Parameter((&object.Object{Data: template}).Text("spec.source.path"))
	if complete || !found || strings.Contains(after, "{{") {
		return filled
	}
	entries, err := l.list(path.Clean("./" + before))
	if err != nil {
		return filled
	}
	for _, e := range entries {
		if e.IsDir() {
			filled = append(filled, render.Fill(template, map[string]string{name: e.Name()}))
		}
	}
	return filled
}

// list reads a directory of the repository.
func (l *look) list(dir string) ([]fs.DirEntry, error) {
	return fs.ReadDir(l.fsys, dir)
}

func applicationOf(file string, data map[string]any) application {
	o := &object.Object{Data: data}
	a := application{file: file, destination: cmp.Or(o.Text("spec.destination.name"), o.Text("spec.destination.server"))}
	if strings.Contains(a.destination, "{{") {
		a.destination = "" // which cluster it is, only Argo CD knows
	}
	sources := []string{"spec.source"}
	list, _ := o.Get("spec.sources").([]any)
	for i := range list {
		sources = append(sources, object.Item("spec.sources", i))
	}
	for _, source := range sources {
		given := o.Text(source + ".path")
		if local := path.Clean(given); given != "" && fs.ValidPath(local) {
			a.paths = append(a.paths, local)
		}
	}
	return a
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
