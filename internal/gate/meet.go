package gate

import (
	"fmt"
	"slices"

	"github.com/gatespan/gatespan/internal/posture"
)

// meet shows the floor of calls whose own controller has none as what it is: held by the entries that they meet. It is for people to
// read; the rule egress/version-below-floor judges the same from the exits as they are.
func meet(clusters []ClusterState) {
	for i := range clusters {
		for j := range clusters[i].Posture.Exits {
			exit := &clusters[i].Posture.Exits[j]
			if exit.TLS.Value != "tls" || posture.CompareVersion("1.3", exit.MinTLS.Value) == posture.Same {
				continue
			}
			if met, floor := floorOf(clusters, exit); met != "" && posture.CompareVersion(exit.MinTLS.Value, floor) == posture.Stronger {
				exit.MinTLS.Value, exit.MinTLS.Enforcer = floor, posture.ByPeer
				exit.MinTLS.Why = "this controller sets no floor towards destinations; " + met + " requires it"
			}
		}
	}
}

// floorOf is the lowest floor of the entries that an exit may meet, and the entry that has it.
func floorOf(clusters []ClusterState, exit *posture.Exit) (met, floor string) {
	for _, c := range clusters {
		for _, e := range c.Posture.Entries {
			if !e.Served.Value || e.TLS.Value != posture.TLSTerminate || e.Port != exit.Port || !slices.Contains(e.Hostnames, exit.Host) {
				continue
			}
			if met == "" || posture.CompareVersion(floor, e.MinTLS.Value) == posture.Weaker {
				met, floor = fmt.Sprintf("%s of cluster %s", e.Subject, c.Name), e.MinTLS.Value
			}
		}
	}
	return met, floor
}
