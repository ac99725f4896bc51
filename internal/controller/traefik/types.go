package traefik

// version is the only one that the group has.
const version = Group + "/v1alpha1"

// Kinds of the group, named as their CRDs are.
const (
	kindIngressRoute        = "IngressRoute"
	kindIngressRouteTCP     = "IngressRouteTCP"
	kindIngressRouteUDP     = "IngressRouteUDP"
	kindMiddleware          = "Middleware"
	kindMiddlewareTCP       = "MiddlewareTCP"
	kindServersTransport    = "ServersTransport"
	kindServersTransportTCP = "ServersTransportTCP"
	kindTLSOption           = "TLSOption"
	kindTLSStore            = "TLSStore"
	kindTraefikService      = "TraefikService"
)

// decoded is an object as it is read. Fields without bearing on a posture are `any`: known, and of no interest. Sources are the files of
// pkg/provider/kubernetes/crd/traefikio/v1alpha1; TestTypes holds the fields to the CRDs.
type decoded[S any] struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Metadata   any    `json:"metadata"`
	Spec       S      `json:"spec"`
	Status     any    `json:"status"`
}

// tlsOptionSpec is what listeners ask of clients (tlsoption.go).
type tlsOptionSpec struct {
	MinVersion               string      `json:"minVersion,omitempty"`
	MaxVersion               string      `json:"maxVersion,omitempty"`
	SNIStrict                bool        `json:"sniStrict,omitempty"`
	ClientAuth               *clientAuth `json:"clientAuth,omitempty"`
	CipherSuites             []string    `json:"cipherSuites,omitempty"`
	CurvePreferences         any         `json:"curvePreferences,omitempty"`
	ALPNProtocols            any         `json:"alpnProtocols,omitempty"`
	DisableSessionTickets    any         `json:"disableSessionTickets,omitempty"`
	PreferServerCipherSuites any         `json:"preferServerCipherSuites,omitempty"`
}

type clientAuth struct {
	SecretNames    []string `json:"secretNames,omitempty"`
	ClientAuthType string   `json:"clientAuthType,omitempty"`
}

// ingressRouteSpec is also that of IngressRouteTCP and, without rules and TLS, of IngressRouteUDP (ingressroute.go, ingressroutetcp.go,
// ingressrouteudp.go).
type ingressRouteSpec struct {
	Routes           []ingressRule `json:"routes"`
	TLS              *ingressTLS   `json:"tls,omitempty"`
	EntryPoints      any           `json:"entryPoints,omitempty"`
	IngressClassName any           `json:"ingressClassName,omitempty"`
	ParentRefs       any           `json:"parentRefs,omitempty"`
}

type ingressRule struct {
	Match         string       `json:"match,omitempty"`
	Services      []serviceRef `json:"services,omitempty"`
	Kind          any          `json:"kind,omitempty"`
	Priority      any          `json:"priority,omitempty"`
	Syntax        any          `json:"syntax,omitempty"`
	Middlewares   any          `json:"middlewares,omitempty"`
	Observability any          `json:"observability,omitempty"`
}

type ingressTLS struct {
	Passthrough  bool `json:"passthrough,omitempty"`
	Options      any  `json:"options,omitempty"`
	SecretName   any  `json:"secretName,omitempty"`
	Store        any  `json:"store,omitempty"`
	CertResolver any  `json:"certResolver,omitempty"`
	Domains      any  `json:"domains,omitempty"`
}

// serviceRef is where requests go, by whichever kind (ingressroute.go LoadBalancerSpec, ingressroutetcp.go ServiceTCP).
type serviceRef struct {
	Kind               string `json:"kind,omitempty"`
	Name               string `json:"name,omitempty"`
	Namespace          string `json:"namespace,omitempty"`
	ServersTransport   string `json:"serversTransport,omitempty"`
	Scheme             string `json:"scheme,omitempty"`
	Port               any    `json:"port,omitempty"`
	Middlewares        any    `json:"middlewares,omitempty"`
	Sticky             any    `json:"sticky,omitempty"`
	Strategy           any    `json:"strategy,omitempty"`
	PassHostHeader     any    `json:"passHostHeader,omitempty"`
	ResponseForwarding any    `json:"responseForwarding,omitempty"`
	Weight             any    `json:"weight,omitempty"`
	NativeLB           any    `json:"nativeLB,omitempty"`
	NodePortLB         any    `json:"nodePortLB,omitempty"`
	HealthCheck        any    `json:"healthCheck,omitempty"`
	PassiveHealthCheck any    `json:"passiveHealthCheck,omitempty"`
	TLS                any    `json:"tls,omitempty"`
	TerminationDelay   any    `json:"terminationDelay,omitempty"`
	ProxyProtocol      any    `json:"proxyProtocol,omitempty"`
}

