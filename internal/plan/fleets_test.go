package plan_test

import (
	"cmp"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/fleet"
)

// generateFleet makes a fleet that every profile supports: two to five exposures that share gateways, Services, consumers and
// trust domains. The same source gives the same fleet.
func generateFleet(r *rand.Rand) *fleet.Fleet {
	g := &generator{Rand: r, fleet: &fleet.Fleet{
		Name: "law", TrustDomains: map[string]fleet.TrustDomain{}, Clusters: map[string]fleet.Cluster{}, Exposures: map[string]fleet.Exposure{},
	}}
	for i := range 1 + r.IntN(2) {
		g.trustDomain(fmt.Sprintf("td%d", i))
	}
	for i := range 2 + r.IntN(2) {
		g.cluster(fmt.Sprintf("c%d", i))
	}
	for i := range 2 + r.IntN(4) {
		g.consumer(fmt.Sprintf("app%d", i))
	}
	for i := range 2 + r.IntN(4) {
		g.exposure(fmt.Sprintf("x%d", i))
	}
	for name := bytesAlone(g.fleet); name != ""; name = bytesAlone(g.fleet) {
		x := g.fleet.Exposures[name]
		x.TCP, x.HTTP = nil, []fleet.HTTPRule{withPath(fleet.HTTPRule{}, "PathPrefix", "/"+name)}
		g.fleet.Exposures[name] = x
	}
	g.roles()
	return g.fleet
}

// roles gives some clusters, exposures and consumers people who may change what is theirs.
func (g *generator) roles() {
	who := func(name string) []fleet.RBACSubject {
		if g.chance(50) {
			return nil
		}
		return []fleet.RBACSubject{{Kind: "Group", Name: name}, {Kind: "ServiceAccount", Namespace: "automation", Name: name}}[:1+g.IntN(2)]
	}
	for _, name := range g.clusters {
		c := g.fleet.Clusters[name]
		c.Roles = fleet.Roles{InfrastructureProviders: who("providers"), ClusterOperators: who("operators")}
		g.fleet.Clusters[name] = c
	}
	theirs := map[string][]fleet.RBACSubject{} // a consumer is the same in every exposure
	for _, p := range g.consumers {
		theirs[p.name] = who("developers-" + p.name)
	}
	for _, name := range slices.Sorted(maps.Keys(g.fleet.Exposures)) {
		x := g.fleet.Exposures[name]
		x.Developers = who("developers-" + name)
		for id, consumer := range x.Consumers {
			consumer.Developers = theirs[id]
			x.Consumers[id] = consumer
		}
		g.fleet.Exposures[name] = x
	}
}

// controllerOf is what the law knows of a cluster's controller.
func (g *generator) controllerOf(cluster string) lawController {
	have := g.fleet.Clusters[cluster].Controller
	for _, c := range lawControllers {
		if c.name == have.Name && cmp.Or(c.distribution, "upstream") == have.Distribution {
			return c
		}
	}
	panic("the cluster has a controller that the law does not know")
}

// can asks the profile of a cluster's controller.
func (g *generator) can(c fleet.Cluster, id controller.AbilityID) bool {
	known, _ := catalog.ByName(c.Controller.Name)
	_, ok := known.Profile().Ability(id, c.Controller.Distribution, c.Controller.Version)
	return ok
}

type generator struct {
	*rand.Rand
	fleet     *fleet.Fleet
	domains   []string
	clusters  []string
	consumers []pooled
}

// pooled is a consumer that exposures share. Its certificate is of one trust domain.
type pooled struct {
	name, domain string
	fleet.Consumer
}

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func pick[T any](g *generator, from ...T) T { return from[g.IntN(len(from))] }

