package kubernetes_test

import (
	"testing"

	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/posture"
)

func TestProbesOfAzure(t *testing.T) {
	const prefix, listener = "service.beta.kubernetes.io/", "spec.listeners[0]"
	for name, c := range map[string]struct {
		annotations map[string]string // without the prefix
		app, local  bool
		by          string // the field that decided on HTTPS; "" for another way
	}{
		"nothing is said":                {},
		"the port speaks HTTPS":          {app: true, by: listener},
		"every node answers for itself":  {app: true, local: true},
		"by TCP":                         {annotations: map[string]string{"port_443_health-probe_protocol": "Tcp"}, app: true},
		"by HTTPS":                       {annotations: map[string]string{"port_443_health-probe_protocol": " HTTPS "}, by: "port_443_health-probe_protocol"},
		"another port by HTTPS":          {annotations: map[string]string{"port_8443_health-probe_protocol": "Https"}},
		"at the status port":             {annotations: map[string]string{"port_443_health-probe_port": "15021", "port_443_health-probe_protocol": "Https"}, app: true},
		"at a named port":                {annotations: map[string]string{"port_443_health-probe_port": "status-port"}, app: true},
		"at its own port, by its number": {annotations: map[string]string{"port_443_health-probe_port": "443"}, app: true, local: true, by: listener},
		"taken away again":               {annotations: map[string]string{"port_443_health-probe_port": "", "port_443_health-probe_protocol": ""}, app: true, local: true},
		"all ports by HTTPS":             {annotations: map[string]string{"azure-load-balancer-health-probe-protocol": "https"}, by: "azure-load-balancer-health-probe-protocol"},
		"what the port speaks is first":  {annotations: map[string]string{"azure-load-balancer-health-probe-protocol": "tcp"}, app: true, by: listener},
		"no probe at all":                {annotations: map[string]string{"port_443_no_probe_rule": "True"}, app: true},
	} {
		b := kubernetes.LoadBalancer{Cloud: "aks", Type: "LoadBalancer", Annotations: map[string]kubernetes.Annotation{}, AppProtocol: c.app}
		if c.local {
			b.TrafficPolicy = "Local"
		}
		for key, value := range c.annotations {
			b.Annotations[prefix+key] = kubernetes.Annotation{Value: value, By: posture.Ref{Field: key}}
		}
		e := posture.Entry{Port: 443, Protocol: "HTTPS", Listener: posture.Ref{Field: listener}}
		b.Apply(&e)
		if (e.Probe.Value == posture.ProbeHTTPS) != (c.by != "") || e.Probe.By.Field != c.by {
			t.Errorf("%s: %+v", name, e.Probe)
		}
	}
}

// TestRangesOnAzure: a range in an annotation is a rule of the network security group alone, where the virtual network is admitted anyway.
func TestRangesOnAzure(t *testing.T) {
	const prefix = "service.beta.kubernetes.io/azure-"
	for name, c := range map[string]struct {
		spec        []string
		annotations map[string]string
		open        bool
	}{
		"the Service's field":                      {spec: []string{"192.0.2.0/28"}, annotations: map[string]string{"load-balancer-internal": "true"}},
		"whoever makes the rules, nodes refuse":    {spec: []string{"192.0.2.0/28"}, annotations: map[string]string{"disable-load-balancer-nsg-rule": "true"}},
		"an annotation":                            {annotations: map[string]string{"allowed-ip-ranges": "192.0.2.0/28"}},
		"an annotation inside a network":           {annotations: map[string]string{"allowed-ip-ranges": "192.0.2.0/28", "load-balancer-internal": "True"}, open: true},
		"which refuses the rest":                   {annotations: map[string]string{"allowed-ip-ranges": "192.0.2.0/28", "load-balancer-internal": "true", "deny-all-except-load-balancer-source-ranges": "true"}},
		"an annotation without rules":              {annotations: map[string]string{"allowed-ip-ranges": "192.0.2.0/28", "disable-load-balancer-nsg-rule": "true"}, open: true},
		"service tags beside":                      {spec: []string{"192.0.2.0/28"}, annotations: map[string]string{"allowed-service-tags": "AzureCloud"}, open: true},
		"a rule that is switched off says no more": {spec: []string{"192.0.2.0/28"}, annotations: map[string]string{"deny-all-except-load-balancer-source-ranges": "false"}},
	} {
		b := kubernetes.LoadBalancer{Cloud: "aks", Type: "LoadBalancer", Annotations: map[string]kubernetes.Annotation{}, SourceRanges: c.spec}
		for key, value := range c.annotations {
			b.Annotations[prefix+key] = kubernetes.Annotation{Value: value}
		}
		if got, ok := b.Sources(); !ok || got.Value.Everybody != c.open {
			t.Errorf("%s: %+v", name, got)
		}
	}
	internal := kubernetes.LoadBalancer{Cloud: "aks", Type: "LoadBalancer", Annotations: map[string]kubernetes.Annotation{prefix + "load-balancer-internal": {Value: "TRUE"}}}
	if got := internal.Scheme(); got.Value != posture.SchemeInternal {
		t.Errorf("%+v", got)
	}
	internal.Annotations[prefix+"additional-public-ips"] = kubernetes.Annotation{Value: "192.0.2.1"}
	if got := internal.Scheme(); got.Value != posture.SchemeUnknown {
		t.Errorf("%+v", got)
	}
}
