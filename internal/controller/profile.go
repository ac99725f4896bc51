package controller

// Profile is what one controller can enforce and how, as data. Every line carries its source.
type Profile struct {
	Name           string   // envoy-gateway
	Title          string   // Envoy Gateway
	ControllerName string   // GatewayClass.spec.controllerName
	Classes        []string // class names that mean this controller when no GatewayClass object says otherwise
	// Kinds lists, per API group of the controller, the kinds whose meaning the reader knows; any other kind of that group in a
	// cluster of this controller is unknown/kind.
	Kinds map[string][]string
	// APIVersions are the versions in which the API server serves each of those groups; an object of another one is refused.
	APIVersions map[string][]string
	Versions    []VersionRange
	Abilities   []Ability
	References  []ReferenceRule
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
	EntryHTTPRoute         AbilityID = "entry.httpRoute"
	ExitGateway            AbilityID = "exit.gateway"
	ExitClientCertificate  AbilityID = "exit.clientCertificate"
	ExitPinnedCA           AbilityID = "exit.pinnedCA"
	ExitName               AbilityID = "exit.name"
	ExitFloor              AbilityID = "exit.tls13" // by the egress gateway itself; without it the matched entry must have it
	ExitClosed             AbilityID = "exit.closed"
	ExitDirect             AbilityID = "exit.direct"
)

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
	for _, d := range a.Distributions {
		if d == distribution {
			return true
		}
	}
	return false
}
