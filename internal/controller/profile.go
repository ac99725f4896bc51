package controller

import (
	"slices"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// Profile is what one controller can enforce and how, as data. Every line carries its source.
type Profile struct {
	Name            string   // envoy-gateway
	Title           string   // Envoy Gateway
	ControllerNames []string // of GatewayClass.spec.controllerName
	Classes         []string // class names that mean this controller when no GatewayClass object says otherwise
	// Kinds lists, per API group of the controller, the kinds whose meaning the reader knows; any other kind of that group in a
	// cluster of this controller is unknown/kind.
	Kinds map[string][]string
	// Parameters and Policies are those of Kinds that people with a role of Gateway API need: what configures the controller or a class, for
	// infrastructure providers, and what protects a gateway, for cluster operators. Escape hatches are in neither.
	Parameters, Policies []string
	// Plurals are how RBAC names those of Kinds whose CRD has another plural than kubernetes.Plural makes, by kind.
	Plurals map[string]string
	// APIVersions are the versions in which the API server serves each of those groups; an object of another one is refused.
	APIVersions map[string][]string
	Versions    []VersionRange
	Abilities   []Ability
	References  []ReferenceRule
	// Charts are the Helm charts whose version is the controller's, and Images how the repositories of images end whose tag is: they show in
	// Git which version is installed.
	Charts, Images []string
	// Homes are the clouds that it runs in; empty: anywhere.
	Homes []Home
	// Vulnerabilities are those of its versions that are known and worth telling of.
	Vulnerabilities []Vulnerability
	// Prerequisites are what its installation must have for what it writes to mean what it should.
	Prerequisites []Prerequisite
	// OneGateway: what a Gateway asks of clients holds for the whole installation, so that a cluster has one gateway at most, and be it the
	// egress gateway of one consumer. It is the reason, as a sentence without a period; "" where each Gateway has its own.
	OneGateway string
	// BytesBeside: an egress gateway carries bytes only beside a call by HTTP or gRPC of the same consumer. It is the reason, as the others are.
	BytesBeside string
	// EgressPort is the port that egress gateways listen on where it is one of the installation, which the fleet may name another of; 0 where
	// each Gateway has its own.
	EgressPort int
	// ServerCertificates and ClientCA say what the writers need; see the constants. The zero values are a Secret and a ConfigMap.
	ServerCertificates string
	ClientCA           string
	// RootsBefore is a version of Gateway API: where the cluster has an older one, the roots of clients are in a Secret beside each server
	// certificate, which gatespan writes, so the fleet must hold them. "" for never.
	RootsBefore string
	// PodsCannotTell: pods behind a listener that ends TLS cannot be the ones that tell clients apart (identity.enforcedBy workload): they
	// are told nothing of the certificate, or what may be the client's own invention. It is the reason, as the others are.
	PodsCannotTell string
	// What its gateways cannot have together, each a reason as a sentence without a period, and "" where they can: exposures of both modes
	// on one Gateway, two exposures that pass TLS through on one Gateway, a token for one of several audiences.
	OneMode, OnePassthrough, OneAudience string
	// OneKeySet: two exposures on one Gateway that ask for tokens of one issuer must name the same keys. It is the reason.
	OneKeySet string
	// Claims are what the controller makes by itself of an intent (Gateway, Exposure or Consumer) under a name that it composes, where two names
	// of the fleet may come to the same. Nil: nothing.
	Claims func(Cluster, any) []Claim
	// OutsideCluster: what ends TLS or hands it on is no pod, and the NetworkPolicies of pods admit the addresses that the fleet gives a
	// gateway. It is the reason, as the others are.
	OutsideCluster string
}

// Claim is one thing that a controller makes by itself.
type Claim struct {
	What     string // what it is to the controller, such as "Service edge/edge-istio": two with the same text are one
	Why      string // what it is made for, as "what Istio makes for gateway edge"
	Exposure string // of a Consumer's: the destination that it is for; "" for the consumer itself
}

// GatewayServices are the claims of the Services that a controller makes for a Gateway, or a consumer's egress gateway, and calls by the name
// of the Gateway and its class. name is that of the Service, or "" where the writer refuses it; own is the Gateway's class where it is not
// the cluster's.
func GatewayServices(title string, intent any, name func(gateway, own string) string) []Claim {
	var namespace, gateway, own string
	switch v := intent.(type) {
	case Gateway:
		namespace, gateway, own = v.Namespace, v.Name, v.ClassName
	case Consumer:
		if v.Via == "direct" {
			return nil
		}
		namespace, gateway = v.Namespace, v.Name+"-egress"
	default:
		return nil
	}
	if service := name(gateway, own); service != "" {
		return []Claim{ProxyService(title, namespace, service, gateway)}
	}
	return nil
}

// ProxyService is the claim of a Service in front of proxies.
func ProxyService(title, namespace, name, gateway string) Claim {
	return Claim{What: "Service " + namespace + "/" + name, Why: "what " + title + " makes for gateway " + gateway}
}

// Where a controller takes a certificate or a bundle from.
const (
	FromSecret     = ""            // ServerCertificates: a Secret of type kubernetes.io/tls
	FromACM        = "acm"         // ServerCertificates: AWS Certificate Manager, by ARN
	FromConfigMap  = ""            // ClientCA: a ConfigMap with ca.crt
	FromCASecret   = "secret"      // ClientCA: a Secret with ca.crt, so the fleet must hold the roots or trust-manager make it
	FromTrustStore = "trust-store" // ClientCA: a trust store of the cloud, by ARN
)

// Prerequisite is one thing that an installation of the controller must have.
type Prerequisite struct {
	ID            string      // enable-backend; lower-case words
	For           []AbilityID // needed when an exposure uses one of them; empty: always
	Distributions []string    // empty: all
	Since, Before string      // controller versions: needed from Since on, and not any more from Before on; "" for no bound
	Text          string      // what must be so, as a sentence without a period
	How           string      // how to get there: a Helm value, a flag, a command
	Source        string
	// Look tells from a cluster's objects whether it is so: State, Subject, By and Why are filled in, the catalog adds the ID. Nil
	// when it never is in Git. Look is not called when nothing uses the prerequisite.
	Look func(Cluster, *object.Set) posture.Prerequisite
}

// Needed reports whether a prerequisite matters for a cluster of a distribution and version that uses some abilities.
func (p Prerequisite) Needed(distribution, version string, uses []AbilityID) bool {
	if len(p.Distributions) > 0 && !slices.Contains(p.Distributions, distribution) {
		return false
	}
	if version != "" && (p.Since != "" && CompareVersions(version, p.Since) < 0 || p.Before != "" && CompareVersions(version, p.Before) >= 0) {
		return false
	}
	return len(p.For) == 0 || slices.ContainsFunc(p.For, func(id AbilityID) bool { return slices.Contains(uses, id) })
}

// VersionRange is a line of versions that the profile was checked against.
type VersionRange struct {
	Distribution string // upstream, aks-addon
	From, To     string // inclusive, major.minor or a revision name
	EndOfLife    string // YYYY-MM-DD, "" when not known
	Source       string
}

// AbilityID names what an exposure can ask of a controller.
type AbilityID string

// What can be asked. The plan refuses an exposure that needs an ability that the profile of its cluster does not have.
const (
	EntryTerminate         AbilityID = "entry.terminate"
	EntryPassthrough       AbilityID = "entry.passthrough"
	EntryFloor             AbilityID = "entry.tls13"
	EntryClientCertificate AbilityID = "entry.clientCertificate"
	EntryIdentityURI       AbilityID = "entry.identity.uri"
	EntryIdentityDNS       AbilityID = "entry.identity.dns"
	EntrySourceCIDRs       AbilityID = "entry.sourceCIDRs"
	EntryBackendTLS        AbilityID = "entry.backendTLS"
	EntryBackendEncrypted  AbilityID = "entry.backendEncrypted" // TLS to the pods, whose certificate nobody checks
	EntryHTTPRoute         AbilityID = "entry.httpRoute"
	EntryGRPCRoute         AbilityID = "entry.grpcRoute"
	EntryTCP               AbilityID = "entry.tcp" // TLS ends at the gateway, and a byte stream goes on
	EntryRetries           AbilityID = "entry.retries"
	EntryTimeouts          AbilityID = "entry.timeouts"
	EntryWeights           AbilityID = "entry.weights" // requests split over several Services
	EntryJWT               AbilityID = "entry.jwt"     // in addition to the client's certificate
	EntryListenerSets      AbilityID = "entry.listenerSets"
	EntryInternal          AbilityID = "entry.internal"       // reached by private addresses only
	EntryInternetFacing    AbilityID = "entry.internetFacing" // reached from the internet
	EntryAccessLogs        AbilityID = "entry.accessLogs"
	EntryMetrics           AbilityID = "entry.metrics"
	EntryReplicas          AbilityID = "entry.replicas"    // as many proxies as the fleet says
	EntryAnnotations       AbilityID = "entry.annotations" // of the load balancer in front
	EntryAlerts            AbilityID = "entry.alerts"      // by what the proxies count of refused handshakes
	ExitGateway            AbilityID = "exit.gateway"
	ExitClientCertificate  AbilityID = "exit.clientCertificate"
	ExitPinnedCA           AbilityID = "exit.pinnedCA"
	ExitName               AbilityID = "exit.name"
	ExitFloor              AbilityID = "exit.tls13" // by the egress gateway itself; without it the matched entry must have it
	ExitClosed             AbilityID = "exit.closed"
	ExitDirect             AbilityID = "exit.direct"
	ExitGRPC               AbilityID = "exit.grpc"
	ExitTCP                AbilityID = "exit.tcp"
)

// AbilityIDs are all of them, in the order in which people read them.
func AbilityIDs() []AbilityID {
	return []AbilityID{
		EntryTerminate, EntryPassthrough, EntryFloor, EntryClientCertificate, EntryIdentityURI, EntryIdentityDNS, EntrySourceCIDRs, EntryJWT,
		EntryBackendTLS, EntryBackendEncrypted, EntryHTTPRoute, EntryGRPCRoute, EntryTCP, EntryTimeouts, EntryRetries, EntryWeights,
		EntryListenerSets, EntryInternal, EntryInternetFacing, EntryReplicas, EntryAnnotations, EntryAccessLogs, EntryMetrics, EntryAlerts,
		ExitGateway, ExitClientCertificate, ExitPinnedCA, ExitName, ExitFloor, ExitClosed, ExitGRPC, ExitTCP, ExitDirect,
	}
}

// Ability is one line of the capability matrix.
type Ability struct {
	ID            AbilityID
	Support       bool
	Distributions []string // that have it (or lack it); empty: all
	Since         string   // first version that has it
	Enforcer      string   // as posture.Enforcer
	How           string   // the field that says it, or, when unsupported, what the controller does instead
	Instead       string   // when unsupported: what works
	Source        string
	// NeedsPEM: the fleet must hold the roots themselves. The controller takes them from a Secret, and what is in that nothing else in
	// Git tells.
	NeedsPEM bool
}

// ReferenceRule says what the controller does when a referenced object is missing.
type ReferenceRule struct {
	From      string // kind and field, "ClientTrafficPolicy spec.tls.clientValidation.caCertificateRefs"
	To        string // kinds
	OnMissing string // closed, open, unknown
	Source    string
}

// Ability returns the line for an ability in a distribution and version, and whether the controller has it. The line of an
// unsupported ability is returned too: it says what to do instead. A profile without a line does not have the ability.
func (p Profile) Ability(id AbilityID, distribution, version string) (Ability, bool) {
	var last Ability
	found := false
	for _, a := range p.Abilities {
		if a.ID != id || !a.in(distribution) {
			continue
		}
		if a.Support && a.Since != "" && version != "" && CompareVersions(version, a.Since) < 0 {
			last, found = a, false
			last.Support = false
			last.Instead = "upgrade to " + a.Since + " or newer"
			continue
		}
		return a, a.Support
	}
	if last.ID == "" {
		last = Ability{ID: id, How: "the profile of " + p.Title + " does not know this", Instead: "another controller"}
	}
	return last, found
}

func (a Ability) in(distribution string) bool {
	if len(a.Distributions) == 0 {
		return true
	}
	return slices.Contains(a.Distributions, distribution)
}
