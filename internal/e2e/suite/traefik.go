//go:build e2e && linux

package suite

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gatespan/gatespan/internal/e2e/cluster"
	"github.com/gatespan/gatespan/internal/e2e/pki"
	"github.com/gatespan/gatespan/internal/e2e/sandbox"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

const areaTraefik = "Traefik against an API server: what its API says, whom it lets in and how it calls is what the posture says"

func traefikAPI() Suite {
	return Suite{Name: "traefik", Area: areaTraefik, Claim: "routers, clients and hops of every overlay", Needs: []string{"traefik", "kube-apiserver", "etcd"}, run: runTraefik}
}

// traefiked is a Traefik at work with the overlays of one cluster, and stands for whatever they lead to.
type traefiked struct {
	env         *Env
	on          *cluster.Cluster
	of          overlaid
	corp, other *pki.Authority // of clients and servers; of nobody
	probes      []probe
	stands      map[string]*stand // by where a hop leads
	applied     []*object.Object
	process     *sandbox.Process
	http        *http.Client
}

func runTraefik(ctx context.Context, e *Env) error {
	servers, err := e.two(ctx)
	if err != nil {
		return err
	}
	clusters, err := e.overlaid(ctx, "traefik")
	if err != nil {
		return err
	}
	changed, seen := make([][]*translated, len(weakenedTraefik)), make([]bool, len(weakenedTraefik))
	for _, c := range clusters {
		if err := e.traefiked(ctx, servers[0], c, changed, seen); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	var blind []string
	for i, v := range weakenedTraefik {
		if !seen[i] && !v.harmless {
			blind = append(blind, v.name)
		}
		err = errors.Join(err, e.translatedRow(translator{name: "traefik", area: areaTraefik}, "the same after: "+v.name, changed[i]...))
	}
	return errors.Join(err, e.record(areaTraefik, "each of these changes makes a difference that the comparison sees", "traefik", blind, fmt.Sprintf("%d changes", len(weakenedTraefik))))
}

// traefiked runs one cluster: as its overlays are, and after each change.
func (e *Env) traefiked(ctx context.Context, on *cluster.Cluster, c overlaid, changed [][]*translated, seen []bool) (err error) {
	t := &traefiked{env: e, on: on, of: c, stands: map[string]*stand{}, http: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DialContext: on.Net.Dial, DisableKeepAlives: true}}}
	if t.corp, err = pki.New("corp", "spiffe://corp.example.com"); err != nil {
		return err
	}
	if t.other, err = pki.New("other", "spiffe://corp.example.com"); err != nil {
		return err
	}
	pair, err := t.corp.Issue(pki.Want{Name: "orders", URIs: []string{consumer}, Client: true})
	if err != nil {
		return err
	}
	right, err := pair.TLS()
	if err != nil {
		return err
	}
	if t.probes, err = clients(t.corp, t.other, &right); err != nil {
		return err
	}
	defer func() {
		t.clear(ctx)
		if t.process != nil {
			t.process.Stop()
		}
	}()
	asIs, err := c.prepare(nil)
	if err != nil {
		return err
	}
	if err := t.apply(ctx, asIs); err != nil {
		return err
	}
	if err := t.start(asIs); err != nil {
		return err
	}
	if err := t.settle(ctx, asIs); err != nil {
		return err
	}
	if err := e.translatedRow(translator{name: "traefik", area: areaTraefik}, c.name, asIs); err != nil {
		return err
	}
	if err := t.grpc(ctx, asIs); err != nil {
		return err
	}
	t.of.lenient = true
	for i, v := range weakenedTraefik {
		after, err := t.of.prepare(v.edit)
		if err != nil {
			return fmt.Errorf("%s: %w", v.name, err)
		}
		if after == nil {
			continue
		}
		if err := t.apply(ctx, after); err != nil {
			return fmt.Errorf("%s: %w", v.name, err)
		}
		if err := t.settle(ctx, after); err != nil {
			return fmt.Errorf("%s: %w", v.name, err)
		}
		for j, d := range after.differences {
			after.differences[j] = c.name + ": " + d
		}
		changed[i] = append(changed[i], after)
		seen[i] = seen[i] || !slices.Equal(after.wanted, asIs.wanted)
	}
	return nil
}

func (t *traefiked) clear(ctx context.Context) {
	t.on.Clear(ctx, t.applied)
	for _, s := range t.stands {
		s.stop()
	}
}

// apply makes the cluster what the overlays say, with stands behind the Services and names that they lead to.
func (t *traefiked) apply(ctx context.Context, c *translated) error {
	all, err := t.trusting(c.objects)
	if err != nil {
		return err
	}
	for _, e := range c.posture.Entries {
		for _, r := range e.Routes {
			for _, b := range r.Backends {
				slice, err := t.stand(c, e, b)
				if err != nil {
					return err
				}
				if slice != nil {
					all = append(all, slice)
				}
			}
		}
	}
	for _, o := range t.applied {
		if !slices.ContainsFunc(all, func(have *object.Object) bool { return have.ID() == o.ID() }) {
			if err := t.on.Delete(ctx, o.Data); err != nil {
				return err
			}
		}
	}
	if err := t.on.Namespaces(ctx, all); err != nil {
		return err
	}
	t.applied, err = applyKnown(ctx, t.on, all)
	return err
}