// traefikServiceSpec is service.go.
type traefikServiceSpec struct {
	Weighted            *serviceList `json:"weighted,omitempty"`
	HighestRandomWeight *serviceList `json:"highestRandomWeight,omitempty"`
	Mirroring           *mirroring   `json:"mirroring,omitempty"`
	Failover            *failover    `json:"failover,omitempty"`
}

type serviceList struct {
	Services []serviceRef `json:"services,omitempty"`
	Sticky   any          `json:"sticky,omitempty"`
}

type mirroring struct {
	serviceRef
	Mirrors     []mirror `json:"mirrors,omitempty"`
	MirrorBody  any      `json:"mirrorBody,omitempty"`
	MaxBodySize any      `json:"maxBodySize,omitempty"`
}

type mirror struct {
	serviceRef
	Percent any `json:"percent,omitempty"`
}

type failover struct {
	Service  serviceRef `json:"service"`
	Fallback serviceRef `json:"fallback"`
	Errors   any        `json:"errors,omitempty"`
}

// middlewareSpec is middleware.go. The fields that are not `any` can tell pods another caller, or lead requests elsewhere.
type middlewareSpec struct {
	Chain             any             `json:"chain,omitempty"`
	Headers           *headers        `json:"headers,omitempty"`
	ForwardAuth       any             `json:"forwardAuth,omitempty"`
	BasicAuth         *authentication `json:"basicAuth,omitempty"`
	DigestAuth        *authentication `json:"digestAuth,omitempty"`
	Errors            any             `json:"errors,omitempty"`
	Plugin            any             `json:"plugin,omitempty"`
	AddPrefix         any             `json:"addPrefix,omitempty"`
	StripPrefix       any             `json:"stripPrefix,omitempty"`
	StripPrefixRegex  any             `json:"stripPrefixRegex,omitempty"`
	ReplacePath       any             `json:"replacePath,omitempty"`
	ReplacePathRegex  any             `json:"replacePathRegex,omitempty"`
	IPWhiteList       any             `json:"ipWhiteList,omitempty"`
	IPAllowList       any             `json:"ipAllowList,omitempty"`
	EncodedCharacters any             `json:"encodedCharacters,omitempty"`
	RateLimit         any             `json:"rateLimit,omitempty"`
	RedirectRegex     any             `json:"redirectRegex,omitempty"`
	RedirectScheme    any             `json:"redirectScheme,omitempty"`
	InFlightReq       any             `json:"inFlightReq,omitempty"`
	Buffering         any             `json:"buffering,omitempty"`
	CircuitBreaker    any             `json:"circuitBreaker,omitempty"`
	Compress          any             `json:"compress,omitempty"`
	PassTLSClientCert any             `json:"passTLSClientCert,omitempty"`
	Retry             any             `json:"retry,omitempty"`
	ContentType       any             `json:"contentType,omitempty"`
	GRPCWeb           any             `json:"grpcWeb,omitempty"`
}

