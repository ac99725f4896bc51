package tree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// wants is a fleet that wants some overlays: "a/gateways/edge" or, with a content of its own, "a/gateways/edge=text".
func wants(fleet string, overlays ...string) Want {
	w := Want{Fleet: fleet, Folder: "overlays", Clusters: map[string]string{"a": "overlays/a", "b": "overlays/b"}}
	for _, text := range overlays {
		place, body, _ := strings.Cut(text, "=")
		cluster, _, _ := strings.Cut(place, "/")
		name := path.Base(place)
		header := Header(fleet, "fleet/fleet.cue")
		w.Overlays = append(w.Overlays, Overlay{Cluster: cluster, Path: "overlays/" + place, Files: map[string][]byte{
			"kustomization.yaml": []byte(header + "resources:\n- " + name + ".yaml\n"),
			name + ".yaml": []byte(header + "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: first\n---\n" +
				"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + name + "\n  namespace: ns\ndata:\n  text: \"" + body + "\"\n"),
		}})
	}
	return w
}

func apply(t *testing.T, root string, w Want, o Options) Result {
	t.Helper()
	r, err := Apply(context.Background(), root, w, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// files is every file below root with its content, and every folder.
func files(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, name)
		if entry.IsDir() {
			out[rel+"/"] = ""
			return nil
		}
		raw, err := os.ReadFile(name)
		out[rel] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func put(t *testing.T, root, name, content string) {
	t.Helper()
	place := filepath.Join(root, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(place), 0o777), os.WriteFile(place, []byte(content), 0o666)); err != nil {
		t.Fatal(err)
	}
}

func TestApplyThenDiffIsEmpty(t *testing.T) {
	root := t.TempDir()
	w := wants("one", "a/gateways/edge", "a/exposures/relay", "b/consumers/orders")
	r := apply(t, root, w, Options{})
	if want := []string{"overlays/a/exposures/relay", "overlays/a/gateways/edge", "overlays/b/consumers/orders"}; !slices.Equal(r.Created, want) {
		t.Errorf("created %v", r.Created)
	}
	drift, err := Diff(os.DirFS(root), w)
	if err != nil || len(drift) > 0 {
		t.Errorf("drift %v, %v", drift, err)
	}
	before := files(t, root)
	for name := range before {
		if strings.Contains(name, "staging") {
			t.Errorf("%s is left behind", name)
		}
	}
	// A second run writes nothing: the time of the files stays.
	past := time.Unix(1, 0)
	place := filepath.Join(root, "overlays/a/gateways/edge/edge.yaml")
	if err := os.Chtimes(place, past, past); err != nil {
		t.Fatal(err)
	}
	if again := apply(t, root, w, Options{}); again.Unchanged != 3 || len(again.Drift) != 0 {
		t.Errorf("second run: %+v", again)
	}
	info, err := os.Stat(place)
	if err != nil || !info.ModTime().Equal(past) {
		t.Errorf("an unchanged file was written: %v, %v", info.ModTime(), err)
	}
	if diff := cmp.Diff(before, files(t, root)); diff != "" {
		t.Error(diff)
	}
}

func TestUpdateAndStale(t *testing.T) {
	root := t.TempDir()
	apply(t, root, wants("one", "a/gateways/edge", "a/exposures/relay", "a/exposures/gone"), Options{})
	put(t, root, "overlays/a/exposures/notes.txt", "somebody's")
	r := apply(t, root, wants("one", "a/gateways/edge", "a/exposures/relay=new"), Options{})
	if !slices.Equal(r.Updated, []string{"overlays/a/exposures/relay"}) || !slices.Equal(r.Removed, []string{"overlays/a/exposures/gone"}) || r.Unchanged != 1 {
		t.Errorf("%+v", r)
	}
	have := files(t, root)
	if _, there := have["overlays/a/exposures/gone/"]; there {
		t.Error("the folder of a removed overlay is still there")
	}
	if have["overlays/a/exposures/notes.txt"] != "somebody's" {
		t.Error("a file of somebody else is gone")
	}
}

func TestRemovedClusterLeavesNothing(t *testing.T) {
	root := t.TempDir()
	apply(t, root, wants("one", "a/gateways/edge", "b/consumers/orders"), Options{})
	w := wants("one", "a/gateways/edge")
	delete(w.Clusters, "b") // no longer declared: found by its inventory
	if _, err := Apply(context.Background(), root, w, Options{}); err == nil || !strings.Contains(err.Error(), "everything that fleet one generates for cluster b") {
		t.Errorf("a whole cluster goes without --prune: %v", err)
	}
	if r := apply(t, root, w, Options{Prune: true}); !slices.Equal(r.Removed, []string{"overlays/b/consumers/orders"}) {
		t.Errorf("%+v", r)
	}
	if _, err := os.Stat(filepath.Join(root, "overlays/b")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("overlays/b: %v", err)
	}
}

func TestMovedClusterNeedsNoPrune(t *testing.T) {
	root := t.TempDir()
	apply(t, root, wants("one", "a/gateways/edge", "a/exposures/relay"), Options{})
	w := wants("one", "a/gateways/edge", "a/exposures/relay")
	w.Clusters["a"] = "overlays/moved"
	for i := range w.Overlays {
		w.Overlays[i].Path = strings.Replace(w.Overlays[i].Path, "overlays/a", "overlays/moved", 1)
	}
	apply(t, root, w, Options{})
	if _, err := os.Stat(filepath.Join(root, "overlays/a")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("overlays/a: %v", err)
	}
}

func TestMassRemoval(t *testing.T) {
	many := func(n int) (out []string) {
		for i := range n {
			out = append(out, fmt.Sprintf("a/exposures/x%d", i))
		}
		return out
	}
	for _, c := range []struct {
		before, after int
		refused       bool
	}{{3, 2, false}, {3, 1, false}, {5, 2, false}, {5, 1, true}, {60, 56, false}, {60, 53, true}, {3, 0, true}} {
		t.Run(fmt.Sprintf("%d to %d", c.before, c.after), func(t *testing.T) {
			root := t.TempDir()
			apply(t, root, wants("one", many(c.before)...), Options{})
			before := files(t, root)
			_, err := Apply(context.Background(), root, wants("one", many(c.after)...), Options{})
			if c.refused != (err != nil) {
				t.Fatalf("error %v", err)
			}
			if !c.refused {
				return
			}
			if !strings.Contains(err.Error(), "--prune") {
				t.Errorf("no hint: %v", err)
			}
			if diff := cmp.Diff(before, files(t, root)); diff != "" {
				t.Error(diff)
			}
			apply(t, root, wants("one", many(c.after)...), Options{Prune: true})
		})
	}
}

func TestForeignFilesAreNeverTouched(t *testing.T) {
	w := wants("one", "a/gateways/edge", "a/exposures/relay")
	for name, c := range map[string]struct{ file, content, message string }{
		"no header":       {"overlays/a/exposures/relay/relay.yaml", "kind: ConfigMap\n", "was not written by gatespan"},
		"another fleet":   {"overlays/a/exposures/relay/relay.yaml", Header("two", "x.cue") + "---\n", "belongs to fleet two"},
		"kustomization":   {"overlays/a/gateways/edge/kustomization.yaml", "resources: []\n", "was not written by gatespan"},
		"not folder":      {"overlays/a/gateways/edge", "text", "is not a plain file"},
		"not a folder":    {"overlays/a/gateways", "text", "is not a plain file"},
		"not inventory":   {"overlays/a/.gatespan-one.json", "[]", "is none"},
		"folder of a":     {"overlays/a", "text", "is not a plain file"},
		"is a folder":     {"overlays/a/exposures/relay/relay.yaml/x", "text", "is not a plain file"},
		"half the header": {"overlays/a/exposures/relay/relay.yaml", strings.SplitAfter(Header("one", "x"), "\n")[0], "was not written by gatespan"},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			put(t, root, c.file, c.content)
			before := files(t, root)
			_, err := Apply(context.Background(), root, w, Options{Prune: true})
			var e Error
			if !errors.As(err, &e) || !strings.Contains(err.Error(), c.message) || e.Hint == "" {
				t.Fatalf("error %v", err)
			}
			if diff := cmp.Diff(before, files(t, root)); diff != "" {
				t.Error(diff)
			}
			drift, err := Diff(os.DirFS(root), w)
			if err != nil || !slices.ContainsFunc(drift, func(d Drift) bool { return d.Kind == "foreign" }) {
				t.Errorf("no foreign drift: %v, %v", drift, err)
			}
		})
	}
}

