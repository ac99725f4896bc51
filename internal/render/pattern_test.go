package render

import "testing"

// TestPatterns: the examples of gitignore(5) and gitattributes(5), and what Flux's sources usually hold.
func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		dir, pattern, file string
		ignored, attribute bool
	}{
		{".", "*.yaml", "a.yaml", true, true},
		{".", "*.yaml", "apps/edge/a.yaml", true, true},
		{".", "*.yaml", "apps/edge/a.yml", false, false},
		{".", "/*.yaml", "apps/a.yaml", false, false},
		{".", "/*.yaml", "a.yaml", true, true},
		{".", "apps", "apps/edge/a.yaml", true, false},
		{".", "apps/", "apps/edge/a.yaml", true, false},
		{".", "apps/**", "apps/edge/a.yaml", true, true},
		{".", "/apps", "clusters/apps/a.yaml", false, false},
		{".", "edge/", "apps/edge/a.yaml", true, false},
		{".", "a.yaml/", "apps/a.yaml", false, false},
		{".", "**/edge/*.yaml", "apps/edge/a.yaml", true, true},
		{".", "apps/**/a.yaml", "apps/a.yaml", true, true},
		{".", "apps/**/a.yaml", "apps/x/y/a.yaml", true, true},
		{".", "apps/*/a.yaml", "apps/x/y/a.yaml", false, false},
		{".", "a?.yam[lk]", "ab.yaml", true, true},
		{".", "[!a].yaml", "a.yaml", false, false},
		{".", "[!a].yaml", "b.yaml", true, true},
		{".", "[a.yaml", "[a.yaml", true, true},
		{".", `\*.yaml`, "a.yaml", false, false},
		{".", "a+.yaml", "aa.yaml", false, false},
		{"apps", "*.yaml", "apps/edge/a.yaml", true, true},
		{"apps", "*.yaml", "other/a.yaml", false, false},
		{"apps", "/edge", "apps/edge/a.yaml", true, false},
		{"apps", "/edge", "apps2/edge/a.yaml", false, false},
	} {
		for _, below := range []bool{true, false} {
			want := c.attribute
			if below {
				want = c.ignored
			}
			p, err := newPattern(c.dir, place{}, c.pattern, below)
			if err != nil {
				t.Fatalf("%q: %v", c.pattern, err)
			}
			if got := p.matches(c.file); got != want {
				t.Errorf("%q in %s for %s, below %v: got %v", c.pattern, c.dir, c.file, below, got)
			}
		}
	}
	if p, _ := newPattern(".", place{}, "!/apps", true); !p.negated || !p.matches("apps/a.yaml") {
		t.Error("a pattern that takes another one back")
	}
	if _, err := newPattern(".", place{}, "[b-a]", true); err == nil {
		t.Error("a range that Go's regular expressions do not know is accepted")
	}
}
