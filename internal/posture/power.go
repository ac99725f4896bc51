package posture

import "strings"

// What a power is over. Change means that verbs such as update or delete are allowed; the others say what is.
const (
	OverGateways     = "gateways"                  // change Gateways and ListenerSets
	OverRoutes       = "routes"                    // change routes of Gateway API
	OverGrants       = "reference grants"          // change ReferenceGrants
	OverPolicies     = "policies"                  // change BackendTLSPolicies and the kinds of gateway controllers
	OverClasses      = "gateway classes"           // change GatewayClasses
	OverBundles      = "bundles of roots"          // change the ConfigMaps and trust-manager's Bundles that hold them
	OverSecrets      = "secrets"                   // change Secrets with certificates
	OverKeys         = "private keys"              // read Secrets with certificates
	OverCertificates = "certificates"              // change what has certificates made: cert-manager's and External Secrets' kinds
	OverNetwork      = "network policies"          // change NetworkPolicies and their like
	OverInstallation = "definitions and admission" // change CRDs, webhook configurations and admission policies
	OverAccess       = "access"                    // take other identities or roles: escalate, bind, impersonate, tokens of service accounts
	OverUnknown      = "what is not known"         // the role is not in Git
)

// Where something that protects an exposed gateway is.
const (
	PlaceGateway  = "gateway"  // the namespace of a gateway, of its routes or of its proxies
	PlaceService  = "service"  // the namespace of an exposed Service
	PlaceConsumer = "consumer" // the namespace of an egress gateway, or of a workload that holds a client certificate
	PlaceKeys     = "keys"     // another namespace with Secrets of certificate authorities or gateways
	PlaceCluster  = "cluster"  // in no namespace
)

// Power is what one rule of a role lets one subject do to what protects exposed gateways.
type Power struct {
	Holder  Subject  `json:"holder"` // a Group, User or ServiceAccount; the Role or ClusterRole itself where nothing in Git binds it
	Bound   bool     `json:"bound"`
	Binding Ref      `json:"binding"` // zero when not bound
	Role    Ref      `json:"role"`
	By      Ref      `json:"by"`    // the rule, or the binding's roleRef for a role of the API server's own or one that is not in Git
	Scope   string   `json:"scope"` // the namespace that the binding is for, "" for all
	Verbs   []string `json:"verbs"` // as written, sorted
	Reaches []Reach  `json:"reaches"`
	// Wildcard: the rule names an API group of gateways and a * in its verbs or resources, so that kinds of tomorrow and escape hatches are
	// included. Escalates: it names verbs that take other identities or roles. Broad: it is for everything, or of a built-in role.
	Wildcard  bool   `json:"wildcard"`
	Escalates bool   `json:"escalates"`
	Broad     bool   `json:"broad"`
	Why       string `json:"why"` // one clause, no period
}

// Reach is one kind of things in one place that a power is over.
type Reach struct {
	Over      string   `json:"over"`
	Place     string   `json:"place"`
	Namespace string   `json:"namespace"` // "" with PlaceCluster
	Names     []string `json:"names"`     // sorted; empty: whatever its name
}

// String is the reach as a reviewer reads it: "routes relay of namespace edge", "gateway classes".
func (r Reach) String() string {
	out := r.Over
	if len(r.Names) > 0 {
		out += " " + strings.Join(r.Names, ", ")
	}
	if r.Namespace != "" {
		out += " of namespace " + r.Namespace
	}
	return out
}
