package awslb

// The TLS policies of Elastic Load Balancing: what a listener gets when nothing names one, and the one that is written.
const (
	// defaultPolicy is the built-in value of the controller's flag --default-ssl-policy (pkg/config/controller_config.go).
	defaultPolicy = "ELBSecurityPolicy-2016-08"
	strictPolicy  = "ELBSecurityPolicy-TLS13-1-3-2021-06"
)

// versions are the lowest and the highest TLS version of a policy, and the families of suites that it has for versions before 1.3.
type versions struct{ lowest, highest, ciphers string }

// families are suites that policies have or have not together (the page's tables "Ciphers by policy"), the letters of versions.ciphers.
var families = map[rune]string{
	'g': "ECDHE with AES-GCM", 'c': "ECDHE with AES-CBC and SHA-2", 's': "ECDHE with AES-CBC and SHA-1",
	'r': "RSA key exchange with SHA-2", 't': "RSA key exchange with SHA-1", 'd': "3DES",
}

// suites are the families of a policy.
func (v versions) suites() []string {
	out := []string{}
	for _, letter := range v.ciphers {
		out = append(out, families[letter])
	}
	return out
}

// known tells the TLS versions of a policy by its name, and whether the name is one that AWS has. Source:
// docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html (and …/network/… for NLBs), as of 2026-08. A policy
// with PQ in its name has the suites of the one without, and more ways to exchange keys.
func known(policy string) (versions, bool) {
	v, ok := map[string]versions{
		"ELBSecurityPolicy-TLS13-1-3-2021-06":         {"1.3", "1.3", ""},
		"ELBSecurityPolicy-TLS13-1-3-PQ-2025-09":      {"1.3", "1.3", ""},
		"ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04":    {"1.3", "1.3", ""},
		"ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09": {"1.3", "1.3", ""},

		"ELBSecurityPolicy-TLS13-1-2-2021-06":              {"1.2", "1.3", "gc"},
		"ELBSecurityPolicy-TLS13-1-2-Res-2021-06":          {"1.2", "1.3", "g"},
		"ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06":         {"1.2", "1.3", "gcr"},
		"ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06":         {"1.2", "1.3", "gcsrt"},
		"ELBSecurityPolicy-TLS13-1-2-PQ-2025-09":           {"1.2", "1.3", "gc"},
		"ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09":       {"1.2", "1.3", "g"},
		"ELBSecurityPolicy-TLS13-1-2-Ext1-PQ-2025-09":      {"1.2", "1.3", "gcr"},
		"ELBSecurityPolicy-TLS13-1-2-Ext2-PQ-2025-09":      {"1.2", "1.3", "gcsrt"},
		"ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04":         {"1.2", "1.3", "gc"},
		"ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04":     {"1.2", "1.3", "g"},
		"ELBSecurityPolicy-TLS13-1-2-Ext0-FIPS-2023-04":    {"1.2", "1.3", "gcs"},
		"ELBSecurityPolicy-TLS13-1-2-Ext1-FIPS-2023-04":    {"1.2", "1.3", "gcr"},
		"ELBSecurityPolicy-TLS13-1-2-Ext2-FIPS-2023-04":    {"1.2", "1.3", "gcsrt"},
		"ELBSecurityPolicy-TLS13-1-2-FIPS-PQ-2025-09":      {"1.2", "1.3", "gc"},
		"ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09":  {"1.2", "1.3", "g"},
		"ELBSecurityPolicy-TLS13-1-2-Ext0-FIPS-PQ-2025-09": {"1.2", "1.3", "gcs"},
		"ELBSecurityPolicy-TLS13-1-2-Ext1-FIPS-PQ-2025-09": {"1.2", "1.3", "gcr"},
		"ELBSecurityPolicy-TLS13-1-2-Ext2-FIPS-PQ-2025-09": {"1.2", "1.3", "gcsrt"},

		"ELBSecurityPolicy-TLS13-1-1-2021-06":         {"1.1", "1.3", "gcsrt"},
		"ELBSecurityPolicy-TLS13-1-1-FIPS-2023-04":    {"1.1", "1.3", "gcsrt"},
		"ELBSecurityPolicy-TLS13-1-0-2021-06":         {"1.0", "1.3", "gcsrt"},
		"ELBSecurityPolicy-TLS13-1-0-PQ-2025-09":      {"1.0", "1.3", "gcsrt"},
		"ELBSecurityPolicy-TLS13-1-0-FIPS-2023-04":    {"1.0", "1.3", "gcsrt"},
		"ELBSecurityPolicy-TLS13-1-0-FIPS-PQ-2025-09": {"1.0", "1.3", "gcsrt"},

		"ELBSecurityPolicy-FS-1-2-Res-2020-10":  {"1.2", "1.2", "g"},
		"ELBSecurityPolicy-FS-1-2-Res-2019-08":  {"1.2", "1.2", "gc"},
		"ELBSecurityPolicy-FS-1-2-2019-08":      {"1.2", "1.2", "gcs"},
		"ELBSecurityPolicy-FS-1-1-2019-08":      {"1.1", "1.2", "gcs"},
		"ELBSecurityPolicy-FS-2018-06":          {"1.0", "1.2", "gcs"},
		"ELBSecurityPolicy-TLS-1-2-Ext-2018-06": {"1.2", "1.2", "gcsrt"},
		"ELBSecurityPolicy-TLS-1-2-2017-01":     {"1.2", "1.2", "gcr"},
		"ELBSecurityPolicy-TLS-1-1-2017-01":     {"1.1", "1.2", "gcsrt"},
		"ELBSecurityPolicy-TLS-1-0-2015-04":     {"1.0", "1.2", "gcsrtd"},
		"ELBSecurityPolicy-2016-08":             {"1.0", "1.2", "gcsrt"},
		"ELBSecurityPolicy-2015-05":             {"1.0", "1.2", "gcsrt"},
	}[policy]
	return v, ok
}
