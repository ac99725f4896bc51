// Package posture is the model of what would be enforced in one cluster: the ways in (entries), the ways out (exits), the
// grants between namespaces, the ways around them, and everything that was not understood.
//
// A controller's reader fills it; rules, the change between two revisions and the reports read it. It knows no controller.
// Every value that can be more or less strict is a Setting: the value, who makes it hold, and the field that decided it.
// The JSON names are what rules see as input.posture.
package posture

import (
	"cmp"
	"fmt"
	"strings"
)

// Posture is the effective state of one cluster. Lists are sorted by their subject, so that the same objects always give the
// same bytes.
type Posture struct {
	Entries    []Entry     `json:"entries"`
	Exits      []Exit      `json:"exits"`
	Grants     []Grant     `json:"grants"`
	References []Reference `json:"references"`
	Ways       []Way       `json:"ways"`
	Hatches    []Hatch     `json:"hatches"`
	Services   []Service   `json:"services"`
	Secrets    []Secret    `json:"secrets"`
	// Certificates are those that cert-manager makes; of others Git holds nothing to judge.
	Certificates []Certificate `json:"certificates"`
	// Prerequisites are what the cluster's controller needs of its installation, as far as the wanted exposures or the Gateways use it.
	Prerequisites []Prerequisite `json:"prerequisites"`
	// Installations are the controllers that have Gateways here, as their profiles judge what the fleet says of them.
	Installations []Installation `json:"installations"`
	// Powers are what RBAC in Git lets whom do to what protects the exposed gateways; empty where no gateway is exposed.
	Powers      []Power      `json:"powers"`
	Unknowns    []Unknown    `json:"unknowns"`
	Assumptions []Assumption `json:"assumptions"`
	// Destinations are what workloads may call by themselves, whatever is said of the calls: a call of one that is still there and presents
	// no certificate any more is not gone.
	Destinations []Destination `json:"-"`
	// Authorizations are what no entry counts on, and what must not be less than it was.
	Authorizations []Authorization `json:"-"`
}

// Ref names an object and, where one decided, its field.
type Ref struct {
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
	Field      string `json:"field,omitempty"` // a path as in package object; the nearest existing parent when absent is what decided
}

// Subject is what is safe or unsafe: a listener of a Gateway or ListenerSet, a Service, a workload, a grant.
type Subject struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	Listener  string `json:"listener,omitempty"`
}

// Enforcer says who makes a setting hold.
type Enforcer string

// The enforcers; see the words in the README.
const (
	ByGateway     Enforcer = "gateway"     // the gateway's own data plane
	ByMesh        Enforcer = "mesh"        // the service mesh around it
	ByPeer        Enforcer = "peer"        // the matched other end
	ByTrustDomain Enforcer = "trustDomain" // the CA signs nobody else
	ByWorkload    Enforcer = "workload"    // the pod itself, attested
	ByNetwork     Enforcer = "network"     // load balancer, security group or NetworkPolicy
	ByNobody      Enforcer = "none"
)

// Setting is one value of the posture, who enforces it, and the field that decided it.
type Setting[T any] struct {
	Value    T        `json:"value"`
	Enforcer Enforcer `json:"enforcer"`
	By       Ref      `json:"by"`
	// Why completes a message: "mode is VerifyIfGiven", "no ClientTrafficPolicy targets it". One clause, no period.
	Why string `json:"why"`
}

// Client authentication of an entry, strictest first. An unverified certificate is as good as none.
const (
	ClientRequired = "required" // a certificate that chains to ClientCA, or the handshake (or every request) fails
	ClientOptional = "optional" // verified when given
	ClientNone     = "none"     // not asked for, or not verified
)

// What an entry does with TLS.
const (
	TLSTerminate   = "terminate"
	TLSPassthrough = "passthrough"
	TLSNone        = "none" // plaintext
)

// Where an entry can be reached from.
const (
	SchemeInternetFacing = "internet-facing"
	SchemeInternal       = "internal" // a private load balancer
	SchemeCluster        = "cluster"  // a ClusterIP Service: pods of this cluster only
	SchemeUnknown        = "unknown"
)