// headers is pkg/config/dynamic/middlewares.go Headers.
type headers struct {
	CustomRequestHeaders              map[string]string `json:"customRequestHeaders,omitempty"`
	CustomResponseHeaders             any               `json:"customResponseHeaders,omitempty"`
	AccessControlAllowCredentials     any               `json:"accessControlAllowCredentials,omitempty"`
	AccessControlAllowHeaders         any               `json:"accessControlAllowHeaders,omitempty"`
	AccessControlAllowMethods         any               `json:"accessControlAllowMethods,omitempty"`
	AccessControlAllowOriginList      any               `json:"accessControlAllowOriginList,omitempty"`
	AccessControlAllowOriginListRegex any               `json:"accessControlAllowOriginListRegex,omitempty"`
	AccessControlExposeHeaders        any               `json:"accessControlExposeHeaders,omitempty"`
	AccessControlMaxAge               any               `json:"accessControlMaxAge,omitempty"`
	AddVaryHeader                     any               `json:"addVaryHeader,omitempty"`
	AllowedHosts                      any               `json:"allowedHosts,omitempty"`
	HostsProxyHeaders                 any               `json:"hostsProxyHeaders,omitempty"`
	SSLProxyHeaders                   any               `json:"sslProxyHeaders,omitempty"`
	STSSeconds                        any               `json:"stsSeconds,omitempty"`
	STSIncludeSubdomains              any               `json:"stsIncludeSubdomains,omitempty"`
	STSPreload                        any               `json:"stsPreload,omitempty"`
	ForceSTSHeader                    any               `json:"forceSTSHeader,omitempty"`
	FrameDeny                         any               `json:"frameDeny,omitempty"`
	CustomFrameOptionsValue           any               `json:"customFrameOptionsValue,omitempty"`
	ContentTypeNosniff                any               `json:"contentTypeNosniff,omitempty"`
	BrowserXSSFilter                  any               `json:"browserXssFilter,omitempty"`
	CustomBrowserXSSValue             any               `json:"customBrowserXSSValue,omitempty"`
	ContentSecurityPolicy             any               `json:"contentSecurityPolicy,omitempty"`
	ContentSecurityPolicyReportOnly   any               `json:"contentSecurityPolicyReportOnly,omitempty"`
	PublicKey                         any               `json:"publicKey,omitempty"`
	ReferrerPolicy                    any               `json:"referrerPolicy,omitempty"`
	PermissionsPolicy                 any               `json:"permissionsPolicy,omitempty"`
	IsDevelopment                     any               `json:"isDevelopment,omitempty"`
	FeaturePolicy                     any               `json:"featurePolicy,omitempty"`
	SSLRedirect                       any               `json:"sslRedirect,omitempty"`
	SSLTemporaryRedirect              any               `json:"sslTemporaryRedirect,omitempty"`
	SSLHost                           any               `json:"sslHost,omitempty"`
	SSLForceHost                      any               `json:"sslForceHost,omitempty"`
}

// authentication is BasicAuth and DigestAuth of middleware.go.
type authentication struct {
	HeaderField  string `json:"headerField,omitempty"`
	Secret       any    `json:"secret,omitempty"`
	Realm        any    `json:"realm,omitempty"`
	RemoveHeader any    `json:"removeHeader,omitempty"`
}

// serversTransportSpec is how Services are called (serverstransport.go).
type serversTransportSpec struct {
	ServerName          string   `json:"serverName,omitempty"`
	InsecureSkipVerify  bool     `json:"insecureSkipVerify,omitempty"`
	RootCAs             []rootCA `json:"rootCAs,omitempty"`
	RootCAsSecrets      []string `json:"rootCAsSecrets,omitempty"`
	CertificatesSecrets []string `json:"certificatesSecrets,omitempty"`
	CipherSuites        []string `json:"cipherSuites,omitempty"`
	MinVersion          string   `json:"minVersion,omitempty"`
	MaxVersion          string   `json:"maxVersion,omitempty"`
	PeerCertURI         string   `json:"peerCertURI,omitempty"`
	SPIFFE              any      `json:"spiffe,omitempty"`
	MaxIdleConnsPerHost any      `json:"maxIdleConnsPerHost,omitempty"`
	ForwardingTimeouts  any      `json:"forwardingTimeouts,omitempty"`
	DisableHTTP2        any      `json:"disableHTTP2,omitempty"`
}

// rootCA is RootCA of serverstransport.go.
type rootCA struct {
	Secret    *string `json:"secret,omitempty"`
	ConfigMap *string `json:"configMap,omitempty"`
}

// The rest matters only to what IngressRoutes lead to: it is decoded for fields that nobody knows.

type serversTransportTCPSpec struct {
	DialTimeout      any `json:"dialTimeout,omitempty"`
	DialKeepAlive    any `json:"dialKeepAlive,omitempty"`
	ProxyProtocol    any `json:"proxyProtocol,omitempty"`
	TerminationDelay any `json:"terminationDelay,omitempty"`
	TLS              any `json:"tls,omitempty"`
}

type middlewareTCPSpec struct {
	InFlightConn any `json:"inFlightConn,omitempty"`
	IPWhiteList  any `json:"ipWhiteList,omitempty"`
	IPAllowList  any `json:"ipAllowList,omitempty"`
}

type tlsStoreSpec struct {
	DefaultCertificate   any `json:"defaultCertificate,omitempty"`
	DefaultGeneratedCert any `json:"defaultGeneratedCert,omitempty"`
	Certificates         any `json:"certificates,omitempty"`
}
