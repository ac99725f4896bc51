package istio

import (
	"testing"

	"github.com/gatespan/gatespan/internal/posture"
)

func TestProbe(t *testing.T) {
	const prefix = "service.beta.kubernetes.io/port_443_health-probe_"
	probe := func(t *testing.T, p posture.Posture) string { return fact(entry(t, p, "relay").Probe) }
	annotated := func(text string) []string {
		return []string{"  gatewayClassName: istio\n", "  gatewayClassName: istio\n  infrastructure: {annotations: {" + text + "}}\n"}
	}
	for _, tt := range []struct {
		name, cloud, distribution string
		edit                      []string
		want                      string
	}{
		{"by the port's protocol", "aks", "upstream", more("---"), "https by Gateway spec.listeners[0].protocol"},
		{"at the status port", "aks", "upstream", annotated(prefix + "port: \"15021\", " + prefix + "protocol: Http"), " by Gateway spec.listeners[0]"},
		{"by TCP", "aks", "upstream", annotated(prefix + "protocol: Tcp"), " by Gateway spec.listeners[0]"},
		{"by an annotation", "aks", "upstream", annotated(prefix + "protocol: Https"), `https by Gateway spec.infrastructure.annotations["` + prefix + `protocol"]`},
		{"managed by AKS", "aks", aksAddon, more("---"), " by Gateway spec.listeners[0]"},
		{"managed by AKS, and overruled", "aks", aksAddon, annotated(prefix + "protocol: Https"), `https by Gateway spec.infrastructure.annotations["` + prefix + `protocol"]`},
		{"another cloud", "eks", "upstream", more("---"), " by Gateway spec.listeners[0]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := cluster(tt.distribution, "1.31", "1.6")
			c.Cloud = tt.cloud
			if got := probe(t, readEdited(t, provider, tt.edit, c)); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}
