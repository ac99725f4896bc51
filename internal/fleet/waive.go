package fleet

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"slices"

	"github.com/gatespan/gatespan/internal/finding"
)

// Edit is one file of the fleet, before and after a change of it.
type Edit struct {
	File   string // slash path in the repository
	Before []byte // nil for a file that is new
	After  []byte
	Text   string // what was added
	Line   int    // where it begins in After
}

// AddWaiver writes a waiver into the fleet at root: into the list that it has, or beside what there is. Everything else of the file stays
// byte for byte, comments too. The result is proven: the edited fleet must be valid, and must say what it said before and the waiver.
//
// It errors with Errors when the fleet or the waiver is not valid, and with an Error whose hint is the text to paste when gatespan
// cannot tell where to write it.
func AddWaiver(fsys fs.FS, root, overlays string, w Waiver) (*Edit, error) {
	root = path.Clean(root)
	shared, single, errs := find(fsys, root, defaultLimits)
	before, err := loadSources(shared, single, errs, overlays, nil, defaultLimits)
	if err != nil {
		return nil, err
	}
	edit, err := placeWaiver(fsys, root, shared, w)
	if err != nil {
		return nil, err
	}
	changed := slices.DeleteFunc(slices.Clone(shared), func(s source) bool { return s.name == edit.File })
	changed = append(changed, source{name: edit.File, data: edit.After})
	slices.SortFunc(changed, func(a, b source) int { return bytes.Compare([]byte(a.name), []byte(b.name)) })
	after, err := loadSources(changed, single, nil, overlays, nil, defaultLimits)
	if err != nil {
		return nil, fmt.Errorf("the fleet would not be valid with this waiver: %w", err)
	}
	if !adds(before, after, w) {
		return nil, byHand(edit.File, edit.Text)
	}
	return edit, nil
}

// adds reports whether after is before and one waiver more.
func adds(before, after *Fleet, w Waiver) bool {
	at := slices.IndexFunc(after.Waivers, func(x Waiver) bool { return x == w })
	if at < 0 {
		return false
	}
	a, b := *before, *after
	a.positions, b.positions = nil, nil
	b.Waivers = slices.Delete(slices.Clone(b.Waivers), at, at+1)
	if len(a.Waivers)+len(b.Waivers) == 0 {
		a.Waivers, b.Waivers = nil, nil
	}
	return reflect.DeepEqual(a, b)
}

func byHand(file, text string) error {
	return Error{
		Position: finding.Position{File: file}, Message: "gatespan cannot tell where to write the waiver",
		Hint: "add it to waivers by hand:\n" + text,
	}
}

// placeWaiver finds where the waiver goes: behind the beginning of the list of waivers, or where a list can begin.
func placeWaiver(fsys fs.FS, root string, shared []source, w Waiver) (*Edit, error) {
	for _, src := range shared {
		if edit := intoList(src, w); edit != nil {
			return edit, nil
		}
	}
	info, err := fs.Stat(fsys, root)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return atEnd(shared[0], w), nil
	}
	// A file of its own: whoever owns waivers can own that file.
	language := "cue"
	if !slices.ContainsFunc(shared, func(s source) bool { return format(s.name) == "cue" }) && len(shared) > 0 {
		language = format(shared[0].name)
	}
	file := path.Join(root, "waivers."+language)
	if slices.ContainsFunc(shared, func(s source) bool { return s.name == file }) {
		return nil, byHand(file, waiverText(language, "", w))
	}
	return newFile(file, language, packageOf(shared), w), nil
}

// packageOf is the package clause that the fleet's CUE files have.
func packageOf(shared []source) string {
	for _, src := range shared {
		if format(src.name) != "cue" {
			continue
		}
		if file, errs := parse(src, defaultLimits); len(errs) == 0 && file.PackageName() != "" {
			return file.PackageName()
		}
	}
	return ""
}
