package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// errIrregular is something that is not a plain file in plain folders: a link, a folder, a device, or too large.
var errIrregular = errors.New("is not a plain file")

// look reads a plain file, and follows no link on the way to it: a link in the tree would lead a write elsewhere.
func look(repo fs.FS, name string) ([]byte, error) {
	for i, r := range name {
		if r != '/' {
			continue
		}
		dir := name[:i]
		info, err := fs.Lstat(repo, dir)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			return nil, fmt.Errorf("%w: %s is no folder", errIrregular, dir)
		}
	}
	info, err := fs.Lstat(repo, name)
	if err != nil {
		return nil, err
	}
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, fmt.Errorf("%w but a link", errIrregular)
	case !info.Mode().IsRegular():
		return nil, errIrregular
	case info.Size() > maxFile:
		return nil, fmt.Errorf("%w of a size that gatespan writes", errIrregular)
	}
	return fs.ReadFile(repo, name)
}

// list is what a folder holds; nothing when there is no such folder, or a link or a file instead of it.
func list(repo fs.FS, dir string) ([]fs.DirEntry, error) {
	info, err := fs.Lstat(repo, dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || err == nil && !info.IsDir() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return fs.ReadDir(repo, dir)
}
