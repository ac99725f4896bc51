package tree

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var errInjected = errors.New("injected")

// before and after are a tree that a run changes in every way: it creates, updates and removes overlays, in two clusters.
func beforeWant() Want {
	return wants("one", "a/gateways/edge=old", "a/exposures/relay", "a/exposures/gone", "b/consumers/orders")
}

func afterWant() Want {
	return wants("one", "a/gateways/edge=new", "a/exposures/relay", "a/exposures/fresh", "b/consumers/billing", "b/consumers/orders=new")
}

// counting returns a hook that does something at the n-th change, and the number of changes seen.
func counting(n int, then func() error) (hook func(op, path string) error, seen *int) {
	seen = new(int)
	return func(string, string) error {
		*seen++
		if *seen == n {
			return then()
		}
		return nil
	}, seen
}

// operations is how many changes an undisturbed run makes.
func operations(t *testing.T) int {
	t.Helper()
	root := t.TempDir()
	apply(t, root, beforeWant(), Options{})
	hook, seen := counting(-1, nil)
	apply(t, root, afterWant(), Options{fault: hook})
	if *seen < 20 {
		t.Fatalf("only %d changes: the hook is not called", *seen)
	}
	return *seen
}

// TestEveryFailureLeavesTheOldTree: whichever operation fails, the tree is byte for byte what it was.
func TestEveryFailureLeavesTheOldTree(t *testing.T) {
	for n := range operations(t) {
		root := t.TempDir()
		apply(t, root, beforeWant(), Options{})
		old := files(t, root)
		hook, _ := counting(n+1, func() error { return errInjected })
		_, err := Apply(context.Background(), root, afterWant(), Options{fault: hook})
		if !errors.Is(err, errInjected) || !strings.Contains(err.Error(), "nothing was changed") {
			t.Fatalf("operation %d: %v", n+1, err)
		}
		if diff := cmp.Diff(old, files(t, root)); diff != "" {
			t.Fatalf("operation %d:\n%s", n+1, diff)
		}
	}
}

// TestEveryFailureFromNothing is the same for a first run: not even folders stay.
func TestEveryFailureFromNothing(t *testing.T) {
	for n := 0; ; n++ {
		root := t.TempDir()
		hook, seen := counting(n+1, func() error { return errInjected })
		_, err := Apply(context.Background(), root, afterWant(), Options{fault: hook})
		if err == nil {
			if n < 20 || *seen > n {
				t.Fatalf("operation %d did not fail", n+1)
			}
			return
		}
		if have := files(t, root); len(have) != 1 {
			t.Fatalf("operation %d leaves %v", n+1, have)
		}
	}
}

// TestBrokenDiskKeepsTheJournal: when nothing works any more, not even putting back, the next run completes the tree.
func TestBrokenDiskKeepsTheJournal(t *testing.T) {
	total := operations(t)
	stuck := 0
	for n := range total {
		root := t.TempDir()
		apply(t, root, beforeWant(), Options{})
		old := files(t, root)
		seen := 0
		_, err := Apply(context.Background(), root, afterWant(), Options{fault: func(string, string) error {
			if seen++; seen > n {
				return errInjected
			}
			return nil
		}})
		if err == nil {
			t.Fatalf("operation %d: no error", n+1)
		}
		if strings.Contains(err.Error(), "nothing was changed") {
			if diff := cmp.Diff(old, files(t, root)); diff != "" {
				t.Fatalf("operation %d:\n%s", n+1, diff)
			}
			continue
		}
		stuck++
		drift, err := Diff(os.DirFS(root), afterWant())
		if err != nil || len(drift) == 0 {
			t.Fatalf("operation %d: a half-written tree has no drift: %v", n+1, err)
		}
		apply(t, root, afterWant(), Options{})
		if drift, err := Diff(os.DirFS(root), afterWant()); err != nil || len(drift) > 0 {
			t.Fatalf("operation %d: %v %v", n+1, drift, err)
		}
	}
	if stuck == 0 {
		t.Error("no case kept its journal")
	}
}

