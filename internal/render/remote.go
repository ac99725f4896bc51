package render

import (
	"errors"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// remoteForm matches what kustomize, or a reader of a kustomization, would fetch: any URL, the go-getter and scp forms, and
// bare GitHub addresses (api/internal/git/repospec.go, NewRepoSpecFromURL; api/internal/loader/fileloader.go, IsRemoteFile).
// It only chooses the words of a refusal: a path that is used is always rewritten to start with "./" or "../", which neither of
// the two takes for remote.
var remoteForm = regexp.MustCompile(`(?i)^(git::|https?:|ssh:|file:|ext::|s3::|hg::|oci:|github\.com[/:]|[a-z][a-z0-9-]*@[^/]*[:/])|://|[?&]ref=|_git/`)

// local turns a path that a kustomization in dir names into the real path in the repository.
func (r *repository) local(at place, dir, entry, field string) (real string, isDir bool, refused *refusal) {
	switch {
	case entry == "":
		return "", false, refuse(ruleRoot, at, "%s has an empty path", field)
	case strings.ContainsFunc(entry, func(c rune) bool { return c < ' ' || c == 0x7f }):
		return "", false, refuse(ruleRoot, at, "%s is neither a path nor a manifest", field)
	case remoteForm.MatchString(entry):
		return "", false, refuse(ruleRemote, at, "%s refers to %q, which is outside of the repository and is not fetched", field, entry)
	case path.IsAbs(entry):
		return "", false, refuse(ruleOutside, at, "%s refers to the absolute path %q", field, entry)
	}
	joined := path.Join(dir, entry)
	real, isDir, err := r.resolve(joined)
	switch {
	case errors.Is(err, errOutside):
		return "", false, refuse(ruleOutside, at, "%s refers to %q, which is outside of the repository", field, entry)
	case errors.Is(err, fs.ErrNotExist):
		return "", false, refuse(ruleRoot, at, "%s refers to %q, which does not exist", field, entry)
	case err != nil:
		return "", false, refuse(ruleRoot, at, "%s refers to %q: %v", field, entry, err)
	}
	return real, isDir, nil
}

// relative writes a real path as kustomize gets it: from dir, and never in a form that could be remote.
func relative(dir, real string) string {
	from, to := split(dir), split(real)
	common := 0
	for common < len(from) && common < len(to) && from[common] == to[common] {
		common++
	}
	out := strings.Repeat("../", len(from)-common) + strings.Join(to[common:], "/")
	if !strings.HasPrefix(out, "../") {
		out = "./" + out
	}
	if out != "./" {
		out = strings.TrimSuffix(out, "/")
	}
	return out
}

func split(name string) []string {
	if name == "." {
		return nil
	}
	return strings.Split(name, "/")
}
