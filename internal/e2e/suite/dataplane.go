//go:build e2e && linux

package suite

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/e2e/claims"
	"github.com/gatespan/gatespan/internal/e2e/cluster"
	"github.com/gatespan/gatespan/internal/e2e/pki"
	"github.com/gatespan/gatespan/internal/e2e/sandbox"
	"github.com/gatespan/gatespan/internal/object"
)

const areaData = "Data plane, reconciled by Flux: from one cluster to a Traefik of another, as `gatespan show` says"

func dataPlane() Suite {
	return Suite{Name: "data-plane", Area: areaData, Claim: "each probe of each listener is answered as shown", Needs: []string{"traefik", "kube-apiserver", "etcd", "kustomize-controller"}, run: runDataPlane}
}

// plane is the fleet at work.
type plane struct {
	env        *Env
	fleet      *fleet
	east, west *cluster.Cluster
	engines    []*flux // of east and west
	applied    int     // how often
	corp       *pki.Authority
	client     pki.Pair         // what west's overlay asks cert-manager for
	gateway    *sandbox.Process // of east
	egress     *sandbox.Process // of west
	probes     []probe
}

const (
	consumer = "spiffe://corp.example.com/ns/orders/sa/orders"
	called   = ".orders.svc.cluster.local" // what west's pods call, behind an exposure's name
)

// exposures are those of the fleet. The pods of misnamed and foreign have certificates for another name and of another authority. The names of
// impostors lead elsewhere: to a server with a certificate of another authority, for another name, and one that knows TLS 1.2 at most.
var (
	exposures = []string{"relay", "stock", "misnamed", "foreign", "stolen", "renamed", "old"}
	impostors = []string{"stolen", "renamed", "old"}
)

func runDataPlane(ctx context.Context, e *Env) error {
	servers, err := e.two(ctx)
	if err != nil {
		return err
	}
	p := &plane{env: e, east: servers[0], west: servers[1]}
	if p.engines, err = e.fluxes(ctx); err != nil {
		return err
	}
	defer func() {
		for _, t := range []*sandbox.Process{p.gateway, p.egress} {
			if t != nil {
				t.Stop()
			}
		}
	}()
	for _, step := range []func(context.Context) error{p.write, p.pods, p.impostors, p.apply, p.makeProbes, p.serve} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if err := p.ask(ctx, "as generated"); err != nil {
		return err
	}
	if err := p.weaken(ctx); err != nil {
		return err
	}
	return errors.Join(p.ask(ctx, "with optional clients, TLS 1.2 and exits that verify nothing"), claims.Record(claims.Row{Area: areaData,
		Claim: "the Service directly, past the gateway; the egress, from a pod of another workload", Component: "NetworkPolicy engine", Outcome: claims.Read,
		Detail: "NetworkPolicies admit the proxies alone to the pods, and the consumer's pods alone to the egress; no network plugin runs here that would enforce them"}))
}

// write makes the fleet of the run's own root, and its overlays.
func (p *plane) write(ctx context.Context) (err error) {
	if p.corp, err = pki.New("corp", "spiffe://corp.example.com"); err != nil {
		return err
	}
	template, err := os.ReadFile(filepath.Join(p.env.Root, "internal", "e2e", "suite", "testdata", "dataplane", "fleet.cue"))
	if err != nil {
		return err
	}
	text := strings.ReplaceAll(string(template), "@SHA256@", p.corp.SHA256())
	text = strings.ReplaceAll(text, "@PEM@", strings.ReplaceAll(strings.TrimSpace(p.corp.PEM), "\n", "\n\t\t\t\t"))
	p.fleet = &fleet{name: "dataplane", repo: filepath.Join(p.env.State, "dataplane"), source: "fleet", overlays: "overlays"}
	dir := filepath.Join(p.fleet.repo, "fleet")
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, "fleet.cue"), []byte(text), 0o644)); err != nil {
		return err
	}
	return p.fleet.generate(ctx, p.env)
}

// pods are the servers behind east's gateway.
func (p *plane) pods(ctx context.Context) error {
	other, err := pki.New("other")
	if err != nil {
		return err
	}
	for i, name := range exposures {
		host, signer := name+"."+name+".svc.cluster.local", p.corp
		switch name {
		case "misnamed":
			host = "somebody.else.svc.cluster.local"
		case "foreign":
			signer = other
		}
		pair, err := signer.Issue(pki.Want{Name: name, DNS: []string{host}})
		if err != nil {
			return err
		}
		r := relay{name: name, address: fmt.Sprintf("10.99.0.%d", i+1), pair: pair}
		if err := errors.Join(r.serve(p.east.Net), each(r.objects(), func(o cluster.Map) error { return p.east.Apply(ctx, o) })); err != nil {
			return err
		}
	}
	return nil
}

