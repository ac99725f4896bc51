// Package adopt looks at a GitOps repository that never saw gatespan.
//
//  1. Clusters: which clusters it seems to hold, by Argo CD's destinations and by the folders that people use
//  2. Propose: a fleet to start from, by reading the posture of those clusters backwards
//
// All of it is a guess that somebody must look at, and every guess says what it rests on.
package adopt

import (
	"bytes"
	"cmp"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Cluster is one cluster that a repository seems to hold.
type Cluster struct {
	Name        string // a valid name for a fleet
	Path        string // where its GitOps engine starts, relative to the repository
	Engine      string // flux, argocd, "" when neither is seen
	Destination string // what Argo CD calls it, when that is not Name
	Why         string // one clause: what it was taken from
}

// parents are the folders whose folders people name after clusters, the surest first.
var parents = []string{"clusters", "cluster", "overlays", "environments", "envs", "env"}

const (
	mostEntries = 100_000 // directory entries that are looked at
	mostBytes   = 1 << 20 // of a file that is looked into
)

// Clusters guesses the clusters of a repository, sorted by name; none when it holds no manifest. Gateways are the files that seem to hold
// one: whoever guesses must see to it that all of them are judged. An error is the file system's.
func Clusters(fsys fs.FS) (clusters []Cluster, gateways []string, err error) {
	l := &look{fsys: fsys}
	if err := fs.WalkDir(fsys, ".", l.visit); err != nil {
		return nil, nil, err
	}
	if len(l.manifests) == 0 {
		return nil, nil, nil
	}
	for _, m := range l.argo {
		l.apps = append(l.apps, l.applications(m)...)
	}
	out := l.folders()
	if len(out) == 0 {
		out = l.destinations()
	}
	if len(out) == 0 {
		out = []Cluster{{Name: "cluster", Path: l.common(l.manifests), Why: "the folder that holds all manifests"}}
	}
	for i := range out {
		out[i].Engine = l.engine(out[i])
	}
	byName := func(a, b Cluster) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Path, b.Path))
	}
	slices.SortFunc(out, byName)
	for i := 1; i < len(out); i++ { // two folders whose names differ by what a fleet's names cannot have
		if out[i].Name == out[i-1].Name {
			out[i].Name = key(out[i].Path)
		}
	}
	slices.SortFunc(out, byName)
	return out, l.gateways, nil
}

// Found is a place in a file.
type Found struct {
	File string
	Line int
}

// Gateways are the files below a directory that seem to hold a Gateway, or what adds listeners to one, sorted; none when it is not there.
func Gateways(fsys fs.FS, dir string) ([]Found, error) {
	l := &look{fsys: fsys}
	err := fs.WalkDir(fsys, dir, l.visit)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []Found
	for _, file := range l.gateways {
		content, readErr := fs.ReadFile(fsys, file)
		at := gatewayKind.FindSubmatchIndex(content)
		if readErr != nil || at == nil {
			continue // it was there a moment ago
		}
		out = append(out, Found{file, 1 + bytes.Count(content[:at[2]], []byte("\n"))})
	}
	return out, err
}

// look is what was seen of the repository.
type look struct {
	fsys      fs.FS
	entries   int
	manifests []string   // files with Kubernetes objects or a kustomization
	flux      []string   // files with Flux Kustomizations
	gateways  []string   // files with Gateways, or what adds listeners to them
	argo      []document // files with objects of Argo CD
	apps      []application
}

var (
	manifestFile = regexp.MustCompile(`(?m)^\s*["']?(apiVersion|kind)["']?\s*:`)
	gatewayKind  = regexp.MustCompile(`(?m)^\s*["']?kind["']?\s*:\s*["']?(Gateway|ListenerSet|XListenerSet)\b`)
	fluxKind     = []byte("kustomize.toolkit.fluxcd.io/")
	argoKind     = []byte("argoproj.io/")
)

func (l *look) visit(name string, entry fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	if l.entries++; l.entries > mostEntries {
		return fs.SkipAll // a guess may be of what was seen
	}
	base := path.Base(name)
	hidden := strings.HasPrefix(base, ".") && name != "."
	switch {
	case entry.IsDir() && (hidden || base == "node_modules" || base == "vendor"):
		return fs.SkipDir
	case entry.IsDir() || hidden || !entry.Type().IsRegular() || !slices.Contains([]string{".yaml", ".yml", ".json"}, path.Ext(name)):
		return nil
	}
	info, err := entry.Info()
	if err != nil || info.Size() > mostBytes {
		return nil
	}
	content, err := fs.ReadFile(l.fsys, name)
	if err != nil || !manifestFile.Match(content) && !strings.HasPrefix(base, "kustomization.") {
		return nil
	}
	l.manifests = append(l.manifests, name)
	if gatewayKind.Match(content) {
		l.gateways = append(l.gateways, name)
	}
	if bytes.Contains(content, fluxKind) {
		l.flux = append(l.flux, name)
	}
	if bytes.Contains(content, argoKind) {
		l.argo = append(l.argo, document{name, content})
	}
	return nil
}

// folders are the folders below the first of parents that has some with manifests.
func (l *look) folders() []Cluster {
	for _, parent := range parents {
		seen := map[string]bool{}
		var out []Cluster
		for _, file := range l.manifests {
			rest, below := strings.CutPrefix(file, parent+"/")
			folder, _, deeper := strings.Cut(rest, "/")
			if below && deeper && !seen[folder] {
				seen[folder] = true
				out = append(out, Cluster{Name: key(folder), Path: parent + "/" + folder, Why: "the folder " + parent + "/" + folder})
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// engine is what applies a cluster, as the objects below its path tell.
func (l *look) engine(c Cluster) string {
	below := func(file string) bool { return c.Path == "." || strings.HasPrefix(file, c.Path+"/") }
	switch {
	case slices.ContainsFunc(l.flux, below):
		return "flux"
	case c.Destination != "" || strings.HasPrefix(c.Why, "Argo CD"):
		return "argocd"
	case slices.ContainsFunc(l.apps, func(a application) bool {
		return below(a.file) || key(a.destination) == c.Name || slices.ContainsFunc(a.paths, func(p string) bool { return p == c.Path || below(p) })
	}):
		return "argocd"
	}
	return ""
}

// common is the deepest folder that holds all files.
func (l *look) common(files []string) string {
	dirs := make([]string, len(files))
	for i, f := range files {
		dirs[i] = path.Dir(f)
	}
	return l.ancestor(dirs)
}

func (l *look) ancestor(dirs []string) string {
	out := dirs[0]
	for _, d := range dirs[1:] {
		for out != "." && d != out && !strings.HasPrefix(d, out+"/") {
			out = path.Dir(out)
		}
	}
	return out
}

var notKey = regexp.MustCompile(`[^a-z0-9]+`)

// key makes a name that a fleet allows of a folder's, or a URL.
func key(name string) string {
	name = strings.ToLower(name)
	if _, rest, ok := strings.Cut(name, "://"); ok {
		name = rest
	}
	name = strings.Trim(notKey.ReplaceAllString(name, "-"), "-")
	if len(name) > 48 {
		name = strings.Trim(name[:48], "-")
	}
	if name == "" {
		return "cluster"
	}
	return name
}
