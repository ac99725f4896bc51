// Package istio asks Istio's own pilot, in this process, what it makes of gatespan's overlays: the listeners and clusters that it would send
// to each gateway are compared with gatespan's posture, field by field. A difference fails and names the field.
//
//  1. input_test.go reads the overlays of the example fleets, and adds what they refer to and other overlays or the cloud make
//  2. pilot_test.go starts Istio's FakeDiscoveryServer with it, and finds the filter chains and clusters
//  3. istio_test.go compares
//
// It is a module of its own, because Istio is larger than gatespan: `make pilot` runs it, and so does `make e2e`.
package istio