// trusting are the objects with the run's own root in place of those that they trust.
func (t *traefiked) trusting(all []*object.Object) ([]*object.Object, error) {
	var out []*object.Object
	for _, o := range all {
		if o.Text(object.Key("data", "tls.crt")) == "" && (o.Kind == "ConfigMap" || o.Kind == "Secret") {
			for part, pem := range map[string]string{"data": t.corp.PEM, "stringData": t.corp.PEM} {
				if o.Text(object.Key(part, "ca.crt")) == "" {
					continue
				}
				if o.Kind == "Secret" && part == "data" {
					pem = base64.StdEncoding.EncodeToString([]byte(pem))
				}
				data := cluster.Map{}
				for k, v := range o.Data {
					data[k] = v
				}
				data[part] = cluster.Map{"ca.crt": pem}
				trusted, err := object.New(data, o.Origin)
				if err != nil {
					return nil, err
				}
				o = trusted
			}
		}
		out = append(out, o)
	}
	return out, nil
}

// leads is where a hop leads, and the names that its server may need.
func (c *translated) leads(e posture.Entry, b posture.Backend) (to string, hosts []string) {
	hosts = slices.Clone(e.Hostnames)
	if b.ExitIndex < 0 {
		return fmt.Sprintf("%s/%s:%d", b.Ref.Namespace, b.Ref.Name, b.Port), append(hosts, b.Name.Value, b.Ref.Name+"."+b.Ref.Namespace+".svc.cluster.local")
	}
	x := c.posture.Exits[b.ExitIndex]
	return fmt.Sprintf("%s:%d", x.Host, x.Port), append(append(hosts, x.Host, x.SNI), x.Names.Value...)
}

// stand makes what stands for a hop's server, and for a Service its EndpointSlice.
func (t *traefiked) stand(c *translated, e posture.Entry, b posture.Backend) (*object.Object, error) {
	to, hosts := c.leads(e, b)
	address := fmt.Sprintf("10.99.0.%d:%d", len(t.stands)+1, b.Port)
	if have := t.stands[to]; have != nil {
		have.stop()
		address, hosts = have.address, append(hosts, have.hosts...)
	}
	s, err := newStand(t.on.Net, to, address, t.corp, t.other, hosts)
	if err != nil {
		return nil, err
	}
	t.stands[to] = s
	if b.ExitIndex >= 0 {
		return nil, sandbox.Hosts(t.hosts(c))
	}
	address, _, _ = strings.Cut(address, ":")
	name := "p" + fmt.Sprint(b.Port)
	for _, p := range c.facts.ServicePorts {
		if p.Namespace == b.Ref.Namespace && p.Service == b.Ref.Name && p.Port == b.Port && p.Name != "" {
			name = p.Name
		}
	}
	return object.New(cluster.Map{"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": cluster.Map{"name": b.Ref.Name, "namespace": b.Ref.Namespace,
		"labels": cluster.Map{"kubernetes.io/service-name": b.Ref.Name}}, "addressType": "IPv4",
		"ports":     []any{cluster.Map{"name": name, "port": b.Port, "protocol": "TCP"}},
		"endpoints": []any{cluster.Map{"addresses": []any{address}, "conditions": cluster.Map{"ready": true}}}}, object.Origin{})
}

// hosts are the addresses of the names outside.
func (t *traefiked) hosts(c *translated) map[string]string {
	out := map[string]string{}
	for _, x := range c.posture.Exits {
		if s := t.stands[fmt.Sprintf("%s:%d", x.Host, x.Port)]; s != nil {
			out[x.Host], _, _ = strings.Cut(s.address, ":")
		}
	}
	return out
}

// start starts Traefik with an entryPoint for each port of the Gateways.
func (t *traefiked) start(c *translated) (err error) {
	var namespace string
	more := []string{"--api.insecure=true", "--entrypoints.traefik.address=127.0.0.1:8099", "--providers.providersthrottleduration=100ms",
		"--providers.kubernetescrd.allowexternalnameservices=true"}
	ports := []int{80}
	for _, e := range c.posture.Entries {
		ports, namespace = append(ports, e.Port), e.Gateway.Namespace
	}
	slices.Sort(ports)
	ports = slices.Compact(ports)
	t.process, err = t.env.startTraefik(t.on, namespace, ports, more...)
	return err
}

// settle compares, again and again while something differs and Traefik may not have seen all.
func (t *traefiked) settle(ctx context.Context, c *translated) error {
	time.Sleep(1500 * time.Millisecond)
	patient := time.Now().Add(15 * time.Second)
	return t.process.Until(ctx, "settled", func() error {
		c.compared, c.closed, c.differences, c.wanted = 0, nil, nil, nil
		if err := t.compare(ctx, c); err != nil {
			return err
		}
		if len(c.differences) > 0 && time.Now().Before(patient) {
			return errors.New(strings.Join(c.differences, "\n"))
		}
		return nil
	})
}
