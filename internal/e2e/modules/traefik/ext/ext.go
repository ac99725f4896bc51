// Package ext stands in for the module in which forks extend Traefik's configuration. Traefik's own is empty, and lies nested in its
// repository, so that the module proxy does not serve it.
package ext

// HTTP has nothing to add to the HTTP configuration.
type HTTP struct{}

// Router has nothing to add to a router.
type Router struct{}
