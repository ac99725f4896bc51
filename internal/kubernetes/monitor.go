package kubernetes

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
)

// monitoring is the API of the Prometheus operator (pkg/apis/monitoring/v1 of prometheus-operator v0.85.0).
const monitoring = "monitoring.coreos.com/v1"

// The PodMonitor and PrometheusRule, as far as gatespan writes them.
type (
	podMonitorSpec struct {
		NamespaceSelector struct {
			MatchNames []string `json:"matchNames"`
		} `json:"namespaceSelector"`
		Selector metav1.LabelSelector `json:"selector"`
		Endpoint []monitorEndpoint    `json:"podMetricsEndpoints"`
	}
	monitorEndpoint struct {
		Port string `json:"port"`
		Path string `json:"path"`
	}
	prometheusRuleSpec struct {
		Groups []ruleGroup `json:"groups"`
	}
	ruleGroup struct {
		Name  string      `json:"name"`
		Rules []alertRule `json:"rules"`
	}
	alertRule struct {
		Alert       string            `json:"alert"`
		Expr        string            `json:"expr"`
		For         string            `json:"for"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	}
)

// PrometheusOperator is what a cluster must have for a PodMonitor or PrometheusRule to do anything. Azure's managed Prometheus reads another
// group, azmonitoring.coreos.com (azure-docs, articles/azure-monitor/containers/prometheus-metrics-scrape-crd.md).
func PrometheusOperator() controller.Prerequisite {
	return controller.Prerequisite{
		ID: "prometheus-operator", For: []controller.AbilityID{controller.EntryMetrics, controller.EntryAlerts},
		Text:   "the Prometheus operator's CRDs are installed, and a Prometheus takes PodMonitors and PrometheusRules from the gateways' namespaces",
		How:    "podMonitorNamespaceSelector and ruleNamespaceSelector of the Prometheus; Azure's managed Prometheus reads azmonitoring.coreos.com instead",
		Source: "pkg/apis/monitoring/v1/prometheus_types.go of prometheus-operator v0.85.0",
	}
}

// PodMonitor lets the Prometheus operator scrape the proxies of a gateway, wherever they run, by the name of a container's port. No Service
// leads to that port.
func PodMonitor(g controller.Gateway, proxies GatewayPods, port, path string) any {
	var spec podMonitorSpec
	spec.NamespaceSelector.MatchNames = []string{proxies.Namespace}
	spec.Selector.MatchLabels = maps.Clone(proxies.Labels)
	spec.Endpoint = []monitorEndpoint{{Port: port, Path: path}}
	return gatewayapi.Make(monitoring, "PodMonitor", gatewayapi.Meta{Name: monitorName(g), Namespace: g.Namespace}, spec)
}

func monitorName(g controller.Gateway) string { return g.Name + "-proxies" }

// EnvoyAlerts tell of certificates of the gateway that are about to expire, where cert-manager makes them, and of handshakes that its proxies
// refuse. The operator gives what a PodMonitor scrapes the job <namespace>/<name> (pkg/prometheus/promcfg.go). The counters are those of
// each listener (Envoy's documentation, configuration/listeners/stats), the gauge cert-manager's (internal/collectors/certificate_collector.go).
func EnvoyAlerts(g controller.Gateway) any {
	rules := expiries(g)
	counted := func(counters ...string) string {
		var terms []string
		for _, counter := range counters {
			terms = append(terms, fmt.Sprintf(`increase(envoy_listener_ssl_%s{job="%s/%s"}[15m])`, counter, g.Namespace, monitorName(g)))
		}
		return "sum by (pod) (" + strings.Join(terms, " + ") + ") > 10"
	}
	at := "gateway " + g.Namespace + "/" + g.Name
	rules = append(rules,
		alert("GatewayClientCertificatesRefused", counted("fail_verify_no_cert", "fail_verify_error", "fail_verify_san"), "15m", "warning",
			"Clients of "+at+" present no certificate, or one that it does not accept."),
		alert("GatewayHandshakesFailed", counted("connection_error"), "15m", "info",
			"TLS handshakes with "+at+" fail for another reason than the client's certificate, such as a version below 1.3."),
	)
	return gatewayapi.Make(monitoring, "PrometheusRule", gatewayapi.Meta{Name: monitorName(g), Namespace: g.Namespace},
		prometheusRuleSpec{Groups: []ruleGroup{{Name: "gatespan/" + g.Namespace + "/" + g.Name, Rules: rules}}})
}

func alert(name, expr, lasting, severity, summary string) alertRule {
	return alertRule{
		Alert: name, Expr: expr, For: lasting,
		Labels: map[string]string{"severity": severity}, Annotations: map[string]string{"summary": summary},
	}
}

// expiries is one alert for all certificates that must be renewed by the same time before their end. The namespace of a certificate becomes
// exported_namespace where cert-manager is scraped without honorLabels, as its chart has it (deploy/charts/cert-manager/values.yaml).
func expiries(g controller.Gateway) []alertRule {
	names := map[int][]string{}
	for _, l := range g.Listeners {
		if l.Certificate.CertManager != nil {
			late := overdue(l.Certificate)
			names[late] = append(names[late], l.Certificate.Secret)
		}
	}
	var out []alertRule
	for _, late := range slices.Sorted(maps.Keys(names)) {
		slices.Sort(names[late])
		of := strings.ReplaceAll(strings.Join(names[late], "|"), ".", `\\.`)
		gauge := func(label string) string {
			return fmt.Sprintf(`certmanager_certificate_expiration_timestamp_seconds{%s="%s",name=~"%s"}`, label, g.Namespace, of)
		}
		out = append(out, alert("GatewayCertificateExpires",
			fmt.Sprintf("(%s or %s) - time() < %d * 3600", gauge("exported_namespace"), gauge("namespace"), late),
			"1h", "critical", "cert-manager has not renewed certificate {{ $labels.name }} of gateway "+g.Namespace+"/"+g.Name+"."))
	}
	return out
}

// overdue is how many hours before its end a certificate should long have been renewed: half of the time that cert-manager leaves for it,
// which is a third of its life unless the fleet says otherwise (pkg/apis/certmanager/v1/types_certificate.go, renewBefore).
func overdue(c controller.Certificate) int {
	hours := func(text string) int {
		n, _ := strconv.Atoi(strings.TrimSuffix(text, "h")) // "": cert-manager's default
		return n
	}
	life := cmp.Or(hours(c.Duration), 90*24)
	return max(1, cmp.Or(hours(c.RenewBefore), life/3)/2)
}
