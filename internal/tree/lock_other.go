//go:build !unix

package tree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// lockName is a file that only one run can make.
const lockName = ".gatespan-lock"

// lock waits until no other run is at work in the repository. A killed run leaves the file behind; the error says so.
func lock(ctx context.Context, root *os.Root) (unlock func(), err error) {
	for {
		f, err := root.OpenFile(lockName, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
		if err == nil {
			return func() { f.Close(); _ = root.Remove(lockName) }, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("locking the repository: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("another run of gatespan generate is at work in the repository, or left %s behind: %w", lockName, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
