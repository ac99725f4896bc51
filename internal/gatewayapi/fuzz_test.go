package gatewayapi_test

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/certtest"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/posture"
)

// FuzzRoots reads PEM: what cannot be read is an error, never fewer roots; and the same bundle twice is the same roots.
func FuzzRoots(f *testing.F) {
	one, sum := certtest.Root(f, "one")
	two, _ := certtest.Root(f, "two")
	for _, seed := range []string{"", one, one + two, strings.ReplaceAll(one, "\n", "\r\n"), one[:len(one)/2] + "\n" + two, strings.Replace(one, "CERTIFICATE", "TRUSTED CERTIFICATE", 2), "-----BEGIN ", one + "-----BEGIN X-----", "\xff" + one, strings.Replace(one, "-----BEGIN", "----BEGIN", 1) + two} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, bundle string) {
		roots, err := gatewayapi.Roots(posture.Ref{}, bundle)
		if (err == nil) != (len(roots) > 0) {
			t.Fatalf("%d roots, error %v", len(roots), err)
		}
		if err == nil && len(roots) > strings.Count(bundle, "-----BEGIN CERTIFICATE-----") {
			t.Errorf("%d roots", len(roots))
		}
		for _, root := range roots {
			if len(root.SHA256) != 64 || root.NotAfter == "" {
				t.Errorf("%+v", root)
			}
		}
		again, err := gatewayapi.Roots(posture.Ref{}, one+bundle+"\n"+one)
		if err == nil && (len(again) < len(roots) || len(again) > len(roots)+1 || !strings.Contains(strings.Join(gatewayapi.Fingerprints(again), " "), sum)) {
			t.Errorf("with another root twice: %d roots, before %d", len(again), len(roots))
		}
	})
}