func TestFleetsShareATree(t *testing.T) {
	root := t.TempDir()
	apply(t, root, wants("one", "a/gateways/edge"), Options{})
	apply(t, root, wants("two", "a/gateways/side", "a/exposures/relay"), Options{})
	one := wants("one", "a/gateways/edge")
	if drift, err := Diff(os.DirFS(root), one); err != nil || len(drift) > 0 {
		t.Errorf("fleet one sees fleet two: %v, %v", drift, err)
	}
	apply(t, root, wants("one", "a/gateways/edge=new"), Options{})
	if drift, err := Diff(os.DirFS(root), wants("two", "a/gateways/side", "a/exposures/relay")); err != nil || len(drift) > 0 {
		t.Errorf("fleet one changed fleet two: %v, %v", drift, err)
	}
}

func TestLinksAreNotFollowed(t *testing.T) {
	w := wants("one", "a/gateways/edge")
	for _, link := range []string{"overlays", "overlays/a", "overlays/a/gateways", "overlays/a/gateways/edge", "overlays/a/gateways/edge/edge.yaml", "overlays/.gatespan-staging-one"} {
		t.Run(link, func(t *testing.T) {
			root := t.TempDir()
			put(t, root, "elsewhere/keep.txt", "text")
			if err := os.MkdirAll(filepath.Join(root, filepath.Dir(link)), 0o777); err != nil {
				t.Fatal(err)
			}
			target := "elsewhere"
			if strings.HasSuffix(link, ".yaml") {
				target = "elsewhere/keep.txt"
			}
			if err := os.Symlink(filepath.Join(root, target), filepath.Join(root, link)); err != nil {
				t.Fatal(err)
			}
			before := files(t, filepath.Join(root, "elsewhere"))
			if _, err := Apply(context.Background(), root, w, Options{Prune: true}); err == nil {
				t.Error("written through a link")
			}
			if diff := cmp.Diff(before, files(t, filepath.Join(root, "elsewhere"))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNamesAreValidated(t *testing.T) {
	for name, change := range map[string]func(*Want){
		"fleet":          func(w *Want) { w.Fleet = "../x" },
		"folder":         func(w *Want) { w.Folder = "../overlays" },
		"absolute":       func(w *Want) { w.Folder = "/tmp" },
		"git":            func(w *Want) { w.Clusters["a"] = ".git" },
		"git below":      func(w *Want) { w.Clusters["a"] = "x/.GIT/hooks" },
		"cluster":        func(w *Want) { w.Overlays[0].Cluster = "c" },
		"other folder":   func(w *Want) { w.Overlays[0].Path = "overlays/b/gateways/edge" },
		"kind":           func(w *Want) { w.Overlays[0].Path = "overlays/a/hooks/edge" },
		"dots":           func(w *Want) { w.Overlays[0].Path = "overlays/a/gateways/.." },
		"twice":          func(w *Want) { w.Overlays = append(w.Overlays, w.Overlays[0]) },
		"file":           func(w *Want) { w.Overlays[0].Files["../x.yaml"] = w.Overlays[0].Files["edge.yaml"] },
		"hidden":         func(w *Want) { w.Overlays[0].Files[".x.yaml"] = w.Overlays[0].Files["edge.yaml"] },
		"without header": func(w *Want) { w.Overlays[0].Files["edge.yaml"] = []byte("kind: x\n") },
	} {
		t.Run(name, func(t *testing.T) {
			w := wants("one", "a/gateways/edge")
			change(&w)
			root := t.TempDir()
			if _, err := Apply(context.Background(), root, w, Options{}); err == nil {
				t.Error("no error")
			}
			if len(files(t, root)) != 1 {
				t.Errorf("something was written: %v", files(t, root))
			}
			if _, err := Diff(os.DirFS(root), w); err == nil {
				t.Error("Diff: no error")
			}
		})
	}
}

func TestDiffNamesLineAndObject(t *testing.T) {
	root := t.TempDir()
	w := wants("one", "a/gateways/edge", "a/exposures/relay", "b/consumers/orders")
	apply(t, root, wants("one", "a/gateways/edge=old", "a/exposures/relay", "a/exposures/gone"), Options{})
	put(t, root, "overlays/a/exposures/relay/.argocd-source.yaml", "kustomize: {namePrefix: x-}\n")
	if err := os.WriteFile(filepath.Join(root, "overlays/a/exposures/relay/relay.yaml"), []byte("kind: ConfigMap\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	drift, err := Diff(os.DirFS(root), w)
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, d := range drift {
		have = append(have, fmt.Sprintf("%s %s:%d %s/%s", d.Kind, strings.TrimPrefix(d.File, "overlays/"), d.Line, d.Subject.Kind, path.Base(d.Subject.Name)))
	}
	want := []string{
		"modified a/.gatespan-one.json:7 Kustomization/a",
		"stale a/exposures/gone/gone.yaml:1 Kustomization/gone",
		"foreign a/exposures/relay/.argocd-source.yaml:1 Kustomization/relay",
		"modified a/exposures/relay/relay.yaml:1 Kustomization/relay",
		"modified a/gateways/edge/edge.yaml:15 ConfigMap/edge",
		"missing b/.gatespan-one.json:0 Kustomization/b",
		"missing b/consumers/orders/kustomization.yaml:0 Kustomization/orders",
		"missing b/consumers/orders/orders.yaml:0 Kustomization/orders",
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Error(diff)
	}
	if _, err := Apply(context.Background(), root, w, Options{}); err == nil || !strings.Contains(err.Error(), "lost the header") {
		t.Errorf("a file that lost its header is overwritten: %v", err)
	}
}

func TestDryRunWritesNothing(t *testing.T) {
	root := t.TempDir()
	r := apply(t, root, wants("one", "a/gateways/edge"), Options{DryRun: true})
	if len(r.Created) != 1 || len(r.Drift) == 0 {
		t.Errorf("%+v", r)
	}
	if have := files(t, root); len(have) != 1 {
		t.Errorf("%v", have)
	}
}

func TestInventoryWithConflictMarkersIsReplaced(t *testing.T) {
	root := t.TempDir()
	w := wants("one", "a/gateways/edge")
	apply(t, root, w, Options{})
	place := "overlays/a/.gatespan-one.json"
	good := files(t, root)[place]
	put(t, root, place, strings.Replace(good, `  "files"`, "<<<<<<< HEAD\n  \"files\"", 1))
	apply(t, root, w, Options{})
	if files(t, root)[place] != good {
		t.Error("the inventory is not what it was")
	}
}

func TestConcurrentRuns(t *testing.T) {
	root := t.TempDir()
	var wait sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wait.Go(func() {
			_, errs[i] = Apply(context.Background(), root, wants("one", "a/gateways/edge", fmt.Sprintf("a/exposures/x=%d", i)), Options{})
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	clean := 0
	for i := range errs {
		drift, err := Diff(os.DirFS(root), wants("one", "a/gateways/edge", fmt.Sprintf("a/exposures/x=%d", i)))
		if err != nil {
			t.Fatal(err)
		}
		if len(drift) == 0 {
			clean++
		}
	}
	if clean != 1 {
		t.Errorf("the tree is what %d of the runs wanted, not one's", clean)
	}
}

func TestWaitingRunGivesUp(t *testing.T) {
	root := t.TempDir()
	dir, err := os.OpenRoot(root)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	unlock, err := lock(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Apply(ctx, root, wants("one", "a/gateways/edge"), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestHeader(t *testing.T) {
	for source, first := range map[string]string{
		"fleet/a.cue": "# Generated by gatespan from fleet/a.cue. Do not edit: change the fleet and run gatespan generate.",
		"":            "# Generated by gatespan from the fleet. Do not edit: change the fleet and run gatespan generate.",
		"a\nkind: x":  "# Generated by gatespan from a?kind: x. Do not edit: change the fleet and run gatespan generate.",
	} {
		header := Header("one", source)
		if line, _, _ := strings.Cut(header, "\n"); line != first || strings.Count(header, "\n") != 2 || OwnerOf([]byte(header)) != "one" {
			t.Errorf("%q", header)
		}
	}
	if owner := OwnerOf([]byte("# Owner: fleet one\n")); owner != "" {
		t.Errorf("half a header names an owner: %s", owner)
	}
}
