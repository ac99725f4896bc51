//go:build e2e && linux

package suite

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/gatespan/gatespan/internal/e2e/cluster"
	"github.com/gatespan/gatespan/internal/e2e/conditions"
	"github.com/gatespan/gatespan/internal/e2e/sandbox"
	"github.com/gatespan/gatespan/internal/object"
)

const areaPilot = "istiod against an API server: what the proxies get by ADS, and the status that it writes, is what the posture says"

func pilot() Suite {
	return Suite{Name: "pilot", Area: areaPilot, Claim: "listeners, routes, clusters and conditions of every overlay", Needs: []string{"istio", "kube-apiserver", "etcd"}, run: runPilot}
}

// istiod is one that runs, with the objects of a cluster.
type istiod struct {
	cluster *cluster.Cluster
	process *sandbox.Process
	http    *http.Client
}

func runPilot(ctx context.Context, e *Env) error {
	servers, err := e.two(ctx)
	if err != nil {
		return err
	}
	clusters, err := e.overlaid(ctx, "istio")
	if err != nil {
		return err
	}
	results := make([]*translated, len(clusters))
	refused := make([]*translated, len(clusters)) // after the change
	group, inner := errgroup.WithContext(ctx)
	for lane, server := range servers {
		group.Go(func() error {
			for i := lane; i < len(clusters); i += len(servers) {
				var err error
				if results[i], refused[i], err = e.piloted(inner, server, clusters[i]); err != nil {
					return fmt.Errorf("%s: %w", clusters[i].name, err)
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	changed := 0
	var differences []string
	for i, c := range clusters {
		counted := fmt.Sprintf("%d values, %d conditions", results[i].compared, results[i].said)
		if results[i].said == 0 {
			results[i].differences = append(results[i].differences, "no condition was compared")
		}
		err = errors.Join(err, e.record(areaPilot, c.name, "istio", results[i].differences, counted))
		if refused[i] != nil {
			changed++
			for _, d := range refused[i].differences {
				differences = append(differences, c.name+": "+d)
			}
		}
	}
	if changed == 0 {
		differences = append(differences, "nothing was changed")
	}
	return errors.Join(err, e.record(areaPilot, "the same after the listeners stop letting routes in, while istiod runs", "istio", differences, fmt.Sprintf("%d clusters", changed)))
}

// piloted applies the overlays of a cluster and what is around them, starts istiod, compares, changes the Gateways, and compares again. The
// second result is nil where the change changes nothing.
func (e *Env) piloted(ctx context.Context, on *cluster.Cluster, c overlaid) (asIs, changed *translated, err error) {
	t, err := c.prepare(nil)
	if err != nil {
		return nil, nil, err
	}
	all, err := t.withServices()
	if err != nil {
		return nil, nil, err
	}
	if err := errors.Join(e.channel(ctx, on, all), on.Namespaces(ctx, append(all, t.meshObject()))); err != nil {
		return nil, nil, err
	}
	applied, err := applyKnown(ctx, on, append(all, t.meshObject()))
	defer on.Clear(ctx, applied)
	if err != nil {
		return nil, nil, err
	}
	revision := t.revision()
	p, err := on.Net.Start("istiod", []string{"POD_NAME=istiod", "POD_NAMESPACE=istio-system", "SERVICE_ACCOUNT=istiod", "CLUSTER_ID=Kubernetes", "ENABLE_LEADER_ELECTION=false",
		"REVISION=" + revision}, e.Components["istio"].Path, on.Kubeconfig)
	if err != nil {
		return nil, nil, err
	}
	defer p.Stop()
	i := istiod{on, p, &http.Client{Transport: &http.Transport{DialContext: on.Net.Dial, DisableKeepAlives: true}}}
	if err := i.settle(ctx, t); err != nil {
		return nil, nil, err
	}
	const closed = "no route is let in"
	shut := weakenedIstio[slices.IndexFunc(weakenedIstio, func(v variant) bool { return v.name == closed })].edit
	after, err := c.prepare(shut)
	if err != nil || after == nil {
		return t, nil, err
	}
	more, err := after.withServices()
	if err != nil {
		return nil, nil, err
	}
	for _, o := range more {
		if o.Kind == "Gateway" {
			if err := on.Apply(ctx, o.Data); err != nil {
				return nil, nil, err
			}
		}
	}
	return t, after, i.settle(ctx, after)
}

// withServices are the objects with the Services of the gateways' proxies.
func (c *translated) withServices() ([]*object.Object, error) {
	_, services, err := c.gateways()
	return append(slices.Clone(c.objects), services...), err
}

// meshObject is the ConfigMap that istiod reads its mesh configuration from.
func (c *translated) meshObject() *object.Object {
	o, _ := object.New(cluster.Map{"apiVersion": "v1", "kind": "ConfigMap", "metadata": cluster.Map{"name": c.meshName(), "namespace": "istio-system"},
		"data": cluster.Map{"mesh": c.mesh()}}, object.Origin{}) // it has all that an object needs
	return o
}

// applyKnown applies objects, without those of kinds that no module has a CRD of. What was applied is returned in any case, without namespaces:
// one that is deleted here never ends.
func applyKnown(ctx context.Context, on *cluster.Cluster, all []*object.Object) (applied []*object.Object, err error) {
	for _, o := range all {
		switch err := on.Apply(ctx, o.Data); {
		case errors.Is(err, cluster.ErrNoKind) && !strings.HasSuffix(o.Group(), ".istio.io") && o.Group() != "gateway.networking.k8s.io":
		case err != nil:
			return applied, fmt.Errorf("%s: %w", o, err)
		case o.Kind != "Namespace":
			applied = append(applied, o)
		}
	}
	return applied, nil
}

// settle waits until istiod has said something of every Gateway and route as it is now, and compares. Policies have no such sign, so what
// differs is asked for again until istiod has had the time.
func (i istiod) settle(ctx context.Context, t *translated) error {
	patient := time.Now().Add(20 * time.Second)
	return i.process.Until(ctx, "settled", func() error {
		statuses, err := i.statuses(ctx, t)
		if err != nil {
			return err
		}
		gateways, _, err := t.gateways()
		if err != nil {
			return sandbox.Say("%w", err)
		}
		for _, g := range gateways {
			if t.proxies[g.Namespace+"/"+g.Name], err = i.sent(ctx, g); err != nil {
				return err
			}
		}
		t.compared, t.differences = 0, nil
		t.istio()
		before := t.compared
		t.conditions(statuses)
		t.said = t.compared - before
		if len(t.differences) > 0 && time.Now().Before(patient) {
			return errors.New(strings.Join(t.differences, "\n"))
		}
		return nil
	})
}

// statuses are the objects with their status, as soon as istiod has written one for each as it is now.
func (i istiod) statuses(ctx context.Context, t *translated) ([]conditions.Object, error) {
	var out []conditions.Object
	for _, o := range t.objects {
		if o.Group() != "gateway.networking.k8s.io" || o.Kind == "GatewayClass" || o.Kind == "ReferenceGrant" {
			continue
		}
		now, err := i.cluster.Get(ctx, o.Data)
		if err != nil {
			return nil, err
		}
		raw, err := json.Marshal(now)
		if err != nil {
			return nil, err
		}
		var read conditions.Object
		if err := json.Unmarshal(raw, &read); err != nil {
			return nil, err
		}
		if !read.Observed() {
			return nil, fmt.Errorf("%s has no status of its generation", o)
		}
		out = append(out, read)
	}
	return out, nil
}

// sent is what the proxies of a Gateway get.
func (i istiod) sent(ctx context.Context, g gatewayOf) (*xds, error) {
	labels, err := json.Marshal(g.Labels)
	if err != nil {
		return nil, err
	}
	query := url.Values{"namespace": {g.Namespace}, "name": {g.Name}, "labels": {string(labels)}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:15080/?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	response, err := i.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return nil, errors.Join(err, errors.New(string(bytes.TrimSpace(body))))
	}
	var resources map[string][]json.RawMessage
	if err := json.Unmarshal(body, &resources); err != nil {
		return nil, err
	}
	return readXDS(resources)
}
