package awslb

import (
	"slices"
	"strings"
	"testing"
)

// TestSuites: of policies with the same versions, those that AWS calls restricted have less than the others, and those that it calls extended
// more; one for TLS 1.3 alone has no suite of an older version.
func TestSuites(t *testing.T) {
	of := func(name string) []string {
		v, ok := known("ELBSecurityPolicy-" + name)
		if !ok {
			t.Fatalf("there is no policy %s", name)
		}
		return v.suites()
	}
	for _, order := range [][2]string{
		{"TLS13-1-3-2021-06", "TLS13-1-2-Res-2021-06"},
		{"TLS13-1-2-Res-2021-06", "TLS13-1-2-2021-06"},
		{"TLS13-1-2-2021-06", "TLS13-1-2-Ext1-2021-06"},
		{"TLS13-1-2-Ext1-2021-06", "TLS13-1-2-Ext2-2021-06"},
		{"TLS13-1-2-FIPS-2023-04", "TLS13-1-2-Ext0-FIPS-2023-04"},
		{"TLS13-1-2-Ext0-FIPS-PQ-2025-09", "TLS13-1-2-Ext2-FIPS-PQ-2025-09"},
		{"FS-1-2-Res-2020-10", "FS-1-2-Res-2019-08"},
		{"FS-1-2-Res-2019-08", "FS-1-2-2019-08"},
		{"TLS-1-2-2017-01", "TLS-1-2-Ext-2018-06"},
		{"2016-08", "TLS-1-0-2015-04"},
	} {
		less, more := of(order[0]), of(order[1])
		if len(less) >= len(more) || slices.ContainsFunc(less, func(s string) bool { return s == "" || !slices.Contains(more, s) }) {
			t.Errorf("%s has %q, and %s has %q", order[0], less, order[1], more)
		}
	}
	for name, suites := range map[string]string{"TLS13-1-2-Ext1-2021-06": "SHA-1", "TLS13-1-2-Ext0-FIPS-2023-04": "RSA"} {
		if slices.ContainsFunc(of(name), func(s string) bool { return strings.Contains(s, suites) }) {
			t.Errorf("%s has %q", name, of(name))
		}
	}
}
