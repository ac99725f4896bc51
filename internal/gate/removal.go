package gate

import (
	"fmt"
	"slices"

	"github.com/gatespan/gatespan/internal/change"
	"github.com/gatespan/gatespan/internal/posture"
)

// massRemoval adds to the changes of each cluster that loses something that the fleet loses much at once: more than three, and more than a
// tenth, of the entries that are no public gateway's and of the exits. It is what gatespan generate refuses without --prune.
func massRemoval(base, head *side, changes map[string][]change.Change) {
	gone, total := map[string]int{}, 0
	sum := 0
	for _, b := range base.clusters {
		h := head.cluster(b.Name)
		for _, e := range b.Posture.Entries {
			if !e.Served.Value || b.public(e.Gateway.Namespace, e.Gateway.Name) {
				continue
			}
			total++
			if h != nil && !h.serves(e) {
				gone[b.Name]++
				sum++
			}
		}
		for _, e := range b.Posture.Exits {
			total++
			if h != nil && !slices.ContainsFunc(h.Posture.Exits, func(a posture.Exit) bool { return a.Host == e.Host && a.Port == e.Port }) {
				gone[b.Name]++
				sum++
			}
		}
	}
	if sum <= 3 || sum*10 <= total {
		return
	}
	for name, n := range gone {
		changes[name] = append(changes[name], change.Change{
			Subject: posture.Subject{Kind: "Cluster", Name: name}, By: posture.Ref{Kind: "Cluster", Name: name}, Field: "ways in and out",
			Before: fmt.Sprint(total), After: fmt.Sprint(total - sum), Direction: change.Mass,
			Why: fmt.Sprintf("%d of all %d that the fleet has are gone, %d of them here", sum, total, n),
		})
	}
}

// serves reports whether the cluster still has an entry, or another one for the same names.
func (c *ClusterState) serves(e posture.Entry) bool {
	return slices.ContainsFunc(c.Posture.Entries, func(a posture.Entry) bool {
		return a.Served.Value && (a.Subject == e.Subject || len(e.Hostnames) > 0 && a.Port == e.Port && slices.Equal(a.Hostnames, e.Hostnames))
	})
}
