package kubernetes_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// front is a Service of the proxies' namespace; annotations are of the cloud that aws and azure name.
func front(name, spec string, annotations ...string) string {
	return fmt.Sprintf("---\napiVersion: v1\nkind: Service\nmetadata: {name: %s, namespace: proxies, annotations: {%s}}\nspec: {%s}\n", name, strings.Join(annotations, ", "), spec)
}

// TestInFront: proxies can have several Services, and whoever finds the weakest takes that one.
func TestInFront(t *testing.T) {
	const (
		proxies  = "selector: {app: proxy}, "
		internal = `"` + aws + `scheme": internal`
		public   = `"` + aws + `scheme": internet-facing`
		cert     = `"` + aws + `ssl-cert": arn`
		to8443   = "ports: [{name: https, port: 443, targetPort: websecure}], "
		lb       = "type: LoadBalancer"
	)
	one := front("a", proxies+"loadBalancerSourceRanges: [192.0.2.0/28], "+lb, internal)
	for name, c := range map[string]struct{ objects, want string }{
		"none":                            {"", "unknown everybody [] required"},
		"one":                             {one, "internal [192.0.2.0/28] required"},
		"of another namespace":            {one + strings.Replace(front("b", proxies+lb, public), "namespace: proxies", "namespace: other", 1), "internal [192.0.2.0/28] required"},
		"of other pods":                   {one + front("b", "selector: {app: other}, "+lb, public), "internal [192.0.2.0/28] required"},
		"a second public one":             {one + front("b", proxies+lb, public), "internet-facing everybody [] required"},
		"which is the first":              {front("A", proxies+lb, public) + one, "internet-facing everybody [] required"},
		"other addresses":                 {one + front("b", proxies+"loadBalancerSourceRanges: [203.0.113.0/28], "+lb, internal), "internal [192.0.2.0/28 203.0.113.0/28] required"},
		"node ports":                      {one + front("b", proxies+"type: NodePort"), "unknown everybody [] required"},
		"inside the cluster, beside":      {one + front("b", proxies+"type: ClusterIP"), "internal [192.0.2.0/28] required"},
		"inside the cluster, alone":       {front("b", proxies+"type: ClusterIP"), "cluster everybody [] required"},
		"with external addresses":         {one + front("b", proxies+"externalIPs: [192.0.2.1]"), "unknown everybody [] required"},
		"labels that nobody tells of":     {one + front("b", "selector: {app: proxy, tier: edge}, "+lb, public), "internet-facing everybody [] required"},
		"which make nothing stricter":     {front("b", "selector: {app: proxy, tier: edge}, loadBalancerSourceRanges: [192.0.2.0/28], "+lb, internal), "unknown everybody [] required"},
		"labels that a Deployment tells":  {deployment + front("b", "selector: {app: proxy, tier: edge}, loadBalancerSourceRanges: [192.0.2.0/28], "+lb, internal), "internal [192.0.2.0/28] required"},
		"other than a Deployment tells":   {deployment + one + front("b", "selector: {app: proxy, tier: other}, "+lb, public), "internal [192.0.2.0/28] required"},
		"TLS ends in front of one":        {one + front("b", proxies+lb, internal, cert), "internal everybody [] none"},
		"for the port that leads here":    {front("b", proxies+to8443+lb, internal, cert, `"`+aws+`ssl-ports": "443"`), "internal everybody [] none"},
		"for its name":                    {front("b", proxies+to8443+lb, internal, cert, `"`+aws+`ssl-ports": https`), "internal everybody [] none"},
		"for a port that leads elsewhere": {front("b", proxies+"ports: [{port: 443, targetPort: 8443}, {port: 80, targetPort: 8000}], "+lb, internal, cert, `"`+aws+`ssl-ports": "80"`), "internal everybody [] required"},
		"a target group":                  {one + "---\napiVersion: elbv2.k8s.aws/v1beta1\nkind: TargetGroupBinding\nmetadata: {name: t, namespace: proxies}\nspec: {serviceRef: {name: a, port: 443}}\n", "unknown everybody [] required"},
		"of EKS Auto Mode":                {one + "---\napiVersion: eks.amazonaws.com/v1\nkind: TargetGroupBinding\nmetadata: {name: t, namespace: proxies}\nspec: {serviceRef: {name: a, port: 443}}\n", "unknown everybody [] required"},
		"of another Service":              {one + "---\napiVersion: elbv2.k8s.aws/v1beta1\nkind: TargetGroupBinding\nmetadata: {name: t, namespace: proxies}\nspec: {serviceRef: {name: x, port: 443}}\n", "internal [192.0.2.0/28] required"},
	} {
		cluster := controller.Cluster{Cloud: "eks"}
		cluster.Controller.DataPlaneNamespace, cluster.Controller.DataPlanePods = "proxies", map[string]string{"app": "proxy"}
		e := posture.Entry{Port: 8443}
		e.Scheme.Value, e.TLS.Value, e.MinTLS.Value, e.ClientAuth.Value = posture.SchemeUnknown, posture.TLSTerminate, "1.3", posture.ClientRequired
		e.SourceCIDRs.Value = posture.SourceCIDRs{Everybody: true, CIDRs: []string{}}
		kubernetes.ReadInFront(cluster, objecttest.Set(t, c.objects)).Apply(&e)
		sources := fmt.Sprint(e.SourceCIDRs.Value.CIDRs)
		if e.SourceCIDRs.Value.Everybody {
			sources = "everybody " + sources
		}
		if got := e.Scheme.Value + " " + sources + " " + e.ClientAuth.Value; got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

const deployment = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: proxy, namespace: proxies}
spec: {template: {metadata: {labels: {app: proxy, tier: edge}}, spec: {containers: [{name: proxy}]}}}
`

// TestProbesOfAnInstalledService: annotations of Azure name the Service's own port, which is seldom the listener's.
func TestProbesOfAnInstalledService(t *testing.T) {
	const spec = "selector: {app: proxy}, type: LoadBalancer, ports: [{port: 443, targetPort: websecure%s}]"
	for name, c := range map[string]struct {
		service string
		want    string
	}{
		"by TCP":             {front("a", fmt.Sprintf(spec, "")), ""},
		"by its appProtocol": {front("a", fmt.Sprintf(spec, ", appProtocol: https")), posture.ProbeHTTPS},
		"by an annotation":   {front("a", fmt.Sprintf(spec, ""), `"service.beta.kubernetes.io/port_443_health-probe_protocol": Https`), posture.ProbeHTTPS},
	} {
		cluster := controller.Cluster{Cloud: "aks"}
		cluster.Controller.DataPlaneNamespace, cluster.Controller.DataPlanePods = "proxies", map[string]string{"app": "proxy"}
		e := posture.Entry{Port: 8443, Protocol: "HTTPS"}
		kubernetes.ReadInFront(cluster, objecttest.Set(t, c.service)).Apply(&e)
		if e.Probe.Value != c.want {
			t.Errorf("%s: %+v", name, e.Probe)
		}
	}
}