// impostors are the servers that west finds by some of the names; it finds east's gateway by the others.
func (p *plane) impostors(context.Context) error {
	other, err := pki.New("other")
	if err != nil {
		return err
	}
	hosts := map[string]string{}
	for i, name := range exposures {
		host := name + ".example.com"
		hosts[host] = p.east.Net.Address
		if !slices.Contains(impostors, name) {
			continue
		}
		r, signer, certified := relay{name: name, address: fmt.Sprintf("10.99.0.%d", i+1)}, p.corp, host
		switch name {
		case "stolen":
			signer = other
		case "renamed":
			certified = "somebody.example.com"
		case "old":
			r.highest = tls.VersionTLS12
		}
		hosts[host] = r.address
		if r.pair, err = signer.Issue(pki.Want{Name: name, DNS: []string{certified}}); err != nil {
			return err
		}
		if err := r.serve(p.west.Net); err != nil {
			return err
		}
	}
	return sandbox.Hosts(hosts)
}

// objects are the pod's Service and its EndpointSlice, which no controller makes here.
func (r relay) objects() []cluster.Map {
	named := func(more cluster.Map) cluster.Map {
		m := cluster.Map{"name": r.name, "namespace": r.name}
		for k, v := range more {
			m[k] = v
		}
		return m
	}
	return []cluster.Map{
		{"apiVersion": "v1", "kind": "Namespace", "metadata": cluster.Map{"name": r.name}},
		{"apiVersion": "v1", "kind": "Service", "metadata": named(nil), "spec": cluster.Map{"ports": []any{cluster.Map{"name": "https", "port": 8443, "targetPort": 8443}}}},
		{"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": named(cluster.Map{"labels": cluster.Map{"kubernetes.io/service-name": r.name}}),
			"addressType": "IPv4", "ports": []any{cluster.Map{"name": "https", "port": 8443, "protocol": "TCP"}},
			"endpoints": []any{cluster.Map{"addresses": []any{r.address}, "conditions": cluster.Map{"ready": true}}}},
	}
}

// apply has Flux apply the overlays of both clusters, and issues what they ask cert-manager for.
func (p *plane) apply(ctx context.Context) error {
	class := cluster.Map{"apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass", "metadata": cluster.Map{"name": "traefik"}, "spec": cluster.Map{"controllerName": "traefik.io/gateway-controller"}}
	if err := errors.Join(p.east.Apply(ctx, class), p.west.Apply(ctx, class)); err != nil {
		return err
	}
	p.applied++
	for i, c := range []*cluster.Cluster{p.east, p.west} {
		path := p.fleet.overlays + "/" + c.Net.Name
		all, err := objects(ctx, p.fleet.repo, path)
		if err != nil {
			return err
		}
		if err := c.Namespaces(ctx, all); err != nil {
			return err
		}
		for _, o := range all {
			if o.APIVersion != "cert-manager.io/v1" || o.Kind != "Certificate" {
				continue
			}
			if err := p.issue(ctx, c, o); err != nil {
				return fmt.Errorf("%s: %w", o, err)
			}
		}
		if err := p.engines[i].reconcile(ctx, "dataplane", p.fleet.repo, path, fmt.Sprintf("main@sha1:dataplane%d", p.applied)); err != nil {
			return err
		}
	}
	var missing []string
	for _, c := range []*cluster.Cluster{p.east, p.west} {
		all, err := objects(ctx, p.fleet.repo, p.fleet.overlays+"/"+c.Net.Name)
		if err != nil {
			return err
		}
		for _, o := range all {
			if _, err := c.Get(ctx, o.Data); err != nil {
				missing = append(missing, fmt.Sprintf("%s: %s: %v", c.Net.Name, o, err))
			}
		}
	}
	return p.env.record(areaData, fmt.Sprintf("Flux has applied the overlays of both clusters, revision %d", p.applied), "kustomize-controller", missing, "")
}

// issue does what cert-manager would with a Certificate.
func (p *plane) issue(ctx context.Context, c *cluster.Cluster, o *object.Object) error {
	var spec struct {
		Spec struct {
			SecretName string   `json:"secretName"`
			DNSNames   []string `json:"dnsNames"`
			URIs       []string `json:"uris"`
			Usages     []string `json:"usages"`
		} `json:"spec"`
	}
	if _, err := o.Decode(&spec); err != nil {
		return err
	}
	client := strings.Contains(strings.Join(spec.Spec.Usages, ","), "client auth")
	pair, err := p.corp.Issue(pki.Want{Name: o.Name, DNS: spec.Spec.DNSNames, URIs: spec.Spec.URIs, Client: client})
	if err != nil {
		return err
	}
	if client {
		p.client = pair
	}
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	return c.Apply(ctx, cluster.Map{"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "metadata": cluster.Map{"name": spec.Spec.SecretName, "namespace": o.Namespace},
		"data": cluster.Map{"tls.crt": encode(pair.Certificate), "tls.key": encode(pair.Key), "ca.crt": encode(p.corp.PEM)}})
}

