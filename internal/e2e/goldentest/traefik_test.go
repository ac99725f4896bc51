//go:build golden

package goldentest

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

var traefik = Module{"github.com/traefik/traefik/v3", "v3.7.13", "h1:T8wy9KuaFzCkmXCqAzDy7t73pBDR1DHrJe3pqXpNXTw="}

// TestTraefik compares which routes are attached to which listeners, the TLS of each, the Services behind them and whether they are spoken to
// over TLS, for every case of Traefik's own tables. The fixtures hold nothing about client certificates: none may be required.
func TestTraefik(t *testing.T) {
	dir, err := traefik.Dir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "pkg", "provider", "kubernetes", "gateway")
	cases := traefikCases(t, filepath.Join(folder, "kubernetes_test.go"))
	c := &comparison{of: "Traefik", version: traefik.Version, known: loadKnown(t, "traefik.known.txt"), agreed: map[string]int{}, differed: map[string]int{}}
	for _, tc := range cases {
		if len(tc.paths) == 0 {
			continue
		}
		c.inputs++
		c.name = strings.TrimSuffix(tc.paths[len(tc.paths)-1], ".yml")
		c.posture = readTraefik(t, folder, tc.paths)
		c.traefik(tc)
		for _, u := range c.posture.Unknowns {
			c.field("unknown/"+u.Rule, fmt.Sprintf("%s: %s %s/%s %s: %s", tc.at, u.By.Kind, u.By.Namespace, u.By.Name, u.By.Field, u.Why), "understood", "not understood")
		}
	}
	c.report(t)
}

func readTraefik(t *testing.T, folder string, paths []string) posture.Posture {
	t.Helper()
	var all []*object.Object
	have := map[object.ID]bool{}
	for _, path := range paths {
		for _, data := range documents(t, filepath.Join(folder, "fixtures", filepath.FromSlash(path))) {
			o, err := object.New(data, object.Origin{Overlay: "overlays/golden"})
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
			if !have[o.ID()] {
				have[o.ID()] = true
				all = append(all, o)
			}
		}
	}
	var cluster controller.Cluster
	cluster.Name = "golden"
	cluster.Controller.Name, cluster.Controller.Version, cluster.Controller.Distribution = "traefik", "3.7.13", "upstream"
	cluster.GatewayAPI.Version, cluster.GatewayAPI.Channel = "1.6", "experimental"
	return catalog.Read(cluster, object.NewSet(all))
}

// traefik compares one case. A listener without an entryPoint on its port is not served; entryPoints are of the installation, not in the
// objects, so that such listeners are left out.
func (c *comparison) traefik(tc traefikCase) {
	found := map[string]bool{}
	for _, e := range c.posture.Entries {
		c.field("clientAuth", tc.at+": "+e.Subject.String(), posture.ClientNone, e.ClientAuth.Value)
		entryPoint := tc.entryPoints[fmt.Sprint(e.Port)]
		if entryPoint == "" || !e.Served.Value {
			continue
		}
		for _, r := range e.Routes {
			prefix := fmt.Sprintf("%s-%s-%s-gw-%s-%s-ep-%s-", strings.ToLower(r.Ref.Kind), r.Ref.Namespace, r.Ref.Name, e.Gateway.Namespace, e.Gateway.Name, entryPoint)
			c.traefikRoute(tc, prefix, e, r, found)
		}
	}
	for _, router := range slices.Sorted(maps.Keys(tc.routers)) {
		if !found[router] && router != "deny-unknown-host" { // refuses other names on an entryPoint with TLSRoutes
			c.field("attached", tc.at+": "+router, "true", "false")
		}
	}
}

func (c *comparison) traefikRoute(tc traefikCase, prefix string, e posture.Entry, r posture.Route, found map[string]bool) {
	at := tc.at + ": " + prefix + " of " + e.Subject.String()
	attached := false
	for router, tls := range tc.routers {
		if rest, ok := strings.CutPrefix(router, prefix); ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			attached = true
			found[router] = true
			c.field("tls", at, tls, e.TLS.Value)
		}
	}
	c.field("attached", at, fmt.Sprint(attached), "true")
	if !attached {
		return
	}
	for _, b := range slices.Concat(r.Backends, r.Mirrors) {
		if b.Ref.Kind != "Service" {
			continue
		}
		is, tls := false, false
		for service, overTLS := range tc.services {
			if strings.HasPrefix(service, prefix) && strings.Contains(service, "-svc-"+b.Ref.Namespace+"-"+b.Ref.Name+"-") {
				is, tls = true, tls || overTLS
			}
		}
		c.field("backend", at+" Service "+b.Ref.Namespace+"/"+b.Ref.Name, fmt.Sprint(is), fmt.Sprint(b.Granted && b.Exists))
		if is {
			c.field("hop.tls", at+" Service "+b.Ref.Namespace+"/"+b.Ref.Name, fmt.Sprint(tls), fmt.Sprint(b.TLS.Value == "tls"))
		}
	}
}
