//go:build unix

package tree

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lock waits until no other run is at work in the repository. It locks the folder itself, so that no lock file stays behind, and a
// killed run holds nothing: the system lets go when its process ends. Source: flock(2).
func lock(ctx context.Context, root *os.Root) (unlock func(), err error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = dir.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			_ = dir.Close()
			return nil, fmt.Errorf("locking the repository: %w", err)
		}
		select {
		case <-ctx.Done():
			_ = dir.Close()
			return nil, fmt.Errorf("another run of gatespan generate is at work in the repository: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
