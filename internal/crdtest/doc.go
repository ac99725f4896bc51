// Package crdtest proves generated overlays against the upstream CRDs: schema, pruning and CEL rules, as an API server would.
//
//  1. modules.go pins the modules that carry the CRDs; they are read from the module cache, and nothing of them is copied
//  2. crds.go compiles each CRD that an overlay needs, and decodes built-in kinds strictly
//  3. overlays_test.go validates every object; kinds without a CRD are in unproven.txt, which the test keeps true
//
// The overlays are outside this module, where the go command does not look for changes: run its tests with -count=1.
//
// It is a module of its own, so that the API server's libraries stay out of gatespan's go.mod.
package crdtest
