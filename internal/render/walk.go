package render

import (
	yaml "go.yaml.in/yaml/v3"

	"github.com/gatespan/gatespan/internal/object"
)

// below returns one step of a field path in a node, or nil.
func below(n *yaml.Node, s object.Step) *yaml.Node {
	n = resolved(n)
	if n == nil {
		return nil
	}
	if s.Index >= 0 {
		if n.Kind != yaml.SequenceNode || s.Index >= len(n.Content) {
			return nil
		}
		return resolved(n.Content[s.Index])
	}
	v, _ := child(n, s.Key)
	return v
}

// locate walks as far as a field path goes and returns the node where a reader should look: the key of a map's entry, the
// item of a list, or the nearest parent that exists.
func locate(n *yaml.Node, steps []object.Step) *yaml.Node {
	found, _ := reach(n, steps)
	return found
}

// reach is locate that also tells how many steps it went.
func reach(n *yaml.Node, steps []object.Step) (*yaml.Node, int) {
	show := n
	for i, s := range steps {
		next := below(n, s)
		if next == nil {
			return show, i
		}
		if s.Index >= 0 {
			show = n
			if list := resolved(n); s.Index < len(list.Content) {
				show = list.Content[s.Index]
			}
		} else if _, key := child(n, s.Key); key != nil {
			show = key
		}
		n = next
	}
	return show, len(steps)
}
