package catalog_test

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/catalog"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// TestVersions: an object in a version that nobody serves is refused by the API server, so it protects nothing (corpus U233).
func TestVersions(t *testing.T) {
	const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: edge, namespace: edge}
spec: {gatewayClassName: eg, listeners: [{name: web, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: cert}]}}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ca, namespace: edge}
data: {ca.crt: x}
---
apiVersion: VERSION
kind: ClientTrafficPolicy
metadata: {name: edge, namespace: edge}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: edge}]
  tls: {minVersion: "1.3", clientValidation: {caCertificateRefs: [{group: "", kind: ConfigMap, name: ca}]}}
`
	for version, want := range map[string]string{
		"gateway.envoyproxy.io/v1alpha1": posture.ClientRequired,
		"gateway.envoyproxy.io/v1":       posture.ClientNone,
	} {
		read := catalog.Read(controller.Cluster{}, objecttest.Set(t, strings.Replace(gateway, "VERSION", version, 1)))
		if len(read.Entries) != 1 || read.Entries[0].ClientAuth.Value != want {
			t.Errorf("%s: entries %+v, want one with client certificates %s", version, read.Entries, want)
		}
		refused := 0
		for _, u := range read.Unknowns {
			if u.Rule == "kind" && u.By.Kind == "ClientTrafficPolicy" {
				refused++
			}
		}
		if (refused == 1) != (want == posture.ClientNone) {
			t.Errorf("%s: refused %d times: %+v", version, refused, read.Unknowns)
		}
	}
}
