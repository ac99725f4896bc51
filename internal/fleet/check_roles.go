package fleet

import (
	"regexp"
	"slices"
	"strings"
)

// roles checks whom clusters, exposures and consumers name.
func (c *checker) roles() {
	for _, name := range sorted(c.fleet.Clusters) {
		roles := c.fleet.Clusters[name].Roles
		c.subjects([]string{"clusters", name, "roles", "infrastructureProviders"}, roles.InfrastructureProviders)
		c.subjects([]string{"clusters", name, "roles", "clusterOperators"}, roles.ClusterOperators)
	}
	for _, name := range sorted(c.fleet.Exposures) {
		x := c.fleet.Exposures[name]
		c.subjects([]string{"exposures", name, "developers"}, x.Developers)
		for _, id := range sorted(x.Consumers) {
			c.subjects([]string{"exposures", name, "consumers", id, "developers"}, x.Consumers[id].Developers)
		}
	}
}

// accountName is the name of a ServiceAccount: an RFC 1123 subdomain. Source: k8s.io/kubernetes pkg/apis/core/validation,
// ValidateServiceAccountName.
var accountName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)

// subjects checks one list: an API server takes a namespace exactly for a ServiceAccount, and a name that means many identities at once
// is nobody's role. Source: k8s.io/kubernetes pkg/apis/rbac/validation, ValidateRoleBindingSubject.
func (c *checker) subjects(path []string, subjects []RBACSubject) {
	for i, s := range subjects {
		at := append(slices.Clone(path), itoa(i))
		account := s.Kind == "ServiceAccount"
		switch {
		case account && s.Namespace == "":
			c.at(at, "add namespace: the one that the ServiceAccount is in", "ServiceAccount %s has no namespace", s.Name)
		case !account && s.Namespace != "":
			c.at(append(at, "namespace"), "leave it out, or write kind ServiceAccount", "a %s is in no namespace", s.Kind)
		case account && !accountName.MatchString(s.Name):
			c.at(append(at, "name"), "lower-case letters, digits, '-' and '.'", "%q is no name of a ServiceAccount", s.Name)
		case strings.HasPrefix(s.Name, "system:serviceaccount:") && s.Kind == "User":
			c.at(append(at, "name"), "write kind ServiceAccount with its name and namespace", "%q is a ServiceAccount, not a person", s.Name)
		case !account && strings.HasPrefix(s.Name, "system:"):
			c.at(append(at, "name"), "name the group that these people are in", "%q is one of the API server's own names, which stands for many", s.Name)
		case slices.Contains(subjects[:i], s):
			c.at(at, "write it once", "%s %s is there twice", s.Kind, s.Name)
		}
	}
}
