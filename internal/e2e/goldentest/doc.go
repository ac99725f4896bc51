// Package goldentest holds gatespan's readers to the golden files that controllers ship beside their translators: for every input, the
// posture that is read must say what the controller's own translation says.
//
//  1. module.go finds a pinned module in the module cache; nothing of it is copied
//  2. envoygateway_test.go reads Envoy Gateway's inputs and compares listeners, client certificates, TLS versions, attached routes and the
//     TLS of each hop with its translation
//  3. istio_test.go does the same with Istio's inputs, which it compares with the converted Gateways, VirtualServices and DestinationRules
//     and with the conditions in the status
//  4. traefik_test.go compares routers and services with what the tables of Traefik's own tests expect, which it reads from their source
//  5. where they differ on purpose, a .known.txt says why; a difference that is not there fails, and so does a line that no difference has
//
// The tests need the build tag golden, because they download modules: `make test` runs them, `go test ./...` does not.
package goldentest
