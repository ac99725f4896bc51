package gatetest_test

import (
	"testing"

	"github.com/gatespan/gatespan/internal/gate"
	"github.com/gatespan/gatespan/internal/gate/gatetest"
)

func TestTheCommittedExamplePasses(t *testing.T) {
	r := gatetest.Relay(t)
	r.Passes(r.Check(gate.Options{}))
	r.Passes(r.Check(gate.Options{Base: "HEAD"}))
}

func TestAChangeOfTheExampleIsBlocked(t *testing.T) {
	r := gatetest.Relay(t)
	const file = "overlays/eks-prod/gateways/edge/edge.yaml"
	r.Replace(file, "mode: RequireAndVerify", "mode: VerifyIfGiven")
	judged := r.Check(gate.Options{Base: "HEAD"})
	r.Blocks(judged, "mtls/client-certificate-not-required", "Gateway edge/edge listener relay", "ClientTrafficPolicy edge/edge-relay", r.Line(file, "VerifyIfGiven"))
	r.Quiet(judged, "mtls/plaintext-listener")
}
