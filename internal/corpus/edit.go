package corpus

import (
	"testing"

	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

// apply makes the edits in a repository that started as a tree. One that does not fit it fails the test.
func apply(t *testing.T, r *gatetest.Repo, tree Tree, edits []Edit) {
	t.Helper()
	for i, e := range edits {
		switch {
		case e.Replace != nil:
			r.Replace(e.File, *e.Replace, e.With)
		case e.Append != nil:
			r.Append(e.File, *e.Append)
		case e.Write != nil:
			r.Write(e.File, *e.Write)
		case e.Drop != "":
			r.Drop(e.File, e.Drop)
		case e.Delete != "":
			r.Remove(e.Delete)
		case e.Rename != "":
			r.Rename(e.Rename, e.To)
		case e.Link != "":
			r.Link(e.To, e.Link)
		case e.Module != "":
			r.Write(".gitmodules", "[submodule \""+e.Module+"\"]\n\tpath = "+e.Module+"\n\turl = https://example.com/shared.git\n")
			r.Git("rm", "-r", "-q", "--cached", "--ignore-unmatch", e.Module)
			r.Git("update-index", "--add", "--cacheinfo", "160000,"+e.To+","+e.Module)
		case e.Generate:
			r.GenerateWith(tree.options())
		default:
			t.Fatalf("edit %d has no verb", i)
		}
	}
}
