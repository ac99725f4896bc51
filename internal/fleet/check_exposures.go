package fleet

import (
	"regexp"
	"slices"
	"strings"
)

// exposures checks each exposure by itself, and what it refers to.
func (c *checker) exposures() {
	clusters, trustDomains := sorted(c.fleet.Clusters), sorted(c.fleet.TrustDomains)
	for _, name := range sorted(c.fleet.Exposures) {
		x := c.fleet.Exposures[name]
		under := func(path ...string) []string { return append([]string{"exposures", name}, path...) }
		if x.Service.TrustDomain != "" {
			c.refer(under("service", "trustDomain"), "trust domain", x.Service.TrustDomain, "", trustDomains)
		}
		c.asked(name, x)
		for i, rule := range x.HTTP {
			for j, match := range rule.Matches {
				c.urlPath(under("http", itoa(i), "matches", itoa(j), "path", "value"), match.Path.Value)
			}
		}

		var signers []string // trust domains that clients of this exposure come from
		for _, id := range sorted(x.Providers) {
			path := under("providers", id)
			c.refer(path, "cluster", id, "", clusters)
			cluster, ok := c.fleet.Clusters[id]
			if !ok {
				continue
			}
			provider := x.Providers[id]
			c.certificates(under("providers", id, "certificate"), provider.Certificate)
			if x.TLS.Mode != "Passthrough" { // there the pods have the certificate
				c.someCertificate(path, id, cluster, provider.Certificate)
			}
			c.refer(under("providers", id, "gateway"), "gateway", provider.Gateway, " in cluster "+id, sorted(cluster.Gateways))
			if gateway, ok := cluster.Gateways[provider.Gateway]; ok && !slices.Contains(signers, gateway.TrustDomain) {
				signers = append(signers, gateway.TrustDomain)
			}
		}

		for _, id := range sorted(x.Consumers) {
			consumer := x.Consumers[id]
			path := under("consumers", id)
			c.refer(under("consumers", id, "cluster"), "cluster", consumer.Cluster, "", clusters)
			c.certificates(under("consumers", id, "certificate"), consumer.Certificate)
			if cluster, ok := c.fleet.Clusters[consumer.Cluster]; ok {
				c.someCertificate(path, consumer.Cluster, cluster, consumer.Certificate)
			}
			c.identity(under("consumers", id, "identity"), consumer.Identity, signers)
			if x.TLS.Mode == "Passthrough" && consumer.Identity.EnforcedBy == "gateway" {
				c.at(under("consumers", id, "identity", "enforcedBy"), "write enforcedBy workload where the pods look at the certificate, or trustDomain",
					"the gateway sees no certificate, because exposure %s passes TLS through", name)
			}
			if !serviceName.MatchString(consumer.ServiceName) {
				c.at(under("consumers", id, "serviceName"), "set serviceName to a name that begins with a letter",
					"%q cannot be the name of a Service", consumer.ServiceName)
			}
		}
	}
}

// asked checks what an exposure asks for, beside its clusters and consumers: that it is all of one protocol, and that what no gateway
// checks is attested.
func (c *checker) asked(name string, x Exposure) {
	under := func(path ...string) []string { return append([]string{"exposures", name}, path...) }
	through := x.TLS.Mode == "Passthrough"
	switch {
	case through && x.TLS.Attestation == nil:
		c.at(under("tls"), "add tls.attestation: {by: …, evidence: …}",
			"the gateway sees nothing of TLS that passes through, and nobody says that the pods require TLS 1.3 and verify clients")
	case !through && x.TLS.Attestation != nil:
		c.at(under("tls", "attestation"), "leave it out, or set tls.mode to Passthrough", "there is nothing to attest: the gateway ends TLS itself")
	}
	if len(x.HTTP) > 0 && len(x.GRPC) > 0 || len(x.HTTP)+len(x.GRPC) > 0 && x.TCP != nil {
		c.at(under(), "write one of http, grpc and tcp", "speaks more than one protocol")
	}
	if x.JWT != nil && (through || x.TCP != nil) {
		c.at(under("jwt"), "leave jwt out, or end TLS at the gateway and route by http or grpc", "no gateway sees a token in bytes that it only hands on")
	}
	if through && len(x.HTTP)+len(x.GRPC) > 0 {
		field := "http"
		if len(x.GRPC) > 0 {
			field = "grpc"
		}
		c.at(under(field), "leave the rules out, or end TLS at the gateway", "no gateway sees requests in TLS that passes through")
	}
	if _, own := x.Service.Weights[x.Service.Name]; len(x.Service.Weights) > 0 && !own {
		c.at(under("service", "weights"), "add "+x.Service.Name+" with its weight", "does not have Service %s itself", x.Service.Name)
	}
	total := 0
	for _, weight := range x.Service.Weights {
		total += weight
	}
	if len(x.Service.Weights) > 0 && total == 0 {
		c.at(under("service", "weights"), "give one of them a weight", "every weight is 0, so that nothing would be served")
	}
}

// serviceName is an RFC 1035 label, which the name of a Service must be; an exposure's name, its default, need not be one.
var serviceName = regexp.MustCompile(`^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$`)

// someCertificate checks that there is a way to make a certificate, of the exposure's own or the cluster's.
func (c *checker) someCertificate(path []string, name string, cluster Cluster, own *Certificates) {
	if own == nil && cluster.Certificates == nil {
		c.at(path, "add certificates to the cluster, or certificate here", "cluster %s does not say how certificates are made", name)
	}
}

// identity checks that there is exactly one, and that the trust domains of the providers' gateways can have signed it.
func (c *checker) identity(path []string, id Identity, signers []string) {
	switch {
	case id.URI == "" && id.DNS == "":
		c.at(path, "write uri, or dns", "has neither uri nor dns")
	case id.URI != "" && id.DNS != "":
		c.at(path, "write one of them", "has both uri and dns")
	}
	if id.URI == "" {
		return
	}
	path = append(path[:len(path):len(path)], "uri")
	if slices.ContainsFunc(strings.Split(id.URI, "/"), func(s string) bool { return s == "." || s == ".." }) {
		c.at(path, "", "%q has '.' or '..' in its path, which SPIFFE forbids", id.URI)
	}
	for _, name := range signers {
		td, ok := c.fleet.TrustDomains[name]
		switch {
		case !ok: // reported where the gateway names it
		case td.SPIFFE == "":
			c.at(path, "add spiffe to trust domain "+name+", at "+c.place("trustDomains", name),
				"trust domain %s of the gateway has no SPIFFE name, so it signs no such identity", name)
		case !strings.HasPrefix(id.URI, "spiffe://"+td.SPIFFE+"/"):
			c.at(path, "begin it with spiffe://"+td.SPIFFE+"/", "%q is not in trust domain %s of the gateway", id.URI, name)
		}
	}
}

// urlPath checks what Gateway API's own rule refuses when the route is applied (HTTPPathMatch, httproute_types.go).
func (c *checker) urlPath(path []string, value string) {
	lower := strings.ToLower(value)
	for _, part := range []string{"//", "/./", "/../", "%2f"} {
		if strings.Contains(lower, part) {
			c.at(path, "", "%q has %q in it, which Gateway API refuses", value, part)
			return
		}
	}
	if strings.HasSuffix(value, "/.") || strings.HasSuffix(value, "/..") {
		c.at(path, "", "%q ends with a relative segment, which Gateway API refuses", value)
	}
}
