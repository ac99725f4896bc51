package revision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// resolve turns what the user wrote into a commit's id.
func resolve(ctx context.Context, root, rev string) (string, error) {
	if rev == "" || strings.ContainsFunc(rev, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", &Problem{Kind: ErrUnknownRevision, What: fmt.Sprintf("%q is not a revision", rev), Hint: "name a branch, a tag or a commit"}
	}
	if err := oneMeaning(ctx, root, rev); err != nil {
		return "", err
	}
	out, err := run(ctx, root, "rev-parse", "--verify", "--quiet", "--end-of-options", rev+"^{commit}")
	if err != nil {
		var f *failure
		if errors.As(err, &f) && f.code > 0 {
			return "", unknown(ctx, root, rev)
		}
		return "", err
	}
	// Versions of git before 2.30 repeat --end-of-options; the id is the last line.
	lines := strings.Fields(string(out))
	if len(lines) == 0 || !isID(lines[len(lines)-1]) {
		return "", unknown(ctx, root, rev)
	}
	return lines[len(lines)-1], nil
}

// oneMeaning refuses a name that several refs have. Git would take the tag (gitrevisions(7)), so that whoever may push a tag named
// origin/main could choose what a change is judged by.
func oneMeaning(ctx context.Context, root, rev string) error {
	name := rev
	if i := strings.IndexAny(name, "~^@{:"); i >= 0 {
		name = name[:i]
	}
	if name == "" || name == "HEAD" || strings.HasPrefix(name, "-") || strings.ContainsAny(name, "*?[\\ ") {
		return nil // no name of a ref, or one that git reads before all refs
	}
	candidates := []string{"refs/" + name, "refs/tags/" + name, "refs/heads/" + name, "refs/remotes/" + name}
	out, err := run(ctx, root, append([]string{"for-each-ref", "--format=%(refname)", "--"}, candidates...)...)
	if err != nil {
		return err
	}
	var found []string
	for _, ref := range strings.Fields(string(out)) {
		if slices.Contains(candidates, ref) { // not one below a folder of that name
			found = append(found, ref)
		}
	}
	if len(found) < 2 {
		return nil
	}
	return &Problem{Kind: ErrUnknownRevision, What: fmt.Sprintf("revision %q is %s", rev, strings.Join(found, " and ")), Hint: "write the one that is meant in full, such as " + found[0]}
}

// unknown names the refs that are nearest to what was asked for, or the command that brings it.
func unknown(ctx context.Context, root, rev string) error {
	p := &Problem{Kind: ErrUnknownRevision, What: fmt.Sprintf("revision %q is not in this repository", rev)}
	if rev == "HEAD" {
		p.What, p.Hint = "the repository has no commit yet", "commit once before comparing with a base"
		return p
	}
	if near := nearest(refs(ctx, root), rev); len(near) > 0 {
		p.Hint = "did you mean " + strings.Join(near, ", ") + "?"
	}
	if shallow(ctx, root) {
		fetch := "fetch it: git fetch --unshallow origin " + quote(branch(rev))
		if p.Hint != "" {
			fetch = p.Hint + " Otherwise " + fetch
		}
		p.Hint = fetch
	} else if p.Hint == "" {
		p.Hint = "fetch it: git fetch origin " + quote(branch(rev))
	}
	return p
}

// branch is a remote branch's name as fetch takes it.
func branch(rev string) string {
	rev = strings.TrimPrefix(rev, "refs/remotes/")
	rev = strings.TrimPrefix(rev, "refs/heads/")
	return strings.TrimPrefix(rev, "origin/")
}

// quote makes a word safe to paste into a shell.
func quote(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-") == "" && word[0] != '-' {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func refs(ctx context.Context, root string) []string {
	out, err := run(ctx, root, "for-each-ref", "--count=2000", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags")
	if err != nil {
		return nil // only a hint is lost
	}
	return strings.Fields(string(out))
}

// nearest returns up to three names that differ least from want; a remote's branch of that name comes first.
func nearest(names []string, want string) []string {
	type near struct {
		name     string
		distance int
	}
	var found []near
	for _, name := range names {
		d := distance(name, want)
		if strings.HasSuffix(name, "/"+want) || strings.HasSuffix(want, "/"+name) {
			d = 0
		}
		if d <= max(2, len(want)/3) {
			found = append(found, near{name, d})
		}
	}
	slices.SortFunc(found, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.name, b.name))
	})
	var out []string
	for _, n := range found[:min(3, len(found))] {
		out = append(out, n.name)
	}
	return out
}

// distance is the number of single-character edits between two names (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func shallow(ctx context.Context, root string) bool {
	out, err := run(ctx, root, "rev-parse", "--is-shallow-repository")
	return err == nil && strings.TrimSpace(string(out)) == "true"
}

// MergeBase is the commit at which HEAD and rev parted. Where there is none because the clone is shallow, the error tells the
// command that deepens it.
func MergeBase(ctx context.Context, root, rev string) (string, error) {
	base, err := resolve(ctx, root, rev)
	if err != nil {
		return "", err
	}
	head, err := resolve(ctx, root, "HEAD")
	if err != nil {
		return "", err
	}
	out, err := run(ctx, root, "merge-base", base, head)
	if id := firstLine(string(out)); err == nil && isID(id) {
		return id, nil
	}
	var f *failure
	if err != nil && (!errors.As(err, &f) || f.code < 0) {
		return "", err
	}
	p := &Problem{Kind: ErrNoMergeBase, What: fmt.Sprintf("HEAD and %s have no common commit", rev),
		Hint: "name a base that HEAD was branched from"}
	if shallow(ctx, root) {
		p.What += " in this shallow clone"
		p.Hint = fmt.Sprintf("git fetch --deepen=100, or git fetch --unshallow origin %s (fetch-depth: 0 in actions/checkout)", quote(branch(rev)))
	}
	return "", p
}