// ProbeHTTPS: the load balancer shakes hands with the listener itself, without a client certificate.
const ProbeHTTPS = "https"

// Entry is one way in: one effective listener.
type Entry struct {
	Subject    Subject `json:"subject"`
	Gateway    Subject `json:"gateway"` // the Gateway that carries it: the subject's own, or a ListenerSet's parent
	Controller string  `json:"controller"`
	Class      string  `json:"class"`
	Labels     Labels  `json:"labels"` // of the Gateway object
	Listener   Ref     `json:"listener"`

	Port      int      `json:"port"`
	Protocol  string   `json:"protocol"`  // as the listener says: HTTP, HTTPS, TLS, TCP, UDP
	Hostnames []string `json:"hostnames"` // empty: every name
	// Served is false when the controller refuses the listener (an invalid CA or certificate reference): closed.
	Served Setting[bool]   `json:"served"`
	Scheme Setting[string] `json:"scheme"`

	Attachment Setting[Attachment] `json:"attachment"`
	TLS        Setting[string]     `json:"tls"`    // TLSTerminate, TLSPassthrough, TLSNone
	MinTLS     Setting[string]     `json:"minTLS"` // "1.0" … "1.3"; "" with TLSNone or TLSPassthrough
	MaxTLS     Setting[string]     `json:"maxTLS"`
	// Ciphers are the families of suites that it accepts below TLS 1.3; nil where they are not known. Compared with the base, and judged by
	// no rule.
	Ciphers     Setting[[]string]    `json:"-"`
	HTTP3       Setting[bool]        `json:"http3"`
	Resumption  Setting[bool]        `json:"resumption"` // TLS session resumption that skips client verification
	ClientAuth  Setting[string]      `json:"clientAuth"`
	ClientCA    Setting[[]Anchor]    `json:"clientCA"`
	Identities  Setting[Identities]  `json:"identities"`
	Expired     Setting[bool]        `json:"expired"`    // expired client certificates are accepted
	Revocation  Setting[string]      `json:"revocation"` // "none", "leaf", "chain"
	Forwarding  Setting[string]      `json:"forwarding"` // identity header: "sanitize", "append", "forward" (a client can forge it)
	SourceCIDRs Setting[SourceCIDRs] `json:"sourceCIDRs"`
	Probe       Setting[string]      `json:"probe"` // how the load balancer asks whether the proxies live: ProbeHTTPS, or ""
	JWT         Setting[JWT]         `json:"jwt"`   // the least that any of its routes asks of a request

	Routes []Route `json:"routes"`
}

// Labels is an alias that keeps struct lines short.
type Labels = map[string]string

// Attachment is who may attach routes (and, for a Gateway, listeners) to an entry.
type Attachment struct {
	Everybody  bool     `json:"everybody"`  // any namespace, also by a selector that matches (nearly) all
	Namespaces []string `json:"namespaces"` // known namespaces, sorted; the entry's own included where it may
	Selector   string   `json:"selector"`   // the label selector as written, when there is one
	Kinds      []string `json:"kinds"`      // "group/Kind", sorted; empty: whatever the protocol allows
	Listeners  bool     `json:"listeners"`  // ListenerSets of other namespaces may add listeners to the Gateway
}

// Anchor is one trust anchor: a CA bundle that an object holds, or the system's roots.
type Anchor struct {
	Ref    Ref      `json:"ref"`              // the ConfigMap or Secret
	SHA256 []string `json:"sha256,omitempty"` // of each root, DER, hex; known when its PEM is in Git or the fleet declares it
	System bool     `json:"system,omitempty"` // any public CA
	// Source says how the content is known: "git", "fleet" (a declared trust domain), "secret" (content outside Git), "missing", "unknown"
	// (there, but not understood; an Unknown says why).
	Source      string `json:"source"`
	TrustDomain string `json:"trustDomain,omitempty"` // of the fleet, when the bundle is one of its
	// Made is where an object in Git takes content from that is not: an issuer, a vault. To be compared.
	Made string `json:"made,omitempty"`
	// Roots is what its certificates say of themselves, as far as their PEM is in Git.
	Roots []Root `json:"roots,omitempty"`
}

