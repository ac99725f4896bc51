package policy

// equivalent are the mutants that mean the same as the rule, each with the reason. One that has become another thing is an error.
var equivalent = map[string]string{
	"bypass/second-entry/second-entry.rego: only the second part of (leads(route) & scope.exposed)":  "by is undefined for a Service to which the route does not lead, and with it the finding",
	"bypass/second-entry/second-entry.rego: only the second part of (leads(route) & scope.declared)": "likewise",
	"identity/certificate-issuer/certificate-issuer.rego: drop want.issuer != null":                  "null has no group, so that the comparison after it is undefined",
	"identity/jwt-not-required/jwt-not-required.rego: drop want.jwt != null":                         "null has no issuer, so that the message is undefined, and with it the finding",
	"mtls/expired-root/expired-root.rego: >= for > in root.notBefore > today":                        "a root that is valid from today on makes its setting usable, unless it has expired before, which is a finding of its own",
	"lib/versions.rego: \"1.0\" is not in the list":                                                  "an unknown version is below every other, as it is",
	"lib/versions.rego: \"1.1\" is not in the list":                                                  "likewise",
	"lib/versions.rego: \"1.2\" is not in the list":                                                  "likewise",
}
