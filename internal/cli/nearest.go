package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// nearest suggests the known names that a wrong one was probably meant to be, or lists them all when they are few.
func nearest(name string, known []string) string {
	if near := near(name, known); len(near) > 0 {
		return "did you mean " + strings.Join(near, " or ") + "?"
	}
	switch {
	case len(known) == 0:
		return ""
	case len(known) <= 12:
		return "one of " + strings.Join(known, ", ")
	}
	return fmt.Sprintf("one of %s and %d more", strings.Join(known[:8], ", "), len(known)-8)
}

// near returns at most three names that are a few letters away from name, or hold it, or end like it; the nearest first.
func near(name string, known []string) []string {
	distance := map[string]int{}
	var out []string
	for _, k := range known {
		d := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(k))
		part := len(name) >= 3 && (strings.Contains(k, name) || strings.HasPrefix(name, k))
		if _, last, found := strings.Cut(k, "/"); found {
			d = min(d, levenshtein.ComputeDistance(strings.ToLower(name), last))
		}
		if d <= max(1, (len(name)+2)/3) || part {
			distance[k] = d
			out = append(out, k)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return distance[a] - distance[b] })
	return out[:min(3, len(out))]
}

// oneOf refuses a flag's value that is none of the valid ones.
func oneOf(flag, value string, valid ...string) error {
	if slices.Contains(valid, value) {
		return nil
	}
	hint := nearest(value, valid)
	if len(near(value, valid)) > 0 {
		hint += " (valid: " + strings.Join(valid, ", ") + ")"
	}
	return problem{what: fmt.Sprintf("--%s %q is not known", flag, value), hint: hint}
}
