package object

import (
	"strconv"
	"strings"
)

// Step is one step of a field path: a key, or an index when Index is not negative.
type Step struct {
	Key   string
	Index int
}

// ParsePath splits a field path: keys are joined by dots, list items are `[0]`, and a key that holds a dot or slash is
// written `["a.b/c"]`. A malformed rest is taken as one key, so that it finds nothing rather than something else.
func ParsePath(path string) []Step {
	var steps []Step
	for path != "" {
		switch {
		case path[0] == '.':
			path = path[1:]
		case strings.HasPrefix(path, `["`):
			key, rest, found := strings.Cut(path[2:], `"]`)
			if !found {
				return append(steps, Step{Key: path, Index: -1})
			}
			steps = append(steps, Step{Key: key, Index: -1})
			path = rest
		case path[0] == '[':
			end := strings.IndexByte(path, ']')
			index := -1
			if end > 0 {
				if n, err := strconv.Atoi(path[1:end]); err == nil && n >= 0 {
					index = n
				}
			}
			if index < 0 {
				return append(steps, Step{Key: path, Index: -1})
			}
			steps = append(steps, Step{Index: index})
			path = path[end+1:]
		default:
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			steps = append(steps, Step{Key: path[:end], Index: -1})
			path = path[end:]
		}
	}
	return steps
}

// Key writes one key of a field path behind what is there: `.name`, or `["a.b/c"]` when the key holds a dot, a slash or a bracket.
func Key(path, key string) string {
	if strings.ContainsAny(key, `./[]"`) {
		return path + `["` + key + `"]`
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// Item writes a list index behind a field path.
func Item(path string, index int) string { return path + "[" + strconv.Itoa(index) + "]" }

// Walk calls visit for every string below a value, with its path; maps in no particular order.
func Walk(path string, value any, visit func(path, text string)) {
	switch v := value.(type) {
	case string:
		visit(path, v)
	case map[string]any:
		for k, below := range v {
			Walk(Key(path, k), below, visit)
		}
	case []any:
		for i, below := range v {
			Walk(Item(path, i), below, visit)
		}
	}
}
