package gate

import (
	"context"

	"github.com/gatespan/gatespan/internal/policy"
)

// Input is what the rules see of one cluster of the head, drift included, for another engine than gatespan's own: without raw objects,
// which no built-in rule reads. It is empty when the cluster is none of those that it lists.
func Input(ctx context.Context, o Options, cluster string) (input policy.Input, clusters []string, err error) {
	p, head, err := loadHead(ctx, o)
	if err != nil {
		return policy.Input{}, nil, err
	}
	drift, err := head.drift(p)
	if err != nil {
		return policy.Input{}, nil, err
	}
	for _, c := range head.clusters {
		clusters = append(clusters, c.Name)
		if c.Name == cluster {
			input = c.input(head.peers())
			input.Drift = drift[cluster]
			input.Objects = nil // no built-in rule reads them, and they could hold what nobody should print
		}
	}
	return input, clusters, nil
}