// Root is one certificate of a bundle in Git. Days are in UTC, YYYY-MM-DD.
type Root struct {
	By        Ref    `json:"by"` // what holds its PEM
	SHA256    string `json:"sha256"`
	Subject   string `json:"subject"` // as RFC 2253 writes it
	NotBefore string `json:"notBefore"`
	NotAfter  string `json:"notAfter"` // the last day
	// Weak says why it is no root to rely on: its key, its signature, or that it is no CA's. One clause each.
	Weak []string `json:"weak"`
}

// Identities is who among the holders of a certificate is accepted.
type Identities struct {
	Everybody bool       `json:"everybody"` // whoever the CA signs
	Accepted  []Identity `json:"accepted"`  // sorted; they are alternatives
}

// Identity is one accepted name.
type Identity struct {
	Type  string `json:"type"`  // uri, dns, email, ip, principal (SPIFFE without its scheme), hash, other
	Match string `json:"match"` // exact, prefix, suffix, regex
	Value string `json:"value"`
}

// What an entry does about JSON Web Tokens, strictest first.
const (
	JWTRequired = "required" // a request without a valid token is refused
	JWTOptional = "optional" // an invalid token is refused, or only looked at; none is let through
	JWTNone     = "none"
)

// JWT is what a request must carry beside the client's certificate.
type JWT struct {
	Value     string   `json:"value"`     // JWTRequired, JWTOptional, JWTNone
	Issuers   []string `json:"issuers"`   // sorted alternatives; empty with JWTRequired: any issuer
	Audiences []string `json:"audiences"` // sorted alternatives; empty with JWTRequired: any audience
	Keys      []string `json:"keys"`      // where those that sign are taken from, sorted alternatives; empty: no key is believed
}

// String is the setting as a reviewer reads it: "required of https://issuer.example.com for relay".
func (j JWT) String() string {
	if j.Value != JWTRequired {
		return j.Value
	}
	return fmt.Sprintf("%s of %s for %s", j.Value, cmp.Or(strings.Join(j.Issuers, ", "), "any issuer"), cmp.Or(strings.Join(j.Audiences, ", "), "any audience"))
}

// SourceCIDRs is which addresses may connect.
type SourceCIDRs struct {
	Everybody bool     `json:"everybody"`
	CIDRs     []string `json:"cidrs"`
	Trusted   bool     `json:"trusted"` // the source address survives the way to whoever compares it
}

// Route is one route object attached to an entry.
type Route struct {
	Ref          Ref       `json:"ref"`
	Hostnames    []string  `json:"hostnames"` // the intersection with the entry's; empty: the entry's
	Paths        []string  `json:"paths"`     // "PathPrefix /v1"; empty: all
	RedirectOnly bool      `json:"redirectOnly"`
	Backends     []Backend `json:"backends"`
	Mirrors      []Backend `json:"mirrors"`
	// Headers lists names of identity headers (x-forwarded-client-cert and the like) that a filter sets, adds or removes.
	Headers []Header `json:"headers"`
	// Asks is what its rules ask of requests beside what the entry does; compared with the base and judged by no rule.
	Asks []Asked `json:"-"`
}

// Asked is what a rule of a route asks of the requests that one of its matches takes.
type Asked struct {
	By      Ref      // the rule
	Path    string   // "PathPrefix /v1"
	Match   string   // the path, and what else a request must have for the rule
	Demands []Demand // empty: nothing
}

// Demand is one thing that a request must pass: where it comes from, a password, the consent of another server.
type Demand struct {
	By      Ref
	What    string   // in one form: another text may ask for less
	Sources []string // the addresses that pass, where it is about them
}

// Header is an identity header that a route changes.
type Header struct {
	Name string `json:"name"`
	Does string `json:"does"` // set, add, remove
	By   Ref    `json:"by"`
}

