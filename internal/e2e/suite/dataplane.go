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
	"strings"

	"github.com/gatespan/gatespan/internal/e2e/claims"
	"github.com/gatespan/gatespan/internal/e2e/cluster"
	"github.com/gatespan/gatespan/internal/e2e/pki"
	"github.com/gatespan/gatespan/internal/e2e/sandbox"
	"github.com/gatespan/gatespan/internal/object"
)

const areaData = "Data plane: from one cluster to a Traefik of another, as `gatespan show` says"

func dataPlane() Suite {
	return Suite{Name: "data-plane", Area: areaData, Claim: "each probe of each listener is answered as shown", Needs: []string{"traefik", "kube-apiserver", "etcd"}, run: runDataPlane}
}

// plane is the fleet at work.
type plane struct {
	env        *Env
	fleet      *fleet
	east, west *cluster.Cluster
	corp       *pki.Authority
	client     pki.Pair // what west's overlay asks cert-manager for
	traefik    *sandbox.Process
	backends   map[string]string // host → what is wrong with the pod's certificate
	probes     []probe
}

const consumer = "spiffe://corp.example.com/ns/orders/sa/orders"

func runDataPlane(ctx context.Context, e *Env) error {
	servers, err := e.two(ctx)
	if err != nil {
		return err
	}
	p := &plane{env: e, east: servers[0], west: servers[1], backends: map[string]string{}}
	for _, step := range []func(context.Context) error{p.write, p.pods, p.apply, p.makeProbes, p.serve} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	defer p.traefik.Stop()
	if err := p.ask(ctx, "as generated"); err != nil {
		return err
	}
	if err := p.weaken(ctx); err != nil {
		return err
	}
	return errors.Join(p.ask(ctx, "with clients optional and TLS 1.2"), claims.Record(claims.Row{Area: areaData,
		Claim: "the Service directly, past the gateway", Component: "NetworkPolicy engine", Outcome: claims.Read,
		Detail: "the pods' NetworkPolicy admits the proxies alone; no network plugin runs here that would enforce it"}))
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

// pods are the servers behind the gateway: two good ones, one with a certificate for another name and one of another authority.
func (p *plane) pods(ctx context.Context) error {
	other, err := pki.New("other")
	if err != nil {
		return err
	}
	for i, name := range []string{"relay", "stock", "misnamed", "foreign"} {
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
		r := relay{name, fmt.Sprintf("10.99.0.%d", i+1), pair}
		p.backends[name+".example.com"] = name
		if err := errors.Join(r.serve(p.east.Net), each(r.objects(), func(o cluster.Map) error { return p.east.Apply(ctx, o) })); err != nil {
			return err
		}
	}
	return nil
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

// apply applies the overlays of both clusters, and issues what they ask cert-manager for.
func (p *plane) apply(ctx context.Context) error {
	class := cluster.Map{"apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass", "metadata": cluster.Map{"name": "traefik"}, "spec": cluster.Map{"controllerName": "traefik.io/gateway-controller"}}
	if err := p.east.Apply(ctx, class); err != nil {
		return err
	}
	for name, c := range map[string]*cluster.Cluster{"east": p.east, "west": p.west} {
		all, err := objects(ctx, p.fleet.repo, p.fleet.overlays+"/"+name)
		if err != nil {
			return err
		}
		if err := c.Namespaces(ctx, all); err != nil {
			return err
		}
		for _, o := range all {
			if o.APIVersion == "cert-manager.io/v1" && o.Kind == "Certificate" {
				err = p.issue(ctx, c, o)
			}
			if err := errors.Join(err, c.Apply(ctx, o.Data)); err != nil {
				return fmt.Errorf("%s: %w", o, err)
			}
		}
	}
	return nil
}

// issue does what cert-manager would with a Certificate.
func (p *plane) issue(ctx context.Context, c *cluster.Cluster, o *object.Object) error {
	var spec struct {
		Spec struct {
			SecretName     string
			DNSNames, URIs []string
			Usages         []string
		}
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
	certificate := func(from *pki.Authority, w pki.Want) *tls.Certificate {
		w.Client = true
		pair, issued := from.Issue(w)
		c, parsed := pair.TLS()
		err = errors.Join(err, issued, parsed)
		return &c
	}
	right, parsed := p.client.TLS()
	if parsed != nil {
		return fmt.Errorf("west's overlay asks for no client certificate: %w", parsed)
	}
	const latest = tls.VersionTLS13
	p.probes = []probe{
		{name: "TLS 1.3 with the consumer's certificate", certificate: &right, identity: consumer, highest: latest, trusted: true},
		{name: "TLS 1.2 with it", certificate: &right, identity: consumer, highest: tls.VersionTLS12, trusted: true},
		{name: "no certificate", highest: latest},
		{name: "no certificate and TLS 1.2", highest: tls.VersionTLS12},
		{name: "a certificate of another CA", certificate: certificate(other, pki.Want{Name: "orders", URIs: []string{consumer}}), identity: consumer, highest: latest},
		{name: "an expired certificate", certificate: certificate(p.corp, pki.Want{Name: "orders", URIs: []string{consumer}, Expired: true}), identity: consumer, highest: latest, trusted: true, expired: true},
		{name: "another identity of the same CA", certificate: certificate(p.corp, pki.Want{Name: "mallory", URIs: []string{"spiffe://corp.example.com/ns/x/sa/mallory"}}),
			identity: "spiffe://corp.example.com/ns/x/sa/mallory", highest: latest, trusted: true},
	}
	return err
}

// serve starts Traefik as its prerequisites in gatespan's profile say: an entryPoint on the gateway's port, CRDs and Gateway API watched, TLS options named
// default from the gateway's namespace alone, routers with conflicting ones disabled. Port 80 is open, as it is where the Helm chart installs it.
func (p *plane) serve(ctx context.Context) (err error) {
	p.traefik, err = p.east.Net.Start("traefik", []string{"KUBECONFIG=" + p.east.Kubeconfig}, p.env.Components["traefik"].Path,
		"--global.checknewversion=false", "--global.sendanonymoususage=false", "--log.level=INFO",
		"--entrypoints.web.address="+p.east.Net.Address+":80", "--entrypoints.websecure.address="+p.east.Net.Address+":8443",
		"--core.stricttlsoptions=true",
		"--providers.kubernetesgateway=true", "--providers.kubernetesgateway.endpoint="+p.east.Server, "--providers.kubernetesgateway.token="+p.east.Token,
		"--providers.kubernetesgateway.certauthfilepath="+p.east.CA,
		"--providers.kubernetescrd=true", "--providers.kubernetescrd.endpoint="+p.east.Server, "--providers.kubernetescrd.token="+p.east.Token,
		"--providers.kubernetescrd.certauthfilepath="+p.east.CA, "--providers.kubernetescrd.defaulttlsresourcesnamespace=edge")
	if err != nil {
		return err
	}
	return p.traefik.Until(ctx, "serving relay", func() error {
		return p.reaches(ctx, p.probes[0], 8443, "relay.example.com")
	})
}

// reaches errors with what was answered instead of the pod's own words.
func (p *plane) reaches(ctx context.Context, with probe, port int, host string) error {
	status, body, err := with.knock(ctx, p.west.Net, p.east.Net.Address, port, host, p.corp.Pool())
	if err != nil {
		return err
	}
	name, _, _ := strings.Cut(host, ".")
	if want := (relay{name: name}).says(); status != 200 || body != want {
		return fmt.Errorf("status %d: %s", status, strings.TrimSpace(body))
	}
	return nil
}
