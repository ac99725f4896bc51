package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
)

// disk is the work tree, as far as it is changed: one method for each kind of change, so that tests can make each of them fail.
type disk struct {
	root  *os.Root
	fault func(op, path string) error
}

func (d *disk) before(op, name string) error {
	if d.fault == nil {
		return nil
	}
	return d.fault(op, name)
}

// makeDir makes a folder and those above it, and returns the new ones, outermost first.
func (d *disk) makeDir(name string) (made []string, err error) {
	for dir := name; dir != "."; dir = path.Dir(dir) {
		info, err := d.root.Lstat(dir)
		if err == nil && !info.IsDir() {
			return nil, fmt.Errorf("%w: %s is no folder", errIrregular, dir)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		made = append(made, dir)
	}
	slices.Reverse(made)
	for i, dir := range made {
		if err = d.before("mkdir", dir); err == nil {
			err = d.root.Mkdir(dir, 0o777)
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			d.removeDirs(made[:i])
			return nil, err
		}
	}
	return made, nil
}

// write makes a new file, on the disk for good, and reads it back.
func (d *disk) write(name string, content []byte) error {
	if err := d.before("write", name); err != nil {
		return err
	}
	f, err := d.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	back, err := d.root.ReadFile(name)
	if err == nil && !bytes.Equal(back, content) {
		err = fmt.Errorf("%s: reads back differently from what was written", name)
	}
	return err
}

func (d *disk) rename(from, to string) error {
	if err := d.before("rename", to); err != nil {
		return err
	}
	return d.root.Rename(from, to)
}

func (d *disk) remove(name string) error {
	if err := d.before("remove", name); err != nil {
		return err
	}
	return d.root.Remove(name)
}

// sync makes the names in a folder last.
func (d *disk) sync(dir string) error {
	if err := d.before("sync", dir); err != nil {
		return err
	}
	f, err := d.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// removeDirs removes folders that are empty, innermost first; others stay.
func (d *disk) removeDirs(dirs []string) {
	for _, dir := range slices.Backward(dirs) {
		if err := d.root.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return
		}
	}
}

// tidy removes a folder and those above it, as far as they are empty.
func (d *disk) tidy(dir string) {
	for ; dir != "."; dir = path.Dir(dir) {
		if info, err := d.root.Lstat(dir); err != nil || !info.IsDir() || d.root.Remove(dir) != nil {
			return
		}
	}
}
