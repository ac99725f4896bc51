package render

import "slices"

// settle leaves the roots that are applied. A root found below the cluster's path is none when Flux or Argo CD apply the same directory
// with changes, or when it is part of a followed root. Neither is what was followed from such a root alone: the root that contains it
// renders the same Kustomizations and Applications, perhaps patched, and was followed from there. What was found below the path and is
// in no root that is left stays, so that nothing is judged by nobody.
func (c *cluster) settle() {
	covered := map[string]bool{}
	for _, r := range c.roots {
		if c.options.AsFound && !c.seen(r) {
			continue // it stands for nothing that was found
		}
		if !r.initial && r.survey != nil && r.refused == nil {
			for _, k := range r.survey.kusts[1:] {
				covered[k.dir] = true
			}
		}
	}
	kept := map[*root]bool{}
	for {
		gone := c.gone(covered, kept)
		judged := map[string]bool{}
		for _, r := range c.roots {
			if gone[r] {
				continue
			}
			judged[r.dir] = true
			if r.survey != nil {
				for _, k := range r.survey.kusts {
					judged[k.dir] = true
				}
			}
		}
		lost := slices.IndexFunc(c.found, func(r *root) bool { return gone[r] && !judged[r.dir] })
		if lost < 0 {
			c.roots = slices.DeleteFunc(c.roots, func(r *root) bool { return gone[r] })
			return
		}
		kept[c.found[lost]] = true
	}
}

// gone are the roots that are replaced or covered, and those that were followed from such roots only.
func (c *cluster) gone(covered map[string]bool, kept map[*root]bool) map[*root]bool {
	gone := map[*root]bool{}
	for again := true; again; {
		again = false
		for _, r := range c.roots {
			instead := r.initial && (r.replaced || covered[r.dir])
			orphan := !r.initial && !slices.ContainsFunc(r.from, func(from *root) bool { return from == nil || !gone[from] })
			if !gone[r] && !kept[r] && (instead || orphan) {
				gone[r], again = true, true
			}
		}
	}
	return gone
}