// Backend is one destination of a route, and the hop to it.
type Backend struct {
	Ref       Ref    `json:"ref"`  // Service, Backend, ServiceEntry host, …
	From      Ref    `json:"from"` // the backendRef in the route
	Port      int    `json:"port"`
	Weight    int    `json:"weight"`
	Granted   bool   `json:"granted"` // same namespace, or a ReferenceGrant of the cluster allows it
	Exists    bool   `json:"exists"`
	External  bool   `json:"external"`  // leaves the cluster (ExternalName, ServiceEntry, Backend with an FQDN or IP)
	ExitIndex int    `json:"exitIndex"` // index in Posture.Exits when External, otherwise -1
	Host      string `json:"host,omitempty"`

	TLS    Setting[string]   `json:"tls"` // TLSNone, "tls", "mesh"
	CA     Setting[[]Anchor] `json:"ca"`
	Name   Setting[string]   `json:"name"` // the name checked in the certificate; "" when none is
	MinTLS Setting[string]   `json:"minTLS"`
	// Certificate is what the gateway presents, as in Exit; compared with the base and judged by no rule: pods may well ask for none.
	Certificate Setting[string] `json:"-"`
}

// Exit is one way out of the cluster that originates TLS, or should: one destination of an egress gateway, or a workload
// that calls for itself.
type Exit struct {
	Subject     Subject `json:"subject"` // the egress Gateway's listener; the workload for a direct exit
	Gateway     Subject `json:"gateway"` // zero for a direct exit
	Controller  string  `json:"controller"`
	Destination Ref     `json:"destination"` // Backend, ServiceEntry, ConfigMap of a direct exit
	Host        string  `json:"host"`        // DNS name or address that is dialled
	Port        int     `json:"port"`
	Paths       []Ref   `json:"paths"` // routes that lead to it

	TLS         Setting[string]   `json:"tls"` // TLSNone, "tls"
	MinTLS      Setting[string]   `json:"minTLS"`
	Certificate Setting[string]   `json:"certificate"` // "Secret namespace/name" presented; "" for none
	CA          Setting[[]Anchor] `json:"ca"`
	Names       Setting[[]string] `json:"names"` // names checked in the server's certificate; empty: any name of the CA
	SNI         string            `json:"sni"`
	Users       Setting[Users]    `json:"users"`
}

// Destination is a host and port outside of the cluster that an object names, or that a setting for some workload is for.
type Destination struct {
	Subject Subject // the workload; zero for any
	By      Ref
	Host    string
	Port    int
}

// Authorization is a list of statements about who may call, which a gateway asks in addition to what its entries hold.
type Authorization struct {
	By    Ref
	Over  Ref      // the Gateway or route that it is for
	Allow []string // statements, each in one form
	Deny  []string // one that is not understood is in both
}

// Users is who may use an exit, and so borrows its certificate.
type Users struct {
	Everybody  bool     `json:"everybody"`
	Principals []string `json:"principals"` // mesh identities, e.g. cluster.local/ns/orders/sa/orders
	Pods       []string `json:"pods"`       // "namespace: label=value,…" as a NetworkPolicy admits them
}

// Grant is one pair of `from` and `to` of a ReferenceGrant.
type Grant struct {
	Subject       Subject  `json:"subject"`
	By            Ref      `json:"by"` // the ReferenceGrant, field at its `to`
	FromBy        Ref      `json:"fromBy"`
	FromGroup     string   `json:"fromGroup"`
	FromKind      string   `json:"fromKind"`
	FromNamespace string   `json:"fromNamespace"`
	ToGroup       string   `json:"toGroup"`
	ToKind        string   `json:"toKind"`
	ToName        string   `json:"toName"` // "" for every object of the kind
	UsedBy        []string `json:"usedBy"` // what refers through it, "HTTPRoute edge/relay"; empty: nothing does
}

// Reference is one reference that a reader followed: a certificate, a CA bundle, a backend.
type Reference struct {
	From Ref `json:"from"` // the referring object, and its field
	To   Ref `json:"to"`
	// Resolved: "object" (it is in the cluster's overlays), "maker" (an object makes it: Certificate, ExternalSecret, …),
	// "fleet" (declared), "" (nothing makes it).
	Resolved  string `json:"resolved"`
	OnMissing string `json:"onMissing"` // closed, open, unknown: what the controller does without it
	CrossNS   bool   `json:"crossNamespace"`
	Granted   bool   `json:"granted"` // same namespace, or a ReferenceGrant allows it
	Ignored   string `json:"ignored"` // why the grant does not matter to the controller, if so
}

