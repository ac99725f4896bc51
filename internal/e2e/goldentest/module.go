package goldentest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
)

// Module is a pinned upstream module.
type Module struct {
	Path, Version string
	Sum           string // of its content, as in go.sum
}

// Dir is where the module's files are. It is downloaded if it is not there, and compared with its sum, so that what is read is what was
// pinned.
func (m Module) Dir() (string, error) {
	out, err := exec.Command("go", "mod", "download", "-json", m.Path+"@"+m.Version).Output()
	var said struct{ Dir, Sum, Error string }
	if unreadable := json.Unmarshal(out, &said); unreadable != nil {
		return "", fmt.Errorf("%s: %w", m.Path, errors.Join(err, unreadable))
	}
	if said.Error != "" {
		return "", fmt.Errorf("%s: %s", m.Path, said.Error)
	}
	if said.Sum != m.Sum {
		return "", fmt.Errorf("%s %s has the sum %s instead of %s", m.Path, m.Version, said.Sum, m.Sum)
	}
	return said.Dir, nil
}
