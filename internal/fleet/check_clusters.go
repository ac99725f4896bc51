package fleet

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

func itoa(i int) string { return strconv.Itoa(i) }

// clusters checks each cluster by itself, and that no two of them apply the same files.
func (c *checker) clusters() {
	clusters := sorted(c.fleet.Clusters)
	for _, name := range clusters {
		cluster := c.fleet.Clusters[name]
		under := func(path ...string) []string { return append([]string{"clusters", name}, path...) }
		c.path(under("path"), cluster.Path)
		for i, x := range cluster.Exclude {
			c.path(under("exclude", itoa(i), "path"), x.Path)
		}
		for i, cidr := range cluster.EgressCIDRs {
			c.cidr(under("egressCIDRs", itoa(i)), cidr)
		}
		c.certificates(under("certificates"), cluster.Certificates)
		if cluster.GitOps != nil && cluster.GitOps.HandOff != nil {
			c.handOff(under("gitops", "handOff"), cluster.GitOps.Engine, *cluster.GitOps.HandOff)
		}
		for _, id := range sorted(cluster.Gateways) {
			gateway := cluster.Gateways[id]
			c.refer(under("gateways", id, "trustDomain"), "trust domain", gateway.TrustDomain, "", sorted(c.fleet.TrustDomains))
			for i, from := range gateway.ReachableFrom {
				c.refer(under("gateways", id, "reachableFrom", itoa(i)), "cluster", from, "", clusters)
			}
			public := slices.IndexFunc(cluster.PublicGateways, func(p PublicGateway) bool {
				return p.Namespace == gateway.Namespace && p.Name == id
			})
			if public >= 0 {
				c.at(under("publicGateways", itoa(public)), "use another gateway for browsers",
					"%s/%s is a gateway of exposures, which asks for client certificates", gateway.Namespace, id)
			}
		}
	}
	c.overlaps(clusters)
}

// overlaps checks that each file belongs to one cluster: otherwise the same object would be judged by two controllers.
func (c *checker) overlaps(clusters []string) {
	for i, a := range clusters {
		for _, b := range clusters[i+1:] {
			one, two := c.fleet.Clusters[a].Path, c.fleet.Clusters[b].Path
			if one == two || one == "." || two == "." || strings.HasPrefix(one, two+"/") || strings.HasPrefix(two, one+"/") {
				c.at([]string{"clusters", b, "path"}, "give each cluster a folder of its own",
					"%q overlaps %q of cluster %s (%s)", two, one, a, c.place("clusters", a, "path"))
			}
		}
	}
}

// cidr checks an address range.
func (c *checker) cidr(path []string, text string) {
	prefix, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		c.at(path, "write an address range such as 20.50.0.0/28", "%q is not an address range", text)
	case prefix.Bits() == 0:
		c.at(path, "leave egressCIDRs out to say that the addresses are not known", "%q is every address", text)
	case prefix.Masked() != prefix:
		c.at(path, fmt.Sprintf("write %s", prefix.Masked()), "%q has bits beyond its length", text)
	}
}
