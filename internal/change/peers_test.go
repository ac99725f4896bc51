package change

import (
	"testing"

	"github.com/gatespan/gatespan/internal/posture"
)

func TestComparePeers(t *testing.T) {
	edge := "namespaces{kubernetes.io/metadata.name=edge} pods{app=proxy}"
	for _, c := range []struct {
		name, before, after string
		want                posture.Order
	}{
		{"the same", edge, edge, posture.Same},
		{"another namespace", edge, "namespaces{kubernetes.io/metadata.name=eve} pods{app=proxy}", posture.Weaker},
		{"one label more", edge, "namespaces{kubernetes.io/metadata.name=edge} pods{app=proxy,tier=front}", posture.Stronger},
		{"one label less", edge, "namespaces{kubernetes.io/metadata.name=edge} pods{}", posture.Weaker},
		{"one namespace of two", "namespaces{kubernetes.io/metadata.name in (edge,other)} pods{}", "namespaces{kubernetes.io/metadata.name=edge} pods{}", posture.Stronger},
		{"a second namespace", "namespaces{team=a} pods{}", "namespaces{team in (a,b)} pods{}", posture.Weaker},
		{"a label that must be there, and its value", "namespaces{team} pods{}", "namespaces{team=a} pods{}", posture.Stronger},
		{"any value of a label", "namespaces{team=a} pods{}", "namespaces{team} pods{}", posture.Weaker},
		{"other values excluded", "namespaces{team notin (a)} pods{}", "namespaces{team notin (b)} pods{}", posture.Weaker},
		{"one port of all", edge, edge + " ports{TCP:8443}", posture.Stronger},
		{"all ports", edge + " ports{TCP:8443}", edge, posture.Weaker},
		{"a narrower range", edge + " ports{TCP:8000-9000}", edge + " ports{TCP:8443,TCP:8444-8500}", posture.Stronger},
		{"another protocol", edge + " ports{TCP:8000-9000}", edge + " ports{UDP:8443}", posture.Weaker},
		{"a named port", edge + " ports{TCP:8443}", edge + " ports{TCP:https}", posture.Weaker},
		{"one port of a protocol", edge + " ports{TCP}", edge + " ports{TCP:8443}", posture.Stronger},
		{"a block in another", "cidr{10.0.0.0/8}", "cidr{10.1.0.0/16 except 10.1.2.0/24}", posture.Stronger},
		{"a wider block", "cidr{10.1.0.0/16}", "cidr{10.0.0.0/8}", posture.Weaker},
		{"an exception less", "cidr{10.1.0.0/16 except 10.1.2.0/24}", "cidr{10.1.0.0/16}", posture.Weaker},
		{"pods instead of addresses", "cidr{10.0.0.0/8}", edge, posture.Weaker},
		{"what is not understood", "cluster.local/ns/a/sa/a", "cluster.local/ns/a/sa/b", posture.Weaker},
	} {
		if got := comparePeers(false, []string{c.before}, false, []string{c.after}); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