func (g *generator) trustDomain(name string) {
	g.domains = append(g.domains, name)
	td := fleet.TrustDomain{SPIFFE: name + ".example.com"}
	td.Bundle.ConfigMap = name + "-ca"
	for i := range 1 + g.IntN(2) {
		text, sum := root(name, byte(i))
		td.Bundle.SHA256 = append(td.Bundle.SHA256, sum)
		td.Bundle.PEM += text
	}
	if g.chance(50) {
		td.Bundle.PEM = ""
	}
	g.fleet.TrustDomains[name] = td
}

// holdRoots puts a trust domain's roots into the fleet: an egress gateway of Istio needs them there.
func (g *generator) holdRoots(name string) {
	td := g.fleet.TrustDomains[name]
	td.Bundle.PEM = ""
	for i := range td.Bundle.SHA256 {
		text, _ := root(name, byte(i))
		td.Bundle.PEM += text
	}
	g.fleet.TrustDomains[name] = td
}

// root is a self-signed CA, always the same for a name and number.
func root(name string, number byte) (text, sum string) {
	seed := sha256.Sum256(append([]byte(name), number))
	key := ed25519.NewKeyFromSeed(seed[:])
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(number) + 1), Subject: pkix.Name{CommonName: name + " root"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<32, 0),
	}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	digest := sha256.Sum256(der)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), hex.EncodeToString(digest[:])
}

func (g *generator) cluster(name string) {
	g.clusters = append(g.clusters, name)
	c := fleet.Cluster{Cloud: pick(g, "eks", "aks"), Path: "overlays/" + name, NetworkPolicyEngine: "cilium", Gateways: map[string]fleet.Gateway{}}
	c.GatewayAPI = fleet.GatewayAPI{Version: "1.6", Channel: "standard"}
	pick(g, lawControllers...).cluster(g, &c)
	if g.chance(60) {
		c.EgressCIDRs = []string{fmt.Sprintf("20.%d.0.0/28", len(g.clusters))}
	}
	domains := g.domains
	g.fleet.Clusters[name] = c
	c.Certificates = g.serving(name, name)
	switch can := g.controllerOf(name); {
	case !can.terminates && !can.passes:
		domains = nil
	case can.one:
		domains = []string{pick(g, domains...)}
	}
	scheme, everybody := "internet-facing", []string(nil)
	if g.controllerOf(name).private || g.chance(25) {
		scheme, everybody = "internal", []string{"c0", "c1", "c2"}
	}
	for _, domain := range domains {
		namespace := pick(g, "edge", "edge-"+domain)
		if g.controllerOf(name).heldClientRoots {
			g.holdRoots(domain)
			namespace = "edge-" + domain // roots may be beside a Secret that the gateways of a namespace share
		}
		gateway := fleet.Gateway{
			Namespace: namespace, TrustDomain: domain, Scheme: scheme, ReachableFrom: everybody, Port: 443, Replicas: g.IntN(3),
			Observability: g.observability(g.controllerOf(name)),
		}
		if can := g.controllerOf(name); !slices.Contains([]string{"envoy-gateway", "istio", "nginx"}, can.name) || can.distribution == "aks-addon" {
			gateway.Replicas = 0 // their proxies are not the Gateway's, or scale by themselves
		}
		if g.can(c, controller.EntryAnnotations) && g.chance(20) {
			gateway.Annotations = map[string]map[string]string{
				"eks": {"service.beta.kubernetes.io/aws-load-balancer-name": "edge-" + domain}, "aks": {"service.beta.kubernetes.io/azure-load-balancer-internal-subnet": "gateways"},
			}[c.Cloud]
		}
		if can := g.controllerOf(name); !can.loadBalancer && g.chance(15) {
			gateway.ClassName = "class-" + domain // a load balancer's class says which kind it is
		}
		if g.controllerOf(name).loadBalancer {
			gateway.TrustStore = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:truststore/" + domain + "/0123456789abcdef"
			gateway.SubnetCIDRs = []string{"10.0.0.0/24"}
		}
		c.Gateways["edge-"+domain] = gateway
	}
	g.fleet.Clusters[name] = c
}

