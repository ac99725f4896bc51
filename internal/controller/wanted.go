package controller

import "github.com/gatespan/gatespan/internal/posture"

// Wanted is what the fleet's exposures ask of this cluster; empty lists for a fleet of clusters only.
type Wanted struct {
	Entries []WantedEntry `json:"entries"`
	Exits   []WantedExit  `json:"exits"`
	// Abilities are what the exposures use of the cluster's controller, sorted: what decides which prerequisites matter.
	Abilities []AbilityID `json:"abilities"`
}

// WantedEntry is one exposure's listener and what is behind it.
type WantedEntry struct {
	Exposure      string             `json:"exposure"`
	Gateway       posture.Subject    `json:"gateway"`  // that carries the listener, with Listener
	Listener      posture.Subject    `json:"listener"` // who declares it: the Gateway, or one of its ListenerSets
	Hostname      string             `json:"hostname"`
	Port          int                `json:"port"`
	Mode          string             `json:"mode"`
	MinTLS        string             `json:"minTLS"`
	TrustDomain   string             `json:"trustDomain"`
	SHA256        []string           `json:"sha256"`
	PinIdentities bool               `json:"pinIdentities"`
	Identities    []posture.Identity `json:"identities"`  // all declared ones, as the reader writes them (type uri or dns, match exact)
	SourceCIDRs   []string           `json:"sourceCIDRs"` // of the consumers' clusters; empty when one of them declares none
	Service       posture.Subject    `json:"service"`
	ServicePort   int                `json:"servicePort"`
	Pods          posture.Labels     `json:"pods"`
	BackendName   string             `json:"backendName"`
	BackendSHA256 []string           `json:"backendSHA256"`
	// Services are the names of all Services that the exposure's traffic may be split over, Service's own included, sorted.
	Services []string `json:"services"`
	Protocol string   `json:"protocol"` // HTTP, GRPC, TCP
	// Attested: the fleet says who answers for what the gateway cannot check: that the pods verify clients and have the floor
	// (Passthrough), or that nobody else answers for them (a gateway that checks no certificate of its backends).
	Attested bool       `json:"attested"`
	JWT      *WantedJWT `json:"jwt"` // null when the exposure asks for none
	// Issuer signs the listener's certificate; null when it is not cert-manager's to make.
	Issuer *IssuerRef `json:"issuer"`
	// Developers are who may change the exposure's routes and grants: subjects of kind Group, User and ServiceAccount.
	Developers []posture.Subject `json:"developers"`
}

// Is reports whether an entry is the wanted listener. The name alone does not tell: a ListenerSet may have the Gateway's own.
func (w WantedEntry) Is(e posture.Entry) bool {
	gateway := w.Gateway
	gateway.Listener = ""
	return e.Subject == w.Listener && e.Gateway == gateway
}

// WantedJWT is the token that an exposure asks for beside the client's certificate.
type WantedJWT struct {
	Issuer    string   `json:"issuer"`
	Audiences []string `json:"audiences"`
	JWKSURI   string   `json:"jwksURI"`
}

// WantedExit is one exposure as one consumer calls it.
type WantedExit struct {
	Exposure string          `json:"exposure"`
	Consumer string          `json:"consumer"`
	Via      string          `json:"via"`
	Gateway  posture.Subject `json:"gateway"` // the egress Gateway; the workload when direct
	Hostname string          `json:"hostname"`
	Port     int             `json:"port"`
	SHA256   []string        `json:"sha256"`
	MinTLS   string          `json:"minTLS"`
	FloorBy  string          `json:"floorBy"` // gateway, peer, workload, attested (pods behind a passthrough listener)
	URL      string          `json:"url"`     // what the consumer's pods call, without a path
	// Identity is what the consumer's certificate says, and EnforcedBy who tells it from the trust domain's others.
	Identity   posture.Identity `json:"identity"`
	EnforcedBy posture.Enforcer `json:"enforcedBy"`
	// Issuer signs the consumer's certificate; null when it is not cert-manager's to make.
	Issuer *IssuerRef `json:"issuer"`
	// Developers are who may change the consumer's routes.
	Developers []posture.Subject `json:"developers"`
}
