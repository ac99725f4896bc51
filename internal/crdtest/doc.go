// Package crdtest proves generated overlays against the upstream CRDs: schema, pruning and CEL rules, as an API server would.
//
//  1. modules.go pins the modules that carry the CRDs; they are read from the module cache, and nothing of them is copied
//  2. crds_test.go compiles each CRD that an overlay needs, built-in kinds are decoded strictly
//  3. overlays_test.go validates every object; kinds without a CRD are in unproven.txt, which the test keeps true
//
// It is a module of its own, so that the API server's libraries stay out of gatespan's go.mod.
package crdtest