// Way is a way around the gateway to pods or a Service.
type Way struct {
	Subject  Subject `json:"subject"`  // the object that opens it
	Via      string  `json:"via"`      // load-balancer, node-port, external-ip, host-port, host-network, ingress, endpoints, external-name, classic-route
	Service  Subject `json:"service"`  // the Service that it reaches; zero when it reaches pods
	Pods     Labels  `json:"pods"`     // labels of the pods that it reaches
	Selector Labels  `json:"selector"` // of the Service
	By       Ref     `json:"by"`
	Why      string  `json:"why"`
}

// Hatch is an escape hatch: configuration of a controller that can undo what the other fields say (EnvoyPatchPolicy,
// EnvoyFilter, Lua, Wasm, bootstrap replacement).
type Hatch struct {
	Subject  Subject   `json:"subject"`
	By       Ref       `json:"by"`
	Gateways []Subject `json:"gateways"` // that it may touch; empty: all of the cluster
	Why      string    `json:"why"`
}

// Service is a Service with what is behind it: what rules need to know which pods are exposed.
type Service struct {
	Subject  Subject        `json:"subject"`
	Ref      Ref            `json:"ref"`
	Type     string         `json:"type"`
	Selector Labels         `json:"selector"`
	Ports    map[string]int `json:"ports"` // by port name, or by number as text where it has none
	// Network is who may reach its pods according to NetworkPolicies; judged only where the cluster names an engine.
	Network Setting[Peers] `json:"network"`
	// Reach is the same of each of its ports, by number as text; rules judge all ports alike.
	Reach map[string]Setting[Peers] `json:"-"`
}

// Peers is who may reach pods.
type Peers struct {
	Everybody bool     `json:"everybody"` // no NetworkPolicy restricts them, or one admits all
	Admitted  []string `json:"admitted"`  // sorted; "namespaces{…} pods{…} ports{…}" as written
}

// Secret is a private key or Secret value that is in Git. The value itself is never kept.
type Secret struct {
	By  Ref    `json:"by"`
	Why string `json:"why"`
}

// Certificate is one that cert-manager makes, and what it is for.
type Certificate struct {
	Subject  Subject   `json:"subject"`
	Secret   string    `json:"secret"`   // that holds it, "namespace/name"
	Serves   []Subject `json:"serves"`   // listeners that end TLS with it
	Presents []Subject `json:"presents"` // who calls with it
	Roots    []Subject `json:"roots"`    // who takes the roots that come with it
	// Purposes are its extended usages, such as "client auth"; empty: any purpose.
	Purposes Setting[[]string]   `json:"purposes"`
	CA       Setting[bool]       `json:"ca"`    // its key can sign certificates
	Names    Setting[[]Identity] `json:"names"` // as identities: types uri, dns, ip, email, other
	Issuer   Setting[Issuer]     `json:"issuer"`
	Days     Setting[int]        `json:"days"` // how long it is valid
}

// Issuer is who signs a certificate.
type Issuer struct {
	Group string `json:"group"`
	Kind  string `json:"kind"`
	Name  string `json:"name"`
	// Type is selfSigned, ca, acme, vault or venafi; "" when the issuer is not in Git, or of somebody else's kind.
	Type string `json:"type"`
	By   Ref    `json:"by"` // what decided the type; zero when unknown
}

// Unknown is something that was not understood and could make an entry or exit less strict.
type Unknown struct {
	// Rule is the last part of the rule's id: controller, kind, field, newer-field, value, variable, root, version.
	Rule    string  `json:"rule"`
	Subject Subject `json:"subject"`
	By      Ref     `json:"by"`
	Why     string  `json:"why"` // one clause, no period
}

// Assumption is something outside Git that a verdict rests on.
type Assumption struct {
	By   Ref    `json:"by"`
	Text string `json:"text"`
}
