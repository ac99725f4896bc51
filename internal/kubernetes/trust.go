package kubernetes

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatespan/gatespan/internal/controller"
)

// The type of trust-manager's Bundle, as far as gatespan writes it (trust-manager v0.24, pkg/apis/trust/v1alpha1/types_bundle.go).
type (
	trustBundle struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              trustBundleSpec `json:"spec"`
	}
	trustBundleSpec struct {
		Sources []trustSource `json:"sources"`
		Target  trustTarget   `json:"target"`
	}
	trustSource struct {
		InLine string `json:"inLine"`
	}
	trustTarget struct {
		ConfigMap         *trustKey            `json:"configMap,omitempty"`
		Secret            *trustKey            `json:"secret,omitempty"`
		NamespaceSelector metav1.LabelSelector `json:"namespaceSelector"`
	}
	trustKey struct {
		Key string `json:"key"`
	}
)

// TrustBundle lets trust-manager make a trust domain's bundle in the namespaces that need it and nowhere else, as a ConfigMap and, where a
// controller takes its roots from one, as a Secret of the same name.
func TrustBundle(trust controller.Trust) any {
	bundle := &trustBundle{
		TypeMeta:   metav1.TypeMeta{APIVersion: "trust.cert-manager.io/v1alpha1", Kind: "Bundle"},
		ObjectMeta: metav1.ObjectMeta{Name: trust.Domain.ConfigMap},
		Spec: trustBundleSpec{
			Sources: []trustSource{{InLine: trust.Domain.PEM}},
			Target: trustTarget{
				ConfigMap: &trustKey{Key: bundleKey},
				NamespaceSelector: metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{
					Key: nameLabel, Operator: metav1.LabelSelectorOpIn, Values: trust.Namespaces,
				}}},
			},
		},
	}
	if trust.Secret {
		bundle.Spec.Target.Secret = &trustKey{Key: bundleKey}
	}
	return bundle
}