// serving is how a cluster makes the certificates of its gateways.
func (g *generator) serving(cluster, key string) *fleet.Certificates {
	if g.controllerOf(cluster).loadBalancer {
		return &fleet.Certificates{ACM: "arn:aws:acm:eu-west-1:111122223333:certificate/" + key}
	}
	return g.certificates(key)
}

// set is the ListenerSet for one more listener of a gateway that has two of its own, so that one of them may go.
func (g *generator) set(cluster, gateway string) string {
	own := 0
	for _, x := range g.fleet.Exposures {
		if p := x.Providers[cluster]; p.Gateway == gateway && p.ListenerSet == "" {
			own++
		}
	}
	if own < 2 || !g.controllerOf(cluster).sets {
		return ""
	}
	return gateway + "-more"
}

// room: a load balancer ends TLS for all of its exposures, or hands it on for one.
func (g *generator) room(cluster, gateway, mode string) bool {
	if !g.controllerOf(cluster).loadBalancer {
		return true
	}
	for _, x := range g.fleet.Exposures {
		if x.Providers[cluster].Gateway == gateway && (mode == "Passthrough" || x.TLS.Mode == "Passthrough") {
			return false
		}
	}
	return true
}

// certificates is one of the three ways; key makes it a certificate of its own.
func (g *generator) certificates(key string) *fleet.Certificates {
	out := &fleet.Certificates{}
	switch g.IntN(3) {
	case 0:
		out.CertManager = &fleet.CertManager{}
		out.CertManager.IssuerRef.Group, out.CertManager.IssuerRef.Kind, out.CertManager.IssuerRef.Name = "cert-manager.io", "ClusterIssuer", "corp"
	case 1:
		out.ExternalSecret = &fleet.ExternalSecret{}
		out.ExternalSecret.SecretStoreRef.Kind, out.ExternalSecret.SecretStoreRef.Name = "ClusterSecretStore", "vault"
		out.ExternalSecret.RemoteRef.Key = "certificates/" + key
	default:
		out.Secret = key + "-existing"
	}
	return out
}

func (g *generator) consumer(name string) {
	p := pooled{name: name, domain: pick(g, g.domains...)}
	p.Cluster, p.Namespace, p.ServiceAccount = pick(g, g.clusters...), pick(g, name, "shared"), name
	p.PodSelector.MatchLabels = map[string]string{"app": name}
	p.Via = "direct"
	if g.controllerOf(p.Cluster).egress {
		p.Via = pick(g, "gateway", "gateway", "direct")
	}
	if g.controllerOf(p.Cluster).one && p.Via == "gateway" && !g.alone(p.Cluster) {
		p.Via = "direct"
	}
	p.Identity.URI = "spiffe://" + p.domain + ".example.com/ns/" + p.Namespace + "/sa/" + name
	if g.chance(25) {
		p.Identity.URI, p.Identity.DNS = "", name+".clients.example.com"
	}
	p.Certificate = g.certificates(name)
	g.consumers = append(g.consumers, p)
}

// alone takes a cluster's gateways away for the egress gateway of one consumer, and is false where another consumer has one.
func (g *generator) alone(cluster string) bool {
	if slices.ContainsFunc(g.consumers, func(p pooled) bool { return p.Cluster == cluster && p.Via == "gateway" }) {
		return false
	}
	clear(g.fleet.Clusters[cluster].Gateways)
	return true
}

