package tree

import (
	"bytes"
	"fmt"
	"path"

	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/posture"
)

// Drift is a difference between what the fleet generates and what is in the tree.
type Drift struct {
	Kind    string          `json:"kind"` // missing, modified, stale, foreign
	Overlay string          `json:"overlay"`
	File    string          `json:"file"`
	Line    int             `json:"line"`    // of the first difference
	Subject posture.Subject `json:"subject"` // the first object that differs; {kind: "Kustomization", name: overlay} when none
	By      posture.Ref     `json:"by"`
	Why     string          `json:"why"`
	// Value tells this difference from another one of the same object, wherever the lines move: the file's digest when it was modified,
	// otherwise its base name.
	Value string `json:"value"`
}

// drifted is a difference of a whole file.
func drifted(kind, overlay, file string, line int, why string) Drift {
	return Drift{
		Kind: kind, Overlay: overlay, File: file, Line: line, Why: why, Value: path.Base(file),
		Subject: posture.Subject{Kind: "Kustomization", Name: overlay},
		By:      posture.Ref{APIVersion: "kustomize.config.k8s.io/v1beta1", Kind: "Kustomization", Name: overlay},
	}
}

// modified is a difference within a file, with the first object that it touches.
func modified(overlay, file string, have, want []byte) Drift {
	line := firstDifference(have, want)
	d := drifted("modified", overlay, file, line, fmt.Sprintf("line %d is not what the fleet generates", line))
	d.Value = digest(have)
	if o, ok := objectAt(want, line); ok {
		d.Subject = posture.Subject{Kind: o.Kind, Namespace: o.Metadata.Namespace, Name: o.Metadata.Name}
		d.By = posture.Ref{APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Metadata.Namespace, Name: o.Metadata.Name}
	}
	return d
}

// firstDifference is the first line, from 1, that two files do not share; for a file that is the other's beginning, the line
// after it.
func firstDifference(have, want []byte) int {
	a, b := bytes.Split(have, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(a), len(b)) {
		if !bytes.Equal(a[i], b[i]) {
			return i + 1
		}
	}
	return max(1, min(len(a), len(b)))
}

// head is how an object names itself.
type head struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
}

// objectAt is the object of a generated file that a line belongs to. Generated files separate objects by a line of `---`; only
// what gatespan made itself is parsed here, never what somebody put in its place.
func objectAt(generated []byte, line int) (head, bool) {
	var document [][]byte
	for i, text := range bytes.Split(generated, []byte("\n")) {
		if string(text) == "---" {
			if i+1 > line {
				break
			}
			document = nil
			continue
		}
		document = append(document, text)
	}
	var o head
	err := yaml.Unmarshal(bytes.Join(document, []byte("\n")), &o)
	return o, err == nil && o.Kind != "" && o.Kind != "Kustomization" && o.Metadata.Name != ""
}
