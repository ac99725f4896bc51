package istio

// classicGatewaySpec is networking/v1alpha3/gateway.proto: Istio's own Gateway, older than Gateway API's.
type classicGatewaySpec struct {
	Selector map[string]string `json:"selector,omitempty"`
	Servers  []classicServer   `json:"servers,omitempty"`
}

type classicServer struct {
	Port            classicPort `json:"port"`
	Bind            any         `json:"bind,omitempty"`
	Hosts           []string    `json:"hosts,omitempty"`
	TLS             *serverTLS  `json:"tls,omitempty"`
	DefaultEndpoint any         `json:"defaultEndpoint,omitempty"`
	Name            string      `json:"name,omitempty"`
}

type classicPort struct {
	Number     int    `json:"number"`
	Protocol   string `json:"protocol"`
	Name       string `json:"name,omitempty"`
	TargetPort any    `json:"targetPort,omitempty"`
}

type serverTLS struct {
	HTTPSRedirect         bool     `json:"httpsRedirect,omitempty"`
	Mode                  string   `json:"mode,omitempty"`
	ServerCertificate     string   `json:"serverCertificate,omitempty"`
	PrivateKey            any      `json:"privateKey,omitempty"`
	CACertificates        string   `json:"caCertificates,omitempty"`
	CACRL                 string   `json:"caCrl,omitempty"`
	CredentialName        string   `json:"credentialName,omitempty"`
	CredentialNames       []string `json:"credentialNames,omitempty"`
	CACertCredentialName  string   `json:"caCertCredentialName,omitempty"`
	TLSCertificates       any      `json:"tlsCertificates,omitempty"`
	SubjectAltNames       []string `json:"subjectAltNames,omitempty"`
	VerifyCertificateSPKI []string `json:"verifyCertificateSpki,omitempty"`
	VerifyCertificateHash []string `json:"verifyCertificateHash,omitempty"`
	MinProtocolVersion    string   `json:"minProtocolVersion,omitempty"`
	MaxProtocolVersion    string   `json:"maxProtocolVersion,omitempty"`
	CipherSuites          any      `json:"cipherSuites,omitempty"`
	InsecureSkipVerify    *bool    `json:"insecureSkipVerify,omitempty"`
}

// virtualServiceSpec is networking/v1alpha3/virtual_service.proto.
type virtualServiceSpec struct {
	Hosts    []string         `json:"hosts,omitempty"`
	Gateways []string         `json:"gateways,omitempty"`
	HTTP     []virtualHTTP    `json:"http,omitempty"`
	TLS      []virtualForward `json:"tls,omitempty"`
	TCP      []virtualForward `json:"tcp,omitempty"`
	ExportTo any              `json:"exportTo,omitempty"`
}

type virtualHTTP struct {
	Name             any                  `json:"name,omitempty"`
	Match            []virtualMatch       `json:"match,omitempty"`
	Route            []virtualDestination `json:"route,omitempty"`
	Redirect         *virtualRedirect     `json:"redirect,omitempty"`
	DirectResponse   any                  `json:"directResponse,omitempty"`
	Delegate         *virtualDelegate     `json:"delegate,omitempty"`
	Rewrite          any                  `json:"rewrite,omitempty"`
	Timeout          any                  `json:"timeout,omitempty"`
	Retries          any                  `json:"retries,omitempty"`
	Fault            any                  `json:"fault,omitempty"`
	Mirror           *virtualTarget       `json:"mirror,omitempty"`
	Mirrors          []virtualMirror      `json:"mirrors,omitempty"`
	MirrorPercent    any                  `json:"mirrorPercent,omitempty"`
	OldMirrorPercent any                  `json:"mirror_percent,omitempty"` // the CRD still has it
	MirrorPercentage any                  `json:"mirrorPercentage,omitempty"`
	CORSPolicy       any                  `json:"corsPolicy,omitempty"`
	Headers          *virtualHeaders      `json:"headers,omitempty"`
}

type virtualDelegate struct {
	Name      string `json:"name,omitempty"`
	Namespace string `json:"namespace,omitempty"`
}

type virtualHeaders struct {
	Request  *headerOperations `json:"request,omitempty"`
	Response any               `json:"response,omitempty"`
}

type headerOperations struct {
	Set    map[string]string `json:"set,omitempty"`
	Add    map[string]string `json:"add,omitempty"`
	Remove []string          `json:"remove,omitempty"`
}

type virtualMatch struct {
	URI             any      `json:"uri,omitempty"`
	Gateways        []string `json:"gateways,omitempty"`
	Name            any      `json:"name,omitempty"`
	Scheme          any      `json:"scheme,omitempty"`
	Method          any      `json:"method,omitempty"`
	Authority       any      `json:"authority,omitempty"`
	Headers         any      `json:"headers,omitempty"`
	Port            any      `json:"port,omitempty"`
	SourceLabels    any      `json:"sourceLabels,omitempty"`
	QueryParams     any      `json:"queryParams,omitempty"`
	IgnoreURICase   any      `json:"ignoreUriCase,omitempty"`
	WithoutHeaders  any      `json:"withoutHeaders,omitempty"`
	SourceNamespace any      `json:"sourceNamespace,omitempty"`
	StatPrefix      any      `json:"statPrefix,omitempty"`
}

type virtualRedirect struct {
	Scheme       string `json:"scheme,omitempty"`
	URI          any    `json:"uri,omitempty"`
	Authority    any    `json:"authority,omitempty"`
	RedirectCode any    `json:"redirectCode,omitempty"`
	Port         any    `json:"port,omitempty"`
	DerivePort   any    `json:"derivePort,omitempty"`
	PrefixRw     any    `json:"prefixRewrite,omitempty"`
}

type virtualDestination struct {
	Destination virtualTarget   `json:"destination"`
	Weight      *int            `json:"weight,omitempty"`
	Headers     *virtualHeaders `json:"headers,omitempty"`
}

type virtualMirror struct {
	Destination virtualTarget `json:"destination"`
	Percentage  any           `json:"percentage,omitempty"`
}

type virtualTarget struct {
	Host   string        `json:"host"`
	Subset string        `json:"subset,omitempty"`
	Port   *portSelector `json:"port,omitempty"`
}

type virtualForward struct {
	Match any                  `json:"match,omitempty"`
	Route []virtualDestination `json:"route,omitempty"`
}
