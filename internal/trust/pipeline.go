package trust

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/finding"
)

// Files in which pipelines and hooks are configured, beside the workflows of GitHub: pre-commit, GitLab, Azure Pipelines, Bitbucket,
// CircleCI, Jenkins, lefthook, and what they commonly call.
var pipelineFiles = []string{
	".pre-commit-config.yaml", ".gitlab-ci.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml", ".circleci/config.yml", "Jenkinsfile", "Makefile",
	"lefthook.yml", "Taskfile.yml", "Taskfile.yaml", "justfile",
}

var pipelineFolders = []string{".github/workflows", ".github/actions", ".gitlab", ".azuredevops", ".buildkite", ".ci", ".githooks", ".husky", "ci", "hack", "scripts"}

// maxPipelineBytes bounds one file; a larger one is compared as a whole.
const maxPipelineBytes = 1 << 20

// tool is how a pipeline names the gate.
const tool = "gatespan"

// Pipeline compares what runs the gate: of the files that name it at the merge base, themselves or by another file that does, the jobs and
// hooks that do. own are the files and directories that the gate judges by, whose owners must not change either.
func Pipeline(head, merge fs.FS, own []string) ([]Fact, error) {
	files, err := naming(merge)
	if err != nil {
		return nil, err
	}
	var out []Fact
	for _, file := range slices.Sorted(maps.Keys(files)) {
		now, err := fs.ReadFile(head, file)
		at := finding.Position{File: file, Line: 1, Column: 1}
		switch {
		case errors.Is(err, fs.ErrNotExist):
			at.Line, at.Column = 0, 0
			out = append(out, about("gate/pipeline-changed", "", "Pipeline", file, "", at, "removed", "%s runs the gate at the base, and is gone", file))
		case err != nil:
			return nil, fmt.Errorf("read %s: %w", file, err)
		default:
			if was, is := relevant(file, files[file].content, files[file].words), relevant(file, now, files[file].words); was != is {
				if i := bytes.Index(now, []byte(files[file].words[0])); i >= 0 {
					at.Line = 1 + bytes.Count(now[:i], []byte("\n"))
				}
				out = append(out, about("gate/pipeline-changed", "", "Pipeline", file, "", at, is, "what runs the gate in %s is not what it is at the base", file))
			}
		}
		own = append(own, file)
	}
	owners, err := owned(head, merge, own)
	return append(out, owners...), err
}

// pipeline is a file in which a pipeline is configured, and how it names the gate: as the tool, or by a file that names it, such as a
// workflow that calls another one or a script.
type pipeline struct {
	content []byte
	words   []string
}

// naming are the pipeline files of a tree that name the gate.
func naming(fsys fs.FS) (map[string]pipeline, error) {
	candidates := slices.Clone(pipelineFiles)
	for _, folder := range pipelineFolders {
		err := fs.WalkDir(fsys, folder, func(file string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() {
				candidates = append(candidates, file)
			}
			return err
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read %s: %w", folder, err)
		}
	}
	contents := map[string][]byte{}
	for _, file := range candidates {
		content, err := fs.ReadFile(fsys, file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		if err == nil {
			contents[file] = content
		}
	}
	out := map[string]pipeline{}
	words := []string{tool}
	for len(words) > 0 { // each file gives at most one word, once
		var next []string
		for file, content := range contents {
			for _, word := range words {
				p, known := out[file]
				if !bytes.Contains(content, []byte(word)) || word == called(file) {
					continue
				}
				out[file] = pipeline{content, append(p.words, word)}
				if name := called(file); !known && name != "" {
					next = append(next, name)
				}
			}
		}
		words = next
	}
	for file, p := range out {
		slices.Sort(p.words)
		out[file] = p
	}
	return out, nil
}

// called is how other files name a file that they run: its path, and of an action that of its folder; "" for one that nothing calls by its
// path. A Makefile's targets have any names.
func called(file string) string {
	switch {
	case slices.Contains(pipelineFiles, file):
		return ""
	case path.Base(file) == "action.yml" || path.Base(file) == "action.yaml":
		return path.Dir(file)
	}
	return file
}

// relevant is a digest of what in a file runs the gate. Of a workflow it is everything but the jobs that do not name the gate and that no
// such job needs; of pre-commit's configuration everything but the other repositories. Comments and the order of keys do not count. What
// cannot be read that way counts as a whole.
func relevant(file string, content []byte, words []string) string {
	var data map[string]any
	if len(content) <= maxPipelineBytes && (path.Ext(file) == ".yaml" || path.Ext(file) == ".yml") && yaml.Unmarshal(content, &data) == nil {
		switch {
		case strings.HasPrefix(file, ".github/workflows/"):
			keepJobs(data, words)
			return digest(encode(data))
		case path.Base(file) == ".pre-commit-config.yaml":
			if repos, ok := data["repos"].([]any); ok {
				data["repos"] = slices.DeleteFunc(repos, func(r any) bool { return !names(r, words) })
			}
			return digest(encode(data))
		}
	}
	if slices.Contains([]string{"Makefile", "Jenkinsfile", "justfile"}, path.Base(file)) { // the lines that name the gate
		var lines []string
		for line := range strings.Lines(string(content)) {
			if names(line, words) {
				lines = append(lines, strings.TrimSpace(line))
			}
		}
		return digest(strings.Join(lines, "\n"))
	}
	return digest(string(content))
}

// keepJobs removes the jobs of a workflow that have nothing to do with the gate.
func keepJobs(workflow map[string]any, words []string) {
	jobs, _ := workflow["jobs"].(map[string]any)
	keep := map[string]bool{}
	var need func(name string)
	need = func(name string) {
		if keep[name] {
			return
		}
		keep[name] = true
		job, _ := jobs[name].(map[string]any)
		switch needs := job["needs"].(type) {
		case string:
			need(needs)
		case []any:
			for _, n := range needs {
				if s, ok := n.(string); ok {
					need(s)
				}
			}
		}
	}
	for name, job := range jobs {
		if names(name, words) || names(job, words) {
			need(name)
		}
	}
	maps.DeleteFunc(jobs, func(name string, _ any) bool { return !keep[name] })
}

func names(v any, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(encode(v), word) })
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
