package revision

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"sync"
)

// maxBlob is the largest content that is read, in bytes: far above any manifest, far below what would hurt.
const maxBlob = 64 << 20

// blobs reads object contents through one long-lived `git cat-file --batch`, and sizes through a `--batch-check`; each starts
// when it is first needed.
type blobs struct {
	ctx  context.Context
	root string

	mu       sync.Mutex
	contents *conversation
	sizes    *conversation
	closed   bool
}

// conversation is a running git cat-file: an id goes in, a header line and perhaps a content come out.
type conversation struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func (b *blobs) start(mode string) (*conversation, error) {
	if b.closed {
		return nil, errors.New("the tree is closed")
	}
	cmd := command(b.ctx, b.root, "cat-file", mode)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &conversation{cmd: cmd, in: in, out: bufio.NewReaderSize(out, 1<<16)}, nil
}

// ask sends an id and reads the header: "<id> <type> <size>" or "<id> missing", git-cat-file(1).
func (c *conversation) ask(id string) (kind string, size int64, err error) {
	if _, err = io.WriteString(c.in, id+"\n"); err != nil {
		return "", 0, err
	}
	line, err := c.out.ReadString('\n')
	if err != nil {
		return "", 0, fmt.Errorf("git cat-file ended: %w", err)
	}
	fields := strings.Fields(line)
	if len(fields) == 2 && fields[1] == "missing" {
		return "", 0, &Problem{Kind: ErrMissingObject, What: "object " + id + " is not in this clone",
			Hint: "make the clone complete: git fetch --refetch, or clone without --filter"}
	}
	if len(fields) != 3 || fields[0] != id {
		return "", 0, fmt.Errorf("git cat-file: unexpected line %q", line)
	}
	size, err = strconv.ParseInt(fields[2], 10, 64)
	return fields[1], size, err
}

// read returns a blob's content.
func (b *blobs) read(id string) ([]byte, error) {
	if !isID(id) {
		return nil, fmt.Errorf("%q is not an object id", id)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.contents == nil {
		var err error
		if b.contents, err = b.start("--batch"); err != nil {
			return nil, err
		}
	}
	c := b.contents
	kind, size, err := c.ask(id)
	if err != nil {
		return nil, b.orContext(err)
	}
	if kind != "blob" || size > maxBlob {
		if _, err := io.CopyN(io.Discard, c.out, size+1); err != nil {
			return nil, b.orContext(err)
		}
		return nil, fmt.Errorf("object %s is a %s of %d bytes, which is not read", id, kind, size)
	}
	content := make([]byte, size+1) // a newline follows the content
	if _, err := io.ReadFull(c.out, content); err != nil {
		return nil, b.orContext(err)
	}
	return content[:size], nil
}

// size returns a blob's size without reading it.
func (b *blobs) size(id string) (int64, error) {
	if !isID(id) {
		return 0, fmt.Errorf("%q is not an object id", id)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sizes == nil {
		var err error
		if b.sizes, err = b.start("--batch-check"); err != nil {
			return 0, err
		}
	}
	_, size, err := b.sizes.ask(id)
	return size, b.orContext(err)
}

// orContext prefers the reason why git was stopped.
func (b *blobs) orContext(err error) error {
	if err != nil && b.ctx.Err() != nil {
		return b.ctx.Err()
	}
	return err
}

func (b *blobs) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	var errs []error
	for _, c := range []*conversation{b.contents, b.sizes} {
		if c != nil {
			errs = append(errs, c.in.Close())
			if err := c.cmd.Wait(); err != nil && b.ctx.Err() == nil {
				errs = append(errs, err)
			}
		}
	}
	b.contents, b.sizes = nil, nil
	return errors.Join(errs...)
}