// makeProbes makes what the matrix knocks with.
func (p *plane) makeProbes(context.Context) error {
	other, err := pki.New("other", "spiffe://corp.example.com")
	if err != nil {
		return err
	}
	right, err := p.client.TLS()
	if err != nil {
		return fmt.Errorf("west's overlay asks for no client certificate: %w", err)
	}
	p.probes, err = clients(p.corp, other, &right)
	return err
}

// clients are the ways to knock, the right one first: corp is the trust domain's authority, and other an authority that looks like it.
func clients(corp, other *pki.Authority, right *tls.Certificate) ([]probe, error) {
	var err error
	certificate := func(from *pki.Authority, w pki.Want) *tls.Certificate {
		w.Client = true
		pair, issued := from.Issue(w)
		c, parsed := pair.TLS()
		err = errors.Join(err, issued, parsed)
		return &c
	}
	const latest = tls.VersionTLS13
	probes := []probe{
		{name: "TLS 1.3 with the consumer's certificate", certificate: right, identity: consumer, highest: latest, trusted: true},
		{name: "TLS 1.2 with it", certificate: right, identity: consumer, highest: tls.VersionTLS12, trusted: true},
		{name: "no certificate", highest: latest},
		{name: "no certificate and TLS 1.2", highest: tls.VersionTLS12},
		{name: "a certificate of another CA", certificate: certificate(other, pki.Want{Name: "orders", URIs: []string{consumer}}), identity: consumer, highest: latest},
		{name: "an expired certificate", certificate: certificate(corp, pki.Want{Name: "orders", URIs: []string{consumer}, Expired: true}), identity: consumer, highest: latest, trusted: true, expired: true},
		{name: "another identity of the same CA", certificate: certificate(corp, pki.Want{Name: "mallory", URIs: []string{"spiffe://corp.example.com/ns/x/sa/mallory"}}),
			identity: "spiffe://corp.example.com/ns/x/sa/mallory", highest: latest, trusted: true},
	}
	return probes, err
}

// serve starts a Traefik in each cluster.
func (p *plane) serve(ctx context.Context) (err error) {
	if p.gateway, err = p.env.startTraefik(p.east, "edge", []int{80, 8443}); err != nil {
		return err
	}
	if p.egress, err = p.env.startTraefik(p.west, "orders", []int{80, 8443}, "--providers.kubernetescrd.allowexternalnameservices=true"); err != nil {
		return err
	}
	if err := p.gateway.Until(ctx, "serving relay", func() error {
		return p.reaches(ctx, p.probes[0], p.east, 8443, "relay.example.com")
	}); err != nil {
		return err
	}
	return p.egress.Until(ctx, "calling relay", func() error {
		return p.reaches(ctx, p.probes[0], p.west, 8443, "relay"+called)
	})
}

// startTraefik starts Traefik as its prerequisites in gatespan's profile say: entryPoints on the Gateways' ports, CRDs and Gateway API watched,
// TLS options named default from the gateway's namespace alone, routers with conflicting ones disabled. Port 80 is open too, as it is where the
// Helm chart installs it.
func (e *Env) startTraefik(c *cluster.Cluster, namespace string, ports []int, more ...string) (*sandbox.Process, error) {
	arguments := []string{
		"--global.checknewversion=false", "--global.sendanonymoususage=false", "--log.level=INFO", "--core.stricttlsoptions=true",
		"--providers.kubernetesgateway=true", "--providers.kubernetesgateway.endpoint=" + c.Server, "--providers.kubernetesgateway.token=" + c.Token,
		"--providers.kubernetesgateway.certauthfilepath=" + c.CA,
		"--providers.kubernetescrd=true", "--providers.kubernetescrd.endpoint=" + c.Server, "--providers.kubernetescrd.token=" + c.Token,
		"--providers.kubernetescrd.certauthfilepath=" + c.CA, "--providers.kubernetescrd.defaulttlsresourcesnamespace=" + namespace,
	}
	for _, port := range ports {
		arguments = append(arguments, fmt.Sprintf("--entrypoints.%s.address=%s:%d", entryPoint(port), c.Net.Address, port))
	}
	return c.Net.Start("traefik", []string{"KUBECONFIG=" + c.Kubeconfig}, e.Components["traefik"].Path, append(arguments, more...)...)
}

func entryPoint(port int) string { return fmt.Sprintf("port%d", port) }

// reaches errors with what was answered instead of the pod's own words. West's pods knock, at either cluster's Traefik.
func (p *plane) reaches(ctx context.Context, with probe, at *cluster.Cluster, port int, host string) error {
	status, body, err := with.knock(ctx, p.west.Net, at.Net.Address, port, host, p.corp.Pool())
	if err != nil {
		return err
	}
	name, _, _ := strings.Cut(host, ".")
	if want := (relay{name: name}).says(); status != 200 || body != want {
		return fmt.Errorf("status %d: %s", status, strings.TrimSpace(body))
	}
	return nil
}
