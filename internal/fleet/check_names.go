package fleet

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"
)

// folderName is what may become a folder of the overlays; the schema says the same, but a path is not made from a name that
// nobody but the schema has looked at.
var folderName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,46}[a-z0-9])?$`)

// reserved are names that Windows keeps for devices: a repository with such a folder cannot be checked out there.
// https://learn.microsoft.com/windows/win32/fileio/naming-a-file
var reserved = regexp.MustCompile(`^(con|prn|aux|nul|com[0-9]|lpt[0-9])$`)

// names checks everything that becomes part of a path.
func (c *checker) names() {
	c.name([]string{"name"}, c.fleet.Name)
	for _, name := range sorted(c.fleet.TrustDomains) {
		c.name([]string{"trustDomains", name}, name)
	}
	for _, name := range sorted(c.fleet.Clusters) {
		c.name([]string{"clusters", name}, name)
		for _, gateway := range sorted(c.fleet.Clusters[name].Gateways) {
			c.name([]string{"clusters", name, "gateways", gateway}, gateway)
		}
	}
	for _, name := range sorted(c.fleet.Exposures) {
		c.name([]string{"exposures", name}, name)
		for _, consumer := range sorted(c.fleet.Exposures[name].Consumers) {
			c.name([]string{"exposures", name, "consumers", consumer}, consumer)
		}
	}
}

func (c *checker) name(path []string, name string) {
	switch {
	case !folderName.MatchString(name):
		c.at(path, "lower-case letters, digits and '-', at most 48 characters", "%q is not a valid name", name)
	case reserved.MatchString(name):
		c.at(path, "choose another name", "%q cannot be a folder on Windows", name)
	}
}

// path checks that a path stays inside the repository.
func (c *checker) path(at []string, p string) {
	if !fs.ValidPath(p) || strings.ContainsAny(p, "\\\x00") || slices.Contains(strings.Split(p, "/"), ".git") {
		c.at(at, "write it relative to the repository, without '..', '.' or '/' at its ends", "%q is not a path inside the repository", p)
	}
}

// waivers checks what waivers name.
func (c *checker) waivers() {
	clusters := sorted(c.fleet.Clusters)
	for i, w := range c.fleet.Waivers {
		path := func(field string) []string { return []string{"waivers", itoa(i), field} }
		if w.Cluster != "" {
			c.refer(path("cluster"), "cluster", w.Cluster, "", clusters)
		}
		if _, err := time.Parse(time.DateOnly, w.Expires); err != nil {
			c.at(path("expires"), "write a day such as 2027-01-31", "there is no day %q", w.Expires)
		}
	}
}
