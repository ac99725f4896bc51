// Package dns stands in for lego's list of DNS providers, each of which brings its vendor's SDK: Traefik asks for one only where a
// certificate resolver of its static configuration names one.
package dns

import (
	"fmt"

	"github.com/go-acme/lego/v5/challenge"
)

// NewDNSChallengeProviderByName has no provider to give.
func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	return nil, fmt.Errorf("DNS provider %s is not built in", name)
}
