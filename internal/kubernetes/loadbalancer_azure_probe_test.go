package kubernetes_test

import (
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/kubernetes"
)

func TestAzureProbe(t *testing.T) {
	const prefix = "service.beta.kubernetes.io/"
	for name, c := range map[string]struct {
		annotations map[string]string // without the prefix
		app         string
		local       bool
		https       bool
		by          string
	}{
		"nothing is said":                        {},
		"the port speaks HTTPS":                  {app: "https", https: true},
		"the port speaks TLS":                    {app: "tls"},
		"every node answers for itself":          {app: "https", local: true},
		"by TCP":                                 {annotations: map[string]string{"port_443_health-probe_protocol": "Tcp"}, app: "https"},
		"by HTTPS":                               {annotations: map[string]string{"port_443_health-probe_protocol": " HTTPS "}, https: true, by: "port_443_health-probe_protocol"},
		"another port by HTTPS":                  {annotations: map[string]string{"port_8443_health-probe_protocol": "Https"}},
		"at the status port":                     {annotations: map[string]string{"port_443_health-probe_port": "15021", "port_443_health-probe_protocol": "Https"}, app: "https"},
		"at a named port":                        {annotations: map[string]string{"port_443_health-probe_port": "status-port"}, app: "https"},
		"at its own port, by name of the number": {annotations: map[string]string{"port_443_health-probe_port": "443"}, app: "https", local: true, https: true},
		"all ports by HTTPS":                     {annotations: map[string]string{"azure-load-balancer-health-probe-protocol": "https"}, https: true, by: "azure-load-balancer-health-probe-protocol"},
		"what the port speaks out-ranks that":    {annotations: map[string]string{"azure-load-balancer-health-probe-protocol": "https"}, app: "tcp"},
		"no probe at all":                        {annotations: map[string]string{"port_443_no_probe_rule": "True"}, app: "https"},
	} {
		https, by := kubernetes.AzureProbe(func(key string) (string, bool) {
			v, ok := c.annotations[strings.TrimPrefix(key, prefix)]
			return v, ok
		}, 443, c.app, c.local)
		if https != c.https || strings.TrimPrefix(by, prefix) != c.by {
			t.Errorf("%s: %v by %q", name, https, by)
		}
	}
}
