//go:build e2e && linux

package suite

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// ask knocks at every listener of both clusters in every way, and compares with the posture: one row a way, with what is shown for all
// listeners.
func (p *plane) ask(ctx context.Context, when string) error {
	clusters, err := p.env.show(ctx, p.fleet)
	if err != nil {
		return err
	}
	east, west := clusters["east"], clusters["west"]
	if len(east.Entries) != len(exposures) || len(west.Entries) != len(exposures) || len(west.Exits) != len(exposures) {
		return fmt.Errorf("%d listeners, and %d with %d ways out are shown instead of %d each", len(east.Entries), len(west.Entries), len(west.Exits), len(exposures))
	}
	served := map[string]shown{}
	for _, s := range east.Entries {
		served[s.name()] = s
	}
	for _, with := range p.probes {
		if err := p.matrix(when+", "+with.name, east.Entries, func(s shown) (bool, error) {
			return s.admits(with, s.name()), p.reaches(ctx, with, p.east, s.Port, s.Hostnames[0])
		}); err != nil {
			return err
		}
		if err := p.matrix(when+", a pod by the egress, "+with.name, west.Entries, func(s shown) (bool, error) {
			admits := s.admits(with, "") && len(s.Routes) == 1 && len(s.Routes[0].Backends) == 1
			if admits {
				exit := west.Exits[s.Routes[0].Backends[0].ExitIndex]
				impostor := slices.Contains(impostors, s.name())
				admits = exit.trusts(s.name()) && (impostor || served[s.name()].admits(p.probes[0], s.name()))
			}
			return admits, p.reaches(ctx, with, p.west, s.Port, s.Hostnames[0])
		}); err != nil {
			return err
		}
	}
	return p.port80(ctx, when, east.Entries)
}

// matrix is one row: what is shown of each listener, and the answer.
func (p *plane) matrix(claim string, entries []shown, ask func(shown) (bool, error)) error {
	var admitted, refused, differences []string
	for _, s := range entries {
		want, answer := ask(s)
		if want != (answer == nil) {
			differences = append(differences, fmt.Sprintf("%s: shown as admitted: %t, and the answer is %v", s.Hostnames[0], want, answer))
		}
		to := &refused
		if want {
			to = &admitted
		}
		*to = append(*to, s.Subject.Listener)
	}
	return p.env.record(areaData, claim+": "+verdicts(admitted, refused), "traefik", differences, fmt.Sprintf("%d listeners", len(entries)))
}

// port80 knocks where no listener is shown, by each name and in plaintext.
func (p *plane) port80(ctx context.Context, when string, entries []shown) error {
	var differences []string
	plaintext := probe{name: "plaintext"}
	for _, s := range entries {
		shownThere := s.Port == 80
		if answer := p.reaches(ctx, plaintext, p.east, 80, s.Hostnames[0]); shownThere != (answer == nil) {
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

// weaken changes the overlays by hand, so that the posture must say less, and applies them: the probes follow what is shown, whatever it is.
func (p *plane) weaken(ctx context.Context) error {
	const ciphers = "  cipherSuites:\n  - TLS_AES_128_GCM_SHA256\n  - TLS_AES_256_GCM_SHA384\n  - TLS_CHACHA20_POLY1305_SHA256\n"
	for file, changes := range map[string][]string{
		"overlays/east/gateways/edge/edge.yaml":      {"RequireAndVerifyClientCert", "VerifyClientCertIfGiven", "VersionTLS13", "VersionTLS12"},
		"overlays/west/consumers/orders/orders.yaml": {ciphers, "  insecureSkipVerify: true\n"},
	} {
		for i := 0; i < len(changes); i += 2 {
			if err := rewrite(filepath.Join(p.fleet.repo, file), changes[i], changes[i+1]); err != nil {
				return err
			}
		}
	}
	if err := p.apply(ctx); err != nil {
		return err
	}
	if err := p.gateway.Until(ctx, "serving the weaker options", func() error {
		return p.reaches(ctx, p.probes[3], p.east, 8443, "relay.example.com")
	}); err != nil {
		return err
	}
	return p.egress.Until(ctx, "calling whoever answers", func() error {
		return p.reaches(ctx, p.probes[0], p.west, 8443, "stolen"+called)
	})
}
