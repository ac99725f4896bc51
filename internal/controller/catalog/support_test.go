package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// TestInstallations: what the profiles know of the version and the cloud that the fleet declares reaches the posture, for the controllers
// that have Gateways in the cluster.
func TestInstallations(t *testing.T) {
	gateway := func(class string) string {
		return "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: edge}\nspec: {gatewayClassName: " + class +
			", listeners: [{name: a, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: x}]}}]}\n"
	}
	release := "---\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: eg, namespace: system}\nspec: {chart: {spec: {chart: gateway-helm, version: v1.8.0}}}\n"
	for _, c := range []struct{ name, cloud, controller, distribution, version, objects, want string }{
		{"a version in its time", "eks", "envoy-gateway", "upstream", "1.9.1", gateway("eg"), "until 2027-02-14"},
		{"one with a vulnerability", "eks", "envoy-gateway", "upstream", "1.8.0", gateway("eg"), "until 2026-11-08, true GHSA-22xc-xg2r-9j7v 1.8.1, false CVE-2026-53718 1.8.1"},
		{"the line alone does not tell", "eks", "envoy-gateway", "upstream", "1.8", gateway("eg"), "until 2026-11-08, perhaps true GHSA-22xc-xg2r-9j7v 1.8.1, perhaps false CVE-2026-53718 1.8.1"},
		{"but what Git installs does", "eks", "envoy-gateway", "upstream", "1.8", gateway("eg") + release, "until 2026-11-08, true GHSA-22xc-xg2r-9j7v 1.8.1, false CVE-2026-53718 1.8.1"},
		{"mended", "eks", "envoy-gateway", "upstream", "1.8.1", gateway("eg"), "until 2026-11-08"},
		{"too old", "eks", "nginx", "upstream", "2.6.3", gateway("nginx"), "older than 2.6.4, true CVE-2026-11311 2.6.4, true CVE-2026-50107 2.6.4"},
		{"nobody says when it ends", "eks", "nginx", "upstream", "2.6.7", gateway("nginx"), ""},
		{"upstream's vulnerability is not the add-on's", "aks", "istio", "aks-addon", "asm-1-29", gateway("istio"), "until 2026-09-30"},
		{"Traefik", "eks", "traefik", "upstream", "3.7.12", gateway("traefik"), "true CVE-2026-114656 3.7.13"},
		{"no version, no judgement", "eks", "traefik", "upstream", "", gateway("traefik"), "assumed"},
		{"the add-on of AKS on EKS", "eks", "istio", "aks-addon", "asm-1-30", gateway("istio"), "it runs on AKS only, until 2026-12-31"},
		{"its class, whatever the fleet says", "eks", "istio", "upstream", "1.31", gateway("approuting-istio"), "it runs on AKS only"},
		{"a class of Azure beside another controller", "eks", "envoy-gateway", "upstream", "1.9.1", gateway("azure-alb-external"), "it runs on AKS only"},
		{"a class of AWS on AKS", "aks", "envoy-gateway", "upstream", "1.9.1", gateway("amazon-vpc-lattice"), "it runs on EKS only"},
		{"a cloud that nobody says", "", "istio", "aks-addon", "asm-1-30", gateway("istio"), "until 2026-12-31"},
		{"no Gateway, nothing to judge", "eks", "nginx", "upstream", "2.6.3", release, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var cluster controller.Cluster
			cluster.Cloud, cluster.Controller.Name, cluster.Controller.Distribution, cluster.Controller.Version = c.cloud, c.controller, c.distribution, c.version
			if got := said(catalog.Read(cluster, objecttest.Set(t, c.objects))); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func said(p posture.Posture) string {
	var out []string
	for _, i := range p.Installations {
		if i.Misplaced != "" {
			out = append(out, i.Misplaced[:strings.Index(i.Misplaced, ":")])
		}
		if i.Oldest != "" {
			out = append(out, "older than "+i.Oldest)
		}
		if i.EndOfLife != "" {
			out = append(out, "until "+i.EndOfLife)
		}
		for _, v := range i.Vulnerabilities {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %t %s %s", map[bool]string{false: "perhaps"}[v.Certain], v.Undermines, v.ID, v.Fixed)))
		}
	}
	for _, a := range p.Assumptions {
		if strings.Contains(a.Text, "is no version with") {
			out = append(out, "assumed")
		}
	}
	return strings.Join(out, ", ")
}
