// Package catalog lists the controllers that gatespan models, and reads a cluster with all of them.
//
//  1. core Kubernetes says what Services, ways around and keys there are
//  2. every controller reads the Gateways of its classes
//  3. Gateways of a class that nobody models, and kinds that nobody knows, are unknown
//  4. grants and certificates are matched with the references of all of them, and powers with what protects the gateways that they all
//     found
//  5. everything is joined, sorted and made free of nulls
package catalog

import (
	"slices"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/kubernetes"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// Catalog is a list of controllers.
type Catalog struct{ controllers []controller.Controller }

// New makes a catalog of some controllers; tests and tools use it, everybody else All.
func New(controllers ...controller.Controller) Catalog { return Catalog{controllers} }

// Controllers are the controllers, in the order of the list.
func (c Catalog) Controllers() []controller.Controller { return slices.Clone(c.controllers) }

// ByName returns the controller of a name, such as envoy-gateway.
func (c Catalog) ByName(name string) (controller.Controller, bool) {
	for _, known := range c.controllers {
		if known.Profile().Name == name {
			return known, true
		}
	}
	return nil, false
}

// Read is the effective posture of a cluster, given all its objects: what core Kubernetes and every controller say. ExitIndex of a
// backend is an index into the joined Exits. Without a Gateway and without anything else that matters, the posture is empty.
func (c Catalog) Read(cluster controller.Cluster, objects *object.Set) posture.Posture {
	profiles := make([]controller.Profile, 0, len(c.controllers))
	for _, known := range c.controllers {
		profiles = append(profiles, known.Profile())
	}
	objects, refused := served(objects, profiles)
	joined := kubernetes.Read(cluster, objects)
	joined.Unknowns = append(joined.Unknowns, refused...)
	for _, known := range c.controllers {
		join(&joined, known.Read(cluster, objects))
	}
	join(&joined, unmodelled(cluster, profiles, objects))
	joined.Grants = gatewayapi.Grants(objects, joined.References)
	kubernetes.Certificates(objects, &joined)
	joined.Powers = kubernetes.Powers(objects, guarded(cluster, profiles, objects, joined))
	supported(cluster, profiles, objects, &joined)
	settle(&joined)
	return joined
}

// join appends one reader's posture to another. Indexes of exits move with them.
func join(to *posture.Posture, from posture.Posture) {
	offset := len(to.Exits)
	eachBackend(from.Entries, func(b *posture.Backend) {
		if b.ExitIndex >= 0 {
			b.ExitIndex += offset
		}
	})
	to.Entries = append(to.Entries, from.Entries...)
	to.Exits = append(to.Exits, from.Exits...)
	to.References = append(to.References, from.References...)
	to.Ways = append(to.Ways, from.Ways...)
	to.Hatches = append(to.Hatches, from.Hatches...)
	to.Services = append(to.Services, from.Services...)
	to.Secrets = append(to.Secrets, from.Secrets...)
	to.Prerequisites = append(to.Prerequisites, from.Prerequisites...)
	to.Unknowns = append(to.Unknowns, from.Unknowns...)
	to.Assumptions = append(to.Assumptions, from.Assumptions...)
	to.Destinations = append(to.Destinations, from.Destinations...)
	to.Authorizations = append(to.Authorizations, from.Authorizations...)
}

func eachBackend(entries []posture.Entry, do func(*posture.Backend)) {
	for e := range entries {
		for r := range entries[e].Routes {
			route := &entries[e].Routes[r]
			for b := range route.Backends {
				do(&route.Backends[b])
			}
			for b := range route.Mirrors {
				do(&route.Mirrors[b])
			}
		}
	}
}
