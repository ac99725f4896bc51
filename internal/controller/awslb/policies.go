package awslb

// The TLS policies of Elastic Load Balancing: what a listener gets when nothing names one, and the one that is written.
const (
	// defaultPolicy is the built-in value of the controller's flag --default-ssl-policy (pkg/config/controller_config.go).
	defaultPolicy = "ELBSecurityPolicy-2016-08"
	strictPolicy  = "ELBSecurityPolicy-TLS13-1-3-2021-06"
)

// versions are the lowest and the highest TLS version of a policy.
type versions struct{ lowest, highest string }

// known tells the TLS versions of a policy by its name, and whether the name is one that AWS has. Source:
// docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html (and …/network/… for NLBs), as of 2026-08.
func known(policy string) (versions, bool) {
	v, ok := map[string]versions{
		"ELBSecurityPolicy-TLS13-1-3-2021-06":         {"1.3", "1.3"},
		"ELBSecurityPolicy-TLS13-1-3-PQ-2025-09":      {"1.3", "1.3"},
		"ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04":    {"1.3", "1.3"},
		"ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09": {"1.3", "1.3"},

		"ELBSecurityPolicy-TLS13-1-2-2021-06":              {"1.2", "1.3"},
		"ELBSecurityPolicy-TLS13-1-2-Res-2021-06":          {"1.2", "1.3"},
		"ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06":         {"1.2", "1.3"},
		"ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06":         {"1.2", "1.3"},
		"ELBSecurityPolicy-TLS13-1-2-PQ-2025-09":           {"1.2", "1.3"},
		"ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09":       {"1.2", "1.3"},
		"ELBSecurityPolicy-TLS13-1-2-Ext1-PQ-2025-09":      {"1.2", "1.3"},
		"ELBSecurityPolicy-TLS13-1-2-Ext2-PQ-2025-09":      {"1.2", "1.3"},
		"ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04":         {"1.2", "1.3"},
		"ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04":     {"1.2", "1.3"},
		"ELBSecurityPolicy-TLS13-1-2-Ext0-FIPS-2023-04":    {"1.2", "1.3"},
		"ELBSecurityPolicy-TLS13-1-2-Ext1-FIPS-2023-04":    {"1.2", "1.3"},
		"ELBSecurityPolicy-TLS13-1-2-Ext2-FIPS-2023-04":    {"1.2", "1.3"},
		"ELBSecurityPolicy-TLS13-1-2-FIPS-PQ-2025-09":      {"1.2", "1.3"},
		"ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09":  {"1.2", "1.3"},
		"ELBSecurityPolicy-TLS13-1-2-Ext0-FIPS-PQ-2025-09": {"1.2", "1.3"},
		"ELBSecurityPolicy-TLS13-1-2-Ext1-FIPS-PQ-2025-09": {"1.2", "1.3"},
		"ELBSecurityPolicy-TLS13-1-2-Ext2-FIPS-PQ-2025-09": {"1.2", "1.3"},

		"ELBSecurityPolicy-TLS13-1-1-2021-06":         {"1.1", "1.3"},
		"ELBSecurityPolicy-TLS13-1-1-FIPS-2023-04":    {"1.1", "1.3"},
		"ELBSecurityPolicy-TLS13-1-0-2021-06":         {"1.0", "1.3"},
		"ELBSecurityPolicy-TLS13-1-0-PQ-2025-09":      {"1.0", "1.3"},
		"ELBSecurityPolicy-TLS13-1-0-FIPS-2023-04":    {"1.0", "1.3"},
		"ELBSecurityPolicy-TLS13-1-0-FIPS-PQ-2025-09": {"1.0", "1.3"},

		"ELBSecurityPolicy-FS-1-2-Res-2020-10":  {"1.2", "1.2"},
		"ELBSecurityPolicy-FS-1-2-Res-2019-08":  {"1.2", "1.2"},
		"ELBSecurityPolicy-FS-1-2-2019-08":      {"1.2", "1.2"},
		"ELBSecurityPolicy-FS-1-1-2019-08":      {"1.1", "1.2"},
		"ELBSecurityPolicy-FS-2018-06":          {"1.0", "1.2"},
		"ELBSecurityPolicy-TLS-1-2-Ext-2018-06": {"1.2", "1.2"},
		"ELBSecurityPolicy-TLS-1-2-2017-01":     {"1.2", "1.2"},
		"ELBSecurityPolicy-TLS-1-1-2017-01":     {"1.1", "1.2"},
		"ELBSecurityPolicy-TLS-1-0-2015-04":     {"1.0", "1.2"},
		"ELBSecurityPolicy-2016-08":             {"1.0", "1.2"},
		"ELBSecurityPolicy-2015-05":             {"1.0", "1.2"},
	}[policy]
	return v, ok
}
