package istio

import (
	"testing"

	"github.com/gatespan/gatespan/internal/object/objecttest"
	"github.com/gatespan/gatespan/internal/posture"
)

// Bytes have no host: the clients of a TCP listener are told apart by the name of the handshake, beside listeners that have requests.
func TestClientsOfATCPListenerAreToldApartBySNI(t *testing.T) {
	raw, relay := listenerIntent("raw", "raw.example.com", ordersURI), listenerIntent("relay", "relay.example.com", ordersURI)
	raw.Protocol = "TCP"
	c := cluster("upstream", "1.31", "1.6")
	objects, err := New().WriteGateway(c, gatewayIntent(raw, relay))
	if err != nil {
		t.Fatal(err)
	}
	p := New().Read(c, objecttest.Of(t, objects))
	for _, name := range []string{"raw", "relay"} {
		e := entry(t, p, name)
		check(t, name+" terminates", e.TLS.Value, posture.TLSTerminate)
		check(t, name+" requires", e.ClientAuth.Value, posture.ClientRequired)
		check(t, name+" accepts", e.Identities.Value, posture.Identities{Accepted: []posture.Identity{{Type: "uri", Match: "exact", Value: ordersURI}}})
	}
	check(t, "unknowns", len(p.Unknowns), 0)
}