// TestEveryKill: a run that is killed at any operation leaves a tree that the next run makes the old one's or the new one's.
// A panic is the nearest thing to a kill in one process: nothing of Apply runs after it but the release of the lock.
func TestEveryKill(t *testing.T) {
	committed := 0
	for n := range operations(t) {
		root := t.TempDir()
		apply(t, root, beforeWant(), Options{})
		old := files(t, root)
		func() {
			defer func() {
				if recover() == nil {
					t.Fatalf("operation %d: not killed", n+1)
				}
			}()
			hook, _ := counting(n+1, func() error { panic("killed") })
			_, _ = Apply(context.Background(), root, afterWant(), Options{fault: hook})
		}()
		_, err := os.Stat(filepath.Join(root, "overlays/.gatespan-staging-one", journalName))
		if err == nil {
			committed++
		}
		// What the next run finds first is what a dry run would not see: it recovers, then compares with the old wants.
		dir, openErr := os.OpenRoot(root)
		if openErr != nil {
			t.Fatal(openErr)
		}
		d := &disk{root: dir}
		if err := d.recover(afterWant()); err != nil {
			t.Fatalf("operation %d: %v", n+1, err)
		}
		dir.Close()
		have := files(t, root)
		if err != nil {
			if diff := cmp.Diff(old, have); diff != "" {
				t.Fatalf("operation %d, before the commit:\n%s", n+1, diff)
			}
		} else if drift, err := Diff(os.DirFS(root), afterWant()); err != nil || len(drift) > 0 {
			t.Fatalf("operation %d, after the commit: %v %v", n+1, drift, err)
		}
		for name := range have {
			if strings.Contains(name, "staging") {
				t.Fatalf("operation %d leaves %s", n+1, name)
			}
		}
	}
	if committed == 0 {
		t.Error("no kill came after the commit")
	}
}

// TestJournalOfSomebodyElse: a journal is a file of the repository, so it must not make a run write what no run would.
func TestJournalOfSomebodyElse(t *testing.T) {
	header := Header("one", "x.cue")
	for name, c := range map[string]struct{ path, content string }{
		"a hook":            {".git/hooks/pre-commit", "#!/bin/sh\n"},
		"a hook's disguise": {".git/gateways/x/x.yaml", header},
		"a workflow":        {".github/workflows/x.yaml", header},
		"outside":           {"../gateways/x/x.yaml", header},
		"without header":    {"overlays/a/gateways/x/x.yaml", "kind: x\n"},
		"another fleet's":   {"overlays/a/gateways/x/x.yaml", Header("two", "x.cue")},
		"no inventory":      {"overlays/a/.gatespan-one.json", "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			staging := "overlays/.gatespan-staging-one"
			put(t, root, staging+"/0.new", c.content)
			put(t, root, staging+"/"+journalName, `{"fleet":"one","entries":[{"path":"`+c.path+`","old":"","new":"`+digest([]byte(c.content))+`"}]}`)
			before := files(t, root)
			if _, err := Apply(context.Background(), root, wants("one", "a/gateways/edge"), Options{}); err == nil {
				t.Error("the journal is followed")
			}
			if diff := cmp.Diff(before, files(t, root)); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("over a file of somebody else", func(t *testing.T) {
		root := t.TempDir()
		put(t, root, "overlays/a/gateways/x/x.yaml", "mine\n")
		put(t, root, "overlays/.gatespan-staging-one/0.new", header)
		put(t, root, "overlays/.gatespan-staging-one/"+journalName,
			`{"fleet":"one","entries":[{"path":"overlays/a/gateways/x/x.yaml","old":"`+digest([]byte("mine\n"))+`","new":"`+digest([]byte(header))+`"}]}`)
		if _, err := Apply(context.Background(), root, wants("one", "a/gateways/edge"), Options{}); err == nil || files(t, root)["overlays/a/gateways/x/x.yaml"] != "mine\n" {
			t.Errorf("overwritten: %v", err)
		}
	})
}

// TestSomebodyWritesMeanwhile: a file that changes between the comparison and its turn is left alone, and the rest is put back.
func TestSomebodyWritesMeanwhile(t *testing.T) {
	root := t.TempDir()
	apply(t, root, beforeWant(), Options{})
	old := files(t, root)
	place := "overlays/b/consumers/orders/orders.yaml"
	done := false
	_, err := Apply(context.Background(), root, afterWant(), Options{fault: func(op, _ string) error {
		if op == "rename" && !done {
			done = true
			return os.WriteFile(filepath.Join(root, place), []byte("mine\n"), 0o666)
		}
		return nil
	}})
	if err == nil || !strings.Contains(err.Error(), "by somebody else") {
		t.Fatalf("error %v", err)
	}
	old[place] = "mine\n"
	if diff := cmp.Diff(old, files(t, root)); diff != "" {
		t.Error(diff)
	}
}
