package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gatespan/gatespan/internal/finding"
	"github.com/gatespan/gatespan/internal/report"
)

// ParseShard reads I/N: the I-th of N shards, counted from 1.
func ParseShard(text string) (report.Shard, error) {
	index, of, ok := strings.Cut(text, "/")
	i, err1 := strconv.Atoi(index)
	n, err2 := strconv.Atoi(of)
	if !ok || err1 != nil || err2 != nil || n < 1 || i < 1 || i > n || n > 10_000 {
		return report.Shard{}, &Problem{What: fmt.Sprintf("--shard %q is no shard", text), Hint: "write I/N, such as 1/4 for the first of four"}
	}
	return report.Shard{Index: i, Of: n}, nil
}

// key is the place of an overlay among all overlays of all clusters.
type key struct{ cluster, overlay string }

func (k key) compare(other key) int {
	return cmp.Or(cmp.Compare(k.cluster, other.cluster), cmp.Compare(k.overlay, other.overlay))
}

// share is what one shard judges: the overlays from one key on and before another. Every shard reads all clusters whole, because a
// verdict rests on the whole cluster; it judges the clusters of its overlays only, and reports what is in its overlays only.
type share struct {
	from, to    key
	first, last bool // no lower, no upper bound

	clusters map[string]bool // nil for all
}

// shareOf cuts the sorted overlays of all clusters into pieces of the same length. Whatever is in no overlay (what is missing, or the
// cluster's own) has a place between them, and so is in exactly one share.
func shareOf(head *side, shard *report.Shard) share {
	if shard == nil {
		return share{first: true, last: true}
	}
	var keys []key
	for _, c := range head.clusters {
		for _, o := range c.rendered.Overlays {
			keys = append(keys, key{c.Name, o.Path})
		}
	}
	slices.SortFunc(keys, key.compare)
	keys = slices.Compact(keys)
	bound := func(i int) key {
		if at := i * len(keys) / shard.Of; at < len(keys) {
			return keys[at]
		}
		return key{"\U0010ffff", ""}
	}
	return share{
		from: bound(shard.Index - 1), to: bound(shard.Index),
		first: shard.Index == 1, last: shard.Index == shard.Of,
	}
}

func (s share) holds(k key) bool {
	return (s.first || s.from.compare(k) <= 0) && (s.last || k.compare(s.to) < 0)
}

// judges reports whether something of a cluster can be in the share.
func (s share) judges(cluster string) bool {
	return (s.first || s.from.cluster <= cluster) && (s.last || cluster <= s.to.cluster) && (s.clusters == nil || s.clusters[cluster])
}

// among is what of the share is of some clusters.
func (s share) among(clusters map[string]bool) share {
	s.clusters = clusters
	return s
}

// counts reports whether the share is the one that counts a cluster's rules.
func (s share) counts(cluster string) bool { return s.holds(key{cluster, ""}) }

func (s share) only(findings []finding.Finding) []finding.Finding {
	return slices.DeleteFunc(findings, func(f finding.Finding) bool { return !s.holds(key{f.Cluster, f.Overlay}) })
}