func (g *generator) exposure(name string) {
	domain := pick(g, g.domains...)
	x := fleet.Exposure{Owner: "team-" + name, Hostname: name + ".example.com", Providers: map[string]fleet.Provider{}, Consumers: map[string]fleet.Consumer{}}
	x.TLS.Mode = "Terminate"
	if g.chance(25) {
		x.TLS.Mode, x.TLS.Attestation = "Passthrough", &fleet.Attestation{By: "team-" + name, Evidence: "its tests"}
	}

	// Two Services for all exposures of a fleet, so that they are shared; each exposure has a port of its own.
	service := pick(g, "one", "two")
	number := len(g.fleet.Exposures)
	x.Service = fleet.Service{
		Namespace: "backend", Name: "svc-" + service, Port: 8443 + number, PortName: "https-" + name, TargetPort: 9443 + number,
		Selector: map[string]string{"app": service}, Hostname: service + ".backend.svc.cluster.local",
	}
	// A consumer of Istio has one Secret with the roots of whoever answers, so pods behind a passthrough listener have the gateway's.
	if g.chance(30) && x.TLS.Mode != "Passthrough" {
		x.Service.TrustDomain = pick(g, g.domains...)
	}
	// Every gateway can tell this exposure's identities of that kind apart, and has what is asked of it.
	uri, dns, timed, can := true, true, true, lawController{jwt: true, grpc: true, tcp: true, retries: true}
	most := 1 + g.IntN(2)
	for _, cluster := range g.Perm(len(g.clusters)) {
		c := g.clusters[cluster]
		its := g.controllerOf(c)
		able := its.terminates && x.TLS.Mode == "Terminate" || its.passes && x.TLS.Mode == "Passthrough"
		if _, there := g.fleet.Clusters[c].Gateways["edge-"+domain]; !able || !g.room(c, "edge-"+domain, x.TLS.Mode) || !there || len(x.Providers) == most {
			continue
		}
		p := fleet.Provider{Gateway: "edge-" + domain}
		if g.chance(30) {
			p.Certificate = g.serving(c, name)
		}
		p.ListenerSet = g.set(c, p.Gateway)
		x.Providers[c] = p
		uri, dns, timed = uri && its.uri, dns && its.dns, timed && !its.untimed
		can.jwt, can.grpc, can.tcp, can.retries = can.jwt && its.jwt, can.grpc && its.grpc, can.tcp && its.tcp, can.retries && its.retries
		if its.loadBalancer && x.TLS.Mode == "Passthrough" {
			change(g.fleet.Clusters[c].Gateways, p.Gateway, func(gateway *fleet.Gateway) { gateway.TrustStore = "" })
		}
		if its.loadBalancer && x.TLS.Mode == "Terminate" {
			x.Service.Attestation = &fleet.Attestation{By: "the platform", Evidence: "its security groups"}
		}
	}
	if len(x.Providers) == 0 {
		return
	}
	through := x.TLS.Mode == "Passthrough"
	g.admit(&x, name, domain, uri && !through, dns && !through)
	if g.chance(60) && !through {
		var rule fleet.HTTPRule
		rule.Matches = append(rule.Matches, rule.Matches...)
		if rule.Timeouts.Request = pick(g, "", "10s"); !timed {
			rule.Timeouts.Request = ""
		}
		if g.chance(70) {
			rule = withPath(rule, pick(g, "PathPrefix", "Exact"), "/"+name)
		}
		if len(rule.Matches) > 0 {
			x.HTTP = append(x.HTTP, rule)
		}
	}
	if !through {
		g.protocol(&x, name, can)
	}
	if len(x.Consumers) > 0 {
		g.fleet.Exposures[name] = x
	}
}

