//go:build e2e && linux

package suite

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/gatespan/gatespan/internal/e2e/claims"
	"github.com/gatespan/gatespan/internal/e2e/cluster"
	"github.com/gatespan/gatespan/internal/object"
)

const areaAPI = "API server: server-side apply, strict field validation"

func apiServer() Suite {
	return Suite{Name: "api-server", Area: areaAPI, Claim: "every object of every example fleet is taken", Needs: []string{"kube-apiserver", "etcd"}, run: runAPIServer}
}

func runAPIServer(ctx context.Context, e *Env) error {
	servers, err := e.two(ctx)
	if err != nil {
		return err
	}
	if err := e.refuses(ctx, servers[0]); err != nil {
		return err
	}
	fleets, err := e.fleets(ctx)
	if err != nil {
		return err
	}
	unproven, err := e.unproven()
	if err != nil {
		return err
	}
	without := map[string]int{} // kinds that no module has a CRD of
	if err := each(fleets, func(f *fleet) error { return e.applied(ctx, f, servers, unproven, without) }); err != nil {
		return err
	}
	if len(without) == 0 {
		return nil
	}
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(without)) {
		kinds = append(kinds, fmt.Sprintf("%s: %d objects", kind, without[kind]))
	}
	return claims.Record(claims.Row{Area: areaAPI, Claim: "objects of kinds whose CRD no module has", Component: "kube-apiserver", Version: e.Components["kube-apiserver"].Version,
		Outcome: claims.Read, Detail: strings.Join(kinds, "\n")})
}

// applied applies all overlays of a fleet, each cluster's to a server of its own, and takes them away again.
func (e *Env) applied(ctx context.Context, f *fleet, servers []*cluster.Cluster, unproven map[string]bool, without map[string]int) error {
	type answer struct {
		refused []string
		without []string
		taken   int
	}
	answers := make([]answer, len(f.clusters))
	for start := 0; start < len(f.clusters); start += len(servers) {
		group, inner := errgroup.WithContext(ctx)
		for i, name := range f.clusters[start:min(start+len(servers), len(f.clusters))] {
			group.Go(func() error {
				all, err := objects(inner, f.repo, f.overlays+"/"+name)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", f.name, name, err)
				}
				server, a := servers[i], &answers[start+i]
				defer server.Clear(ctx, all)
				if err := errors.Join(e.channel(inner, server, all), server.Namespaces(inner, all)); err != nil {
					return err
				}
				for _, o := range all {
					kind := o.APIVersion + " " + o.Kind
					switch err := server.Apply(inner, o.Data); {
					case err == nil:
						a.taken++
					case errors.Is(err, cluster.ErrNoKind) && unproven[kind]:
						a.without = append(a.without, kind)
					default:
						a.refused = append(a.refused, fmt.Sprintf("%s, %s: %v", name, o, err))
					}
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
	}
	var refused []string
	taken, left := 0, 0
	for _, a := range answers {
		refused = append(refused, a.refused...)
		taken += a.taken
		left += len(a.without)
		for _, kind := range a.without {
			without[kind]++
		}
	}
	counted := fmt.Sprintf("%d objects, %d clusters", taken, len(f.clusters))
	if left > 0 {
		counted += fmt.Sprintf("; %d have no CRD", left)
	}
	if taken == 0 {
		refused = append(refused, "no object was taken")
	}
	return e.record(areaAPI, "takes the overlays of "+f.source, "kube-apiserver", refused, counted)
}

// channel installs Gateway API's experimental CRDs where a fleet needs a version that the standard ones do not serve, and else the
// standard ones.
func (e *Env) channel(ctx context.Context, server *cluster.Cluster, all []*object.Object) error {
	old := slices.ContainsFunc(all, func(o *object.Object) bool { return o.APIVersion == "gateway.networking.k8s.io/v1alpha2" })
	var files []string
	for _, file := range e.CRDs {
		twin := filepath.Join(filepath.Dir(filepath.Dir(file)), "experimental", filepath.Base(file))
		if slices.Contains(e.CRDs, twin) && experimental(file) == old {
			files = append(files, file)
		}
	}
	return server.Install(ctx, files)
}

// unproven are the kinds that internal/crdtest has no CRD of either.
func (e *Env) unproven() (map[string]bool, error) {
	content, err := os.ReadFile(filepath.Join(e.Root, "internal", "crdtest", "unproven.txt"))
	kinds := map[string]bool{}
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			kinds[line] = true
		}
	}
	return kinds, err
}

// refuses shows that a refusal would be seen: by schema, by CEL, by strict validation of a CRD's and of a built-in kind.
func (e *Env) refuses(ctx context.Context, server *cluster.Cluster) error {
	gateway := func(listener cluster.Map) cluster.Map {
		return cluster.Map{"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": cluster.Map{"name": "broken", "namespace": "default"},
			"spec": cluster.Map{"gatewayClassName": "x", "listeners": []any{listener}}}
	}
	if err := server.Apply(ctx, gateway(cluster.Map{"name": "a", "port": 80, "protocol": "HTTP"})); err != nil {
		return fmt.Errorf("a Gateway that nothing is wrong with: %w", err)
	}
	var differences []string
	for want, o := range map[string]cluster.Map{
		"tls must not be specified for protocols": gateway(cluster.Map{"name": "a", "port": 80, "protocol": "HTTP", "tls": cluster.Map{"mode": "Terminate", "certificateRefs": []any{cluster.Map{"name": "x"}}}}),
		".port: expected numeric":                 gateway(cluster.Map{"name": "a", "port": "many", "protocol": "HTTP"}),
		"field not declared in schema":            gateway(cluster.Map{"name": "a", "port": 80, "protocol": "HTTP", "tsl": cluster.Map{}}),
		".date: field not declared in schema":     {"apiVersion": "v1", "kind": "ConfigMap", "metadata": cluster.Map{"name": "broken", "namespace": "default"}, "date": cluster.Map{}},
	} {
		if err := server.Apply(ctx, o); err == nil || !strings.Contains(err.Error(), want) {
			differences = append(differences, fmt.Sprintf("%q is not what was said: %v", want, err))
		}
	}
	if err := server.Delete(ctx, gateway(nil)); err != nil {
		return err
	}
	return e.record(areaAPI, "refuses by schema, by CEL and unknown fields", "kube-apiserver", differences, "4 broken objects")
}
