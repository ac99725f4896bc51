package render

import (
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	yaml "go.yaml.in/yaml/v3"
)

// document is one YAML document of a file, checked.
type document struct {
	node *yaml.Node // the top value, not the document node; lines are those of the whole file
	size int        // nodes once aliases are expanded

	apiVersion, kind, namespace, name string
}

// separator is where kustomize cuts a file into documents before it parses any of them (kyaml/kio/byteio_reader.go,
// splitDocuments). Cutting in the same places keeps this check from seeing other documents than kustomize does.
var separator = regexp.MustCompile(`\n---.*\n`)

// parse reads a file's documents and refuses what would be ambiguous or without bound: a key given twice, aliases that
// expand too far or contain themselves, and documents that kustomize would ignore without a word.
func parse(file string, content []byte, l Limits) ([]*document, *refusal) {
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	var docs []*document
	line, rest := 0, text
	for {
		chunk, next := rest, ""
		at := separator.FindStringIndex(rest)
		if at != nil {
			if after := strings.TrimSpace(rest[at[0]+4 : at[1]]); after != "" && after[0] != '#' {
				return nil, refuse(ruleRoot, place{file, line + strings.Count(rest[:at[0]], "\n") + 2, 1}, "kustomize does not read a document that starts on its separator's line")
			}
			chunk, next = rest[:at[0]]+"\n", rest[at[1]:]
		}
		doc, r := parseOne(file, chunk, line, l)
		if r != nil {
			return nil, r
		}
		if doc != nil {
			docs = append(docs, doc)
		}
		if len(docs) > l.Documents {
			return nil, overLimit(place{file, line + 1, 1}, "split the file", "more than %d documents in one file", l.Documents)
		}
		if at == nil {
			return docs, nil
		}
		line += strings.Count(rest[:at[1]], "\n")
		rest = next
	}
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

func parseOne(file, chunk string, offset int, l Limits) (*document, *refusal) {
	var node yaml.Node
	decoder := yaml.NewDecoder(strings.NewReader(chunk))
	switch err := decoder.Decode(&node); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		at := lineOf(err, file, offset)
		return nil, refuse(ruleRoot, at, "the YAML cannot be read: %s", yamlLine.ReplaceAllString(strings.TrimPrefix(err.Error(), "yaml: "), "this place"))
	}
	if len(node.Content) == 0 || isNull(node.Content[0]) {
		return nil, nil
	}
	top := node.Content[0]
	shift(&node, offset)
	c := checker{file: file, limits: l, done: map[*yaml.Node]measure{}}
	m := c.check(top)
	if c.refused != nil {
		return nil, c.refused
	}
	var second yaml.Node
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) && (err != nil || len(second.Content) > 0 && !isNull(second.Content[0])) {
		at := lineOf(err, file, offset)
		if len(second.Content) > 0 {
			at.line = offset + max(second.Content[0].Line, 1)
		}
		return nil, refuse(ruleDropped, at, "kustomize ignores what follows the end of a document here, because no line of --- separates it")
	}
	doc := &document{node: top, size: m.size}
	doc.apiVersion, doc.kind = text(top, "apiVersion"), text(top, "kind")
	doc.namespace, doc.name = text(top, "metadata", "namespace"), text(top, "metadata", "name")
	return doc, nil
}

// lineOf finds the line that the parser's error names.
func lineOf(err error, file string, offset int) place {
	at := place{file, offset + 1, 1}
	if err == nil {
		return at
	}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		if n, convErr := strconv.Atoi(m[1]); convErr == nil {
			at.line = offset + n
		}
	}
	return at
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// shift moves a chunk's lines to where they are in the file. The parser links aliases to nodes of the same tree, so that no
// node is reached twice by its children.
func shift(n *yaml.Node, lines int) {
	n.Line += lines
	for _, child := range n.Content {
		shift(child, lines)
	}
}

// measure is how large and deep a node is once its aliases are expanded.
type measure struct{ size, depth int }

// checker walks a document once, whatever its aliases expand to.
type checker struct {
	file    string
	limits  Limits
	done    map[*yaml.Node]measure
	refused *refusal
}

func (c *checker) at(n *yaml.Node) place { return place{c.file, n.Line, n.Column} }

// inProgress marks a node that is being measured: meeting it again means that an alias contains itself.
var inProgress = measure{size: -1}

func (c *checker) check(n *yaml.Node) measure {
	if c.refused != nil {
		return measure{}
	}
	if n.Kind == yaml.ScalarNode {
		return measure{1, 1}
	}
	if m, seen := c.done[n]; seen {
		if m == inProgress {
			c.refused = overLimit(c.at(n), "an anchor must not contain its own alias", "a YAML alias contains itself")
		}
		return m
	}
	c.done[n] = inProgress
	total := measure{1, 1}
	add := func(m measure) {
		total.size += m.size
		total.depth = max(total.depth, m.depth+1)
	}
	switch n.Kind {
	case yaml.AliasNode:
		add(c.check(n.Alias))
	case yaml.MappingNode:
		c.keys(n)
		fallthrough
	default:
		for _, child := range n.Content {
			add(c.check(child))
		}
	}
	if c.refused == nil && total.size > c.limits.Expansion {
		c.refused = overLimit(c.at(n), "write out what the aliases stand for, or split the file", "the YAML expands to more than %d values", c.limits.Expansion)
	}
	if c.refused == nil && total.depth > c.limits.Depth {
		c.refused = overLimit(c.at(n), "flatten the document", "the YAML is nested deeper than %d levels", c.limits.Depth)
	}
	c.done[n] = total
	return total
}

// keys refuses a key that is given twice: readers of YAML differ in which one they take.
func (c *checker) keys(n *yaml.Node) {
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		value := key
		if key.Kind == yaml.AliasNode {
			value = key.Alias
		}
		if value.Kind != yaml.ScalarNode {
			c.refused = refuse(ruleRoot, c.at(key), "a key of the map is not a text")
			return
		}
		if seen[value.Value] {
			c.refused = refuse(ruleDuplicate, c.at(key), "the key %q is given twice in one map, and readers differ in which of them counts", value.Value)
			return
		}
		seen[value.Value] = true
	}
}

// child returns the value of a map's key, following aliases and merge keys, and the key's node; nil where there is none.
func child(n *yaml.Node, key string) (value, at *yaml.Node) {
	n = resolved(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := resolved(n.Content[i]); k.Value == key && n.Content[i].Tag != "!!merge" {
			return resolved(n.Content[i+1]), n.Content[i]
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Tag != "!!merge" {
			continue
		}
		merged := []*yaml.Node{resolved(n.Content[i+1])}
		if merged[0].Kind == yaml.SequenceNode {
			merged = merged[0].Content
		}
		for _, m := range merged {
			if value, at = child(m, key); value != nil {
				return value, at
			}
		}
	}
	return nil, nil
}

func resolved(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

// text returns the scalar at a path of keys, or "".
func text(n *yaml.Node, keys ...string) string {
	for _, key := range keys {
		if n, _ = child(n, key); n == nil {
			return ""
		}
	}
	if n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

// value decodes a checked node into plain Go values. Maps have text keys.
func value(n *yaml.Node) (any, error) {
	var v any
	if err := n.Decode(&v); err != nil {
		return nil, err
	}
	return plain(v, "")
}