// protocol gives an exposure what its providers' controllers can do beside HTTP, all of it optional.
func (g *generator) protocol(x *fleet.Exposure, name string, can lawController) {
	if g.chance(20) {
		x.Service.Weights = map[string]int{x.Service.Name: 90, x.Service.Name + "-next": 10}
	}
	// Every consumer's egress gateway must be able to hand it on.
	through := func(id controller.AbilityID) bool {
		for _, c := range x.Consumers {
			if c.Via != "direct" && !g.can(g.fleet.Clusters[c.Cluster], id) {
				return false
			}
		}
		return true
	}
	switch {
	case can.tcp && through(controller.ExitTCP) && g.chance(30):
		x.TCP, x.HTTP = &struct{}{}, nil
		return
	case can.grpc && through(controller.ExitGRPC) && g.chance(40):
		var rule fleet.GRPCRule
		rule.Matches = append(rule.Matches, struct {
			Service string `json:"service"`
			Method  string `json:"method"`
			Headers []struct {
				Name  string `json:"name"`
				Value string `json:"value"`
			} `json:"headers"`
		}{Service: name + ".v1.Service"})
		x.GRPC, x.HTTP = []fleet.GRPCRule{rule}, nil
	case can.retries && len(x.HTTP) > 0 && g.chance(40):
		x.HTTP[0].Retries = &fleet.Retries{Attempts: 2, Codes: pick(g, nil, []int{502, 503})}
		if g.chance(50) {
			x.HTTP = append(x.HTTP, withPath(fleet.HTTPRule{}, "PathPrefix", "/"+name+"-plain"))
		}
	}
	if can.jwt && g.chance(30) {
		issuer := pick(g, "https://issuer.example.com", "https://login.example.com/tenant")
		x.JWT = &fleet.JWT{Issuer: issuer, Audiences: pick(g, []string{name}, []string{"shared"}, []string{name, "shared"}), JWKSURI: issuer + "/keys"}
		if x.Service.Attestation != nil {
			x.JWT.Audiences = x.JWT.Audiences[:1] // a load balancer of AWS asks for one
		}
	}
}

func withPath(rule fleet.HTTPRule, kind, value string) fleet.HTTPRule {
	matches := make([]struct {
		Path struct {
			Type  string `json:"type"`
			Value string `json:"value"`
		} `json:"path"`
		Method  string `json:"method"`
		Headers []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"headers"`
	}, 1)
	matches[0].Path.Type, matches[0].Path.Value = kind, value
	rule.Matches = matches
	return rule
}

// admit gives an exposure one to three consumers of its trust domain, or all of them. An identity is the gateway's to tell apart only where every
// provider can.
func (g *generator) admit(x *fleet.Exposure, name, domain string, uri, dns bool) {
	by := pick(g, "gateway", "gateway", "workload")
	if !uri && !dns {
		by = "workload"
	}
	// Where neither the gateway nor the pods behind it can tell, whoever the CA signs must be a consumer.
	everybody := x.Service.Attestation != nil || by == "workload" && g.blind(*x)
	if everybody {
		by = "trustDomain"
	}
	for _, i := range g.Perm(len(g.consumers)) {
		p := g.consumers[i]
		if p.domain != domain || !everybody && (len(x.Consumers) == 3 || len(x.Consumers) > 0 && g.chance(40)) {
			continue
		}
		if by == "gateway" && (p.Identity.DNS != "" && !dns || p.Identity.URI != "" && !uri) {
			continue
		}
		consumer := p.Consumer
		consumer.ServiceName = "call-" + name + "-" + p.name
		consumer.Identity.EnforcedBy = by
		x.Consumers[p.name] = consumer
		if g.controllerOf(consumer.Cluster).heldRoots && consumer.Via != "direct" {
			g.holdRoots(domain)
		}
	}
}

// blind reports whether pods behind some provider cannot tell its clients apart.
func (g *generator) blind(x fleet.Exposure) bool {
	for cluster := range x.Providers {
		known, ok := catalog.ByName(g.fleet.Clusters[cluster].Controller.Name)
		if ok && known.Profile().PodsCannotTell != "" && x.TLS.Mode == "Terminate" {
			return true
		}
	}
	return false
}

// observability is some of what gateways of a controller can tell of themselves.
func (g *generator) observability(can lawController) fleet.Observability {
	o := fleet.Observability{AccessLogs: can.logs && g.chance(30), Metrics: can.metrics && g.chance(30)}
	o.Alerts = can.alerts && o.Metrics && g.chance(50)
	return o
}
