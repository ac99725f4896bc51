package kubernetes_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/posture"
)

const (
	aws   = "service.beta.kubernetes.io/aws-load-balancer-"
	azure = "service.beta.kubernetes.io/azure-"
)

// balancer is a Service of type LoadBalancer with annotations, "key=value" each.
func balancer(cloud string, annotations ...string) kubernetes.LoadBalancer {
	out := kubernetes.LoadBalancer{Cloud: cloud, Type: "LoadBalancer", Annotations: map[string]kubernetes.Annotation{}}
	for _, a := range annotations {
		key, value, _ := strings.Cut(a, "=")
		out.Annotations[key] = kubernetes.Annotation{Value: value, By: posture.Ref{Kind: "Service", Field: key}}
	}
	return out
}

func TestSchemeOfALoadBalancer(t *testing.T) {
	class := balancer("eks")
	class.Class = kubernetes.ClassAWS
	classNotInternal := balancer("eks", aws+"internal=false")
	classNotInternal.Class = kubernetes.ClassAWS
	ips := balancer("eks", aws+"scheme=internal")
	ips.ExternalIPs = true
	for name, c := range map[string]struct {
		in   kubernetes.LoadBalancer
		want string
	}{
		"aws: internal":                                 {balancer("eks", aws+"scheme=internal"), "internal"},
		"aws: internet-facing":                          {balancer("eks", aws+"scheme=internet-facing"), "internet-facing"},
		"aws: a scheme that is none":                    {balancer("eks", aws+"scheme=Internal"), "unknown"},
		"aws: the older annotation":                     {balancer("eks", aws+"internal=true"), "internal"},
		"aws: the scheme wins over the older one":       {balancer("eks", aws+"internal=true", aws+"scheme=internet-facing"), "internet-facing"},
		"aws: the older annotation over the default":    {classNotInternal, "internet-facing"},
		"aws: the controller's default, by class":       {class, "internal"},
		"aws: the controller's default, by type":        {balancer("eks", aws+"type=external"), "internal"},
		"aws: the cloud provider's default":             {balancer("eks"), "internet-facing"},
		"aws: what Azure reads means nothing":           {balancer("eks", azure+"load-balancer-internal=true"), "internet-facing"},
		"azure: internal":                               {balancer("aks", azure+"load-balancer-internal=true"), "internal"},
		"azure: only the word true":                     {balancer("aks", azure+"load-balancer-internal=yes"), "internet-facing"},
		"azure: in any case":                            {balancer("aks", azure+"load-balancer-internal=True"), "internal"},
		"azure: the default":                            {balancer("aks"), "internet-facing"},
		"azure: what AWS reads means nothing":           {balancer("aks", aws+"scheme=internal"), "internet-facing"},
		"a cloud that nobody names, annotations of one": {balancer("", azure+"load-balancer-internal=true"), "internal"},
		"a cloud that nobody names":                     {balancer(""), "unknown"},
		"external addresses":                            {ips, "unknown"},
		"inside the cluster":                            {kubernetes.LoadBalancer{Cloud: "eks", Type: "ClusterIP"}, "cluster"},
		"node ports":                                    {kubernetes.LoadBalancer{Cloud: "eks", Type: "NodePort"}, "unknown"},
	} {
		if got := c.in.Scheme().Value; got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestTLSTerminatedInFront(t *testing.T) {
	for name, c := range map[string]struct {
		in   kubernetes.LoadBalancer
		tls  string // of the listener
		want string
	}{
		"nothing terminates":             {balancer("eks"), posture.TLSTerminate, "terminate 1.3 required"},
		"a certificate":                  {balancer("eks", aws+"ssl-cert=arn"), posture.TLSTerminate, "terminate 1.0 none"},
		"in front of a passthrough":      {balancer("eks", aws+"ssl-cert=arn"), posture.TLSPassthrough, "terminate 1.0 none"},
		"for the listener's port":        {balancer("eks", aws+"ssl-cert=arn", aws+"ssl-ports=80, 443"), posture.TLSTerminate, "terminate 1.0 none"},
		"for a named port":               {balancer("eks", aws+"ssl-cert=arn", aws+"ssl-ports=https"), posture.TLSTerminate, "terminate 1.0 none"},
		"for another port":               {balancer("eks", aws+"ssl-cert=arn", aws+"ssl-ports=8443"), posture.TLSTerminate, "terminate 1.3 required"},
		"another protocol to the proxy":  {balancer("eks", aws+"backend-protocol=http"), posture.TLSTerminate, "terminate 1.0 none"},
		"TCP to the proxy":               {balancer("eks", aws+"backend-protocol=TCP"), posture.TLSTerminate, "terminate 1.3 required"},
		"annotations of AWS on Azure":    {balancer("aks", aws+"ssl-cert=arn"), posture.TLSTerminate, "terminate 1.3 required"},
		"a listener without TLS anyhow":  {balancer("eks", aws+"ssl-cert=arn"), posture.TLSNone, "none 1.3 required"},
		"a cloud that nobody names, too": {balancer("", aws+"ssl-cert=arn"), posture.TLSTerminate, "terminate 1.0 none"},
	} {
		var e posture.Entry
		e.Port, e.TLS.Value, e.MinTLS.Value, e.ClientAuth.Value = 443, c.tls, "1.3", posture.ClientRequired
		c.in.Apply(&e)
		if got := e.TLS.Value + " " + e.MinTLS.Value + " " + e.ClientAuth.Value; got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestSourcesOfALoadBalancer(t *testing.T) {
	ranged := func(b kubernetes.LoadBalancer, cidrs ...string) kubernetes.LoadBalancer {
		b.SourceRanges = cidrs
		return b
	}
	inside := ranged(balancer("eks"), "10.0.0.0/8")
	inside.Type = "ClusterIP"
	for name, c := range map[string]struct {
		in   kubernetes.LoadBalancer
		want string
	}{
		"the field":                        {ranged(balancer("eks"), "20.0.0.0/8", "10.0.0.0/8"), "true false [10.0.0.0/8 20.0.0.0/8]"},
		"everybody":                        {ranged(balancer("eks"), "0.0.0.0/0"), "true true [0.0.0.0/0]"},
		"everybody by IPv6":                {ranged(balancer("eks"), "::/0"), "true true [::/0]"},
		"the annotation":                   {balancer("eks", "service.beta.kubernetes.io/load-balancer-source-ranges=10.0.0.0/8,20.0.0.0/8"), "true false [10.0.0.0/8 20.0.0.0/8]"},
		"aws: security groups of its own":  {ranged(balancer("eks", aws+"security-groups=sg-1"), "10.0.0.0/8"), "true true [10.0.0.0/8]"},
		"azure: ranges of its own as well": {ranged(balancer("aks", azure+"allowed-ip-ranges=20.0.0.0/8"), "10.0.0.0/8"), "true false [10.0.0.0/8 20.0.0.0/8]"},
		"azure: service tags as well":      {ranged(balancer("aks", azure+"allowed-service-tags=Internet"), "10.0.0.0/8"), "true true [10.0.0.0/8]"},
		"nothing":                          {balancer("aks"), "false false []"},
		"no load balancer":                 {inside, "false false []"},
	} {
		got, ok := c.in.Sources()
		if text := fmt.Sprint(ok, got.Value.Everybody, got.Value.CIDRs); text != c.want {
			t.Errorf("%s: got %s, want %s", name, text, c.want)
		}
	}
}

func TestSourceAddressIsKept(t *testing.T) {
	local := func(b kubernetes.LoadBalancer) kubernetes.LoadBalancer {
		b.TrafficPolicy = "Local"
		return b
	}
	const preserved = aws + "target-group-attributes=preserve_client_ip.enabled=true"
	for name, c := range map[string]struct {
		in   kubernetes.LoadBalancer
		want bool
	}{
		"aws: pods, told to":                   {balancer("eks", aws+"nlb-target-type=ip", preserved), true},
		"aws: pods, by default":                {local(balancer("eks", aws+"nlb-target-type=ip")), false},
		"aws: nodes, by default":               {local(balancer("eks", aws+"nlb-target-type=instance")), true},
		"aws: nodes that forward":              {balancer("eks", aws+"nlb-target-type=instance"), false},
		"aws: nodes, told not to":              {local(balancer("eks", aws+"nlb-target-type=instance", aws+"target-group-attributes=preserve_client_ip.enabled=false")), false},
		"aws: a target type that nobody names": {local(balancer("eks")), false},
		"azure: no node forwards":              {local(balancer("aks")), true},
		"azure: nodes forward by default":      {balancer("aks"), false},
		"azure: Private Link":                  {local(balancer("aks", azure+"pls-create=true")), false},
	} {
		if got, why := c.in.SourceKept(); got != c.want {
			t.Errorf("%s: got %v %s", name, got, why)
		}
	}
}

// Azure probes a port whose appProtocol is https by HTTPS, which a listener that requires certificates never answers.
func TestProbesNeedNoClientCertificate(t *testing.T) {
	g := controller.Gateway{Port: 8443, Scheme: "internal", Annotations: map[string]string{azure + "load-balancer-internal-subnet": "gateways"}}
	const probe = "service.beta.kubernetes.io/port_8443_health-probe_"
	for name, c := range map[string]struct {
		probe kubernetes.HealthProbe
		want  map[string]string
	}{
		"by connecting": {kubernetes.HealthProbe{}, map[string]string{probe + "protocol": "Tcp"}},
		"where the proxies tell": {
			kubernetes.HealthProbe{Port: 15021, Path: "/healthz/ready"},
			map[string]string{probe + "protocol": "Http", probe + "port": "15021", probe + "request-path": "/healthz/ready"},
		},
	} {
		got := kubernetes.LoadBalancerAnnotations("aks", g, c.probe)
		for key, value := range c.want {
			if got[key] != value {
				t.Errorf("%s: %s is %q, want %q", name, key, got[key], value)
			}
		}
		if len(got) != len(c.want)+2 || got[azure+"load-balancer-internal"] != "true" || got[azure+"load-balancer-internal-subnet"] != "gateways" {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
