package istio

import (
	"cmp"
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// mesh is one control plane's configuration, as far as it is in Git.
type mesh struct {
	object   *object.Object
	key      string // where in the object it is
	revision string // "" for the default one
	config   meshConfig
}

// at is the place of the configuration.
func (m mesh) at() posture.Ref { return gatewayapi.Nearest(m.object, m.key) }

// meshConfig is what matters of mesh/v1alpha1/config.proto. Its text is not strict: it has a hundred fields without bearing.
type meshConfig struct {
	TLSDefaults struct {
		MinProtocolVersion string `json:"minProtocolVersion"`
	} `json:"tlsDefaults"`
	MeshMTLS struct {
		MinProtocolVersion string `json:"minProtocolVersion"`
	} `json:"meshMTLS"`
	OutboundTrafficPolicy struct {
		Mode string `json:"mode"`
	} `json:"outboundTrafficPolicy"`
	TrustDomain        string   `json:"trustDomain"`
	TrustDomainAliases []string `json:"trustDomainAliases"`
	RootNamespace      string   `json:"rootNamespace"`
	DefaultConfig      struct {
		GatewayTopology struct {
			ForwardClientCertDetails string `json:"forwardClientCertDetails"`
		} `json:"gatewayTopology"`
	} `json:"defaultConfig"`
}

const (
	upstreamNamespace = "istio-system"
	aksNamespace      = "aks-istio-system"
	upstreamConfig    = "istio"
	aksConfig         = "istio-shared-configmap"
	meshKey           = "data.mesh"
)

// home is the namespace of the control plane, and the name of its configuration without the revision.
func (r *reader) home() (namespace, name string) {
	if r.managed() {
		return aksNamespace, aksConfig // AKS articles/aks/istio-meshconfig.md
	}
	return upstreamNamespace, upstreamConfig // istioctl and the istiod chart
}

// readMeshes reads the ConfigMaps of all revisions: `istio` for the default one, `istio-<revision>` for another.
func (r *reader) readMeshes() []mesh {
	namespace, name := r.home()
	var out []mesh
	for _, o := range r.Objects.Kind("", "ConfigMap") {
		revision, found := strings.CutPrefix(o.Name, name)
		if o.Namespace != namespace || !found || revision != "" && revision[0] != '-' || o.Text(meshKey) == "" {
			continue
		}
		m := mesh{object: o, key: meshKey, revision: strings.TrimPrefix(revision, "-")}
		if err := yaml.Unmarshal([]byte(o.Text(meshKey)), &m.config); err != nil {
			r.Unknown(o, "value", meshKey, "the mesh configuration cannot be read: "+err.Error())
			m.config = meshConfig{}
		}
		out = append(out, m)
	}
	if !r.managed() {
		out = append(out, r.charts(out)...)
	}
	return out
}

// floor is the lowest TLS version of the listeners of one Gateway.
func (r *reader) floor(g *object.Object) posture.Setting[string] {
	if forced := r.compliance(); forced != nil {
		return by(forced.lowest, forced.at, forced.why)
	}
	meshes := r.meshesOf(g.Labels)
	switch {
	case r.approuting():
		return by("1.2", gatewayapi.Nearest(g, "spec.gatewayClassName"), "application routing has no mesh configuration that could set the lowest version")
	case len(meshes) == 0 && len(r.meshes) > 0:
		return r.lostFloor(g)
	case len(meshes) == 0:
		return r.declaredFloor(g)
	}
	var out posture.Setting[string]
	for _, m := range meshes {
		version := m.config.TLSDefaults.MinProtocolVersion
		s := by("1.2", m.at(), "meshConfig.tlsDefaults.minProtocolVersion is not set")
		switch version {
		case "TLSV1_3":
			s.Value, s.Why = "1.3", "meshConfig.tlsDefaults.minProtocolVersion is TLSV1_3"
		case "", "TLS_AUTO":
		case "TLSV1_2":
			s.Why = "meshConfig.tlsDefaults.minProtocolVersion is TLSV1_2"
		default:
			s.Why = fmt.Sprintf("meshConfig.tlsDefaults.minProtocolVersion is %q, which Istio does not know", version)
			r.Unknown(m.object, "value", m.key, s.Why)
		}
		if out.Value == "" || s.Value < out.Value {
			out = s
		}
	}
	return out
}

// declaredFloor is what the fleet says of mesh configuration that is not in Git.
func (r *reader) declaredFloor(g *object.Object) posture.Setting[string] {
	namespace, name := r.home()
	revision := cmp.Or(g.Labels[labelRevision], "of its control plane")
	if floor := r.Cluster.Controller.MinTLS; floor != "" {
		why := "the fleet says that the mesh configuration sets it"
		if r.Cluster.Controller.Evidence != "" {
			why += " (" + r.Cluster.Controller.Evidence + ")"
		}
		r.Assume(g, "", fmt.Sprintf("tlsDefaults.minProtocolVersion of the mesh configuration of cluster %s holds TLS %s", r.Cluster.Name, floor))
		return by(floor, gatewayapi.RefOf(g, "spec.gatewayClassName"), why)
	}
	return by("1.2", gatewayapi.RefOf(g, "spec.gatewayClassName"), fmt.Sprintf(
		"the lowest version is mesh configuration (ConfigMap %s/%s, revision %s), and neither Git nor the fleet says it", namespace, name, revision))
}

// meshFloor is the lowest version of mutual TLS inside the mesh; field is where it is set.
func (r *reader) meshFloor(g *object.Object) (string, posture.Ref, string) {
	meshes := r.meshesOf(g.Labels)
	for _, m := range meshes {
		if m.config.MeshMTLS.MinProtocolVersion != "TLSV1_3" {
			return "1.2", m.at(), "meshConfig.meshMTLS.minProtocolVersion is not TLSV1_3"
		}
	}
	if len(meshes) == 0 {
		return "1.2", gatewayapi.RefOf(g, "spec.gatewayClassName"), "the mesh configuration is not in Git"
	}
	return "1.3", meshes[0].at(), "meshConfig.meshMTLS.minProtocolVersion is TLSV1_3"
}

// trustDomains are the mesh's trust domain and its aliases.
func (r *reader) trustDomains() []string {
	own := cmp.Or(r.Cluster.Controller.MeshTrustDomain, defaultTrustDomain)
	out := []string{}
	for _, m := range r.meshes {
		if m.config.TrustDomain != "" {
			own = m.config.TrustDomain
		}
		out = append(out, m.config.TrustDomainAliases...)
	}
	return append([]string{own}, out...)
}

// rootNamespace is where policies for the whole mesh are.
func (r *reader) rootNamespace() string {
	for _, m := range r.meshes {
		if m.config.RootNamespace != "" {
			return m.config.RootNamespace
		}
	}
	namespace, _ := r.home()
	return namespace
}

// meshAnchor is the mesh's own CA, which signs every workload of the mesh.
func (r *reader) meshAnchor() []posture.Anchor {
	namespace, _ := r.home()
	return []posture.Anchor{{
		Ref:    posture.Ref{APIVersion: "v1", Kind: "ConfigMap", Namespace: namespace, Name: "istio-ca-root-cert"},
		Source: gatewayapi.FromSecret,
	}}
}
