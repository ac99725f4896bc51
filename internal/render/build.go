package render

import (
	"context"
	"fmt"
	"regexp"
	"runtime/metrics"
	"strings"
	"time"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
)

// build runs kustomize on a surveyed root. It cannot be interrupted, so that a run beyond its time or memory is left behind and
// ends with the process.
func build(ctx context.Context, s *survey, known *Known, l Limits) ([]map[string]any, *refusal) {
	at := place{s.root.file, 1, 1}
	files, err := s.memory()
	if err != nil {
		return nil, refuse(ruleRoot, at, "the kustomization cannot be encoded: %v", err)
	}
	sum := files.sum(s.root.dir)
	if objects, ok := known.find(sum); ok {
		return objects, nil
	}
	type outcome struct {
		objects []map[string]any
		err     error
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			if p := recover(); p != nil {
				o.err = fmt.Errorf("kustomize panicked: %v", p)
			}
			done <- o
		}()
		o.objects, o.err = kustomize(files, s.root.dir)
	}()
	timer := time.NewTimer(l.RootTime)
	defer timer.Stop()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case o := <-done:
			if o.err != nil {
				return nil, refuse(ruleRoot, at, "kustomize cannot render it: %s", oneLine(o.err.Error()))
			}
			known.keep(sum, o.objects)
			return o.objects, nil
		case <-ctx.Done():
			return nil, overLimit(at, "give the run more time, or fewer roots", "the run ended before the root was rendered: %v", ctx.Err())
		case <-timer.C:
			return nil, overLimit(at, "split the root", "the root is not rendered after %s", l.RootTime)
		case <-tick.C:
			if heap() > l.HeapBytes {
				return nil, overLimit(at, "split the root", "rendering takes more than %d MiB", l.HeapBytes>>20)
			}
		}
	}
}

func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// kustomize renders a directory. Files may be anywhere in the memory, as Flux permits (fluxcd/pkg kustomize, LoadRestrictionsNone
// inside the repository): the survey has kept everything inside.
func kustomize(files *memory, dir string) ([]map[string]any, error) {
	options := krusty.MakeDefaultOptions()
	options.LoadRestrictions = types.LoadRestrictionsNone
	options.Reorder = krusty.ReorderOptionNone
	rendered, err := krusty.MakeKustomizer(options).Run(files, clean(dir))
	if err != nil {
		return nil, err
	}
	objects := make([]map[string]any, 0, rendered.Size())
	for _, res := range rendered.Resources() {
		var decoded map[string]any // not res.Map(): its errors repeat the object, which may be a Secret
		if err := res.YNode().Decode(&decoded); err != nil {
			return nil, fmt.Errorf("%s %s: %w", res.GetKind(), res.GetName(), err)
		}
		if _, err := plain(decoded, ""); err != nil {
			return nil, fmt.Errorf("%s %s: %w", res.GetKind(), res.GetName(), err)
		}
		objects = append(objects, decoded)
	}
	return objects, nil
}

var spaces = regexp.MustCompile(`\s+`)

// manifestText is where a library's error starts to repeat an object, which may hold a secret.
var manifestText = regexp.MustCompile(`(?i)(apiVersion"?:|kind"?:|data"?:|metadata"?:|-----BEGIN).*`)

// oneLine shortens a library's error and leaves out the manifest that it may repeat.
func oneLine(s string) string {
	s = manifestText.ReplaceAllString(spaces.ReplaceAllString(s, " "), "…")
	s = strings.TrimSpace(s)
	if runes := []rune(s); len(runes) > 400 {
		s = string(runes[:400]) + " …"
	}
	return s
}
