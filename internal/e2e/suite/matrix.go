//go:build e2e && linux

package suite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ask knocks at every listener in every way, and compares with the posture: one row a way, with what is shown for all listeners.
func (p *plane) ask(ctx context.Context, when string) error {
	entries, err := p.env.entries(ctx, p.fleet, "east")
	if err != nil {
		return err
	}
	if len(entries) != len(p.backends) {
		return fmt.Errorf("%d listeners are shown instead of %d", len(entries), len(p.backends))
	}
	for _, with := range p.probes {
		var admitted, refused, differences []string
		for _, s := range entries {
			host := s.Hostnames[0]
			answer := p.reaches(ctx, with, s.Port, host)
			want := s.admits(with, p.backends[host])
			if want != (answer == nil) {
				differences = append(differences, fmt.Sprintf("%s: shown as admitted: %t, and the answer is %v", host, want, answer))
			}
			to := &refused
			if want {
				to = &admitted
			}
			*to = append(*to, s.Subject.Listener)
		}
		if err := p.env.record(areaData, fmt.Sprintf("%s, %s: %s", when, with.name, verdicts(admitted, refused)), "traefik", differences, fmt.Sprintf("%d listeners", len(entries))); err != nil {
			return err
		}
	}
	return p.port80(ctx, when, entries)
}

// port80 knocks where no listener is shown, by each name and in plaintext.
func (p *plane) port80(ctx context.Context, when string, entries []shown) error {
	var differences []string
	plaintext := probe{name: "plaintext"}
	for _, s := range entries {
		shownThere := s.Port == 80
		if answer := p.reaches(ctx, plaintext, 80, s.Hostnames[0]); shownThere != (answer == nil) {
			differences = append(differences, fmt.Sprintf("%s: on port 80 the answer is %v", s.Hostnames[0], answer))
		}
	}
	return p.env.record(areaData, when+", plaintext to port 80: no listener is shown there", "traefik", differences, fmt.Sprintf("%d names", len(entries)))
}

func verdicts(admitted, refused []string) string {
	var out []string
	if len(admitted) > 0 {
		out = append(out, "admitted to "+strings.Join(admitted, ", "))
	}
	if len(refused) > 0 {
		out = append(out, "refused by "+strings.Join(refused, ", "))
	}
	return strings.Join(out, "; ")
}

// weaken changes the overlay by hand, so that the posture must say less, and applies it: the probes follow what is shown, whatever it is.
func (p *plane) weaken(ctx context.Context) error {
	file := filepath.Join(p.fleet.repo, "overlays", "east", "gateways", "edge", "edge.yaml")
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	changed := strings.NewReplacer("RequireAndVerifyClientCert", "VerifyClientCertIfGiven", "VersionTLS13", "VersionTLS12").Replace(string(content))
	if changed == string(content) {
		return errors.New("the overlay has no TLSOption to weaken")
	}
	if err := errors.Join(os.WriteFile(file, []byte(changed), 0o644), p.apply(ctx)); err != nil {
		return err
	}
	return p.traefik.Until(ctx, "serving the weaker options", func() error {
		return p.reaches(ctx, p.probes[3], 8443, "relay.example.com")
	})
}
