package traefik

import (
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/posture"
)

// identityHeaders are what generated routes take from requests. Traefik takes X-Forwarded-Tls-Client-Cert itself, and hands every other
// header on (pkg/middlewares/forwardedheaders/forwarded_header.go xHeaders).
var identityHeaders = [...]string{"X-Forwarded-Client-Cert", "Client-Cert", "Client-Cert-Chain"}

// forwarding says whether a client's x-forwarded-client-cert reaches pods.
func (r *reader) forwarding(l *gatewayapi.Listener, e *posture.Entry) {
	gatewayapi.Forwarding(r.Objects, l, e, identityHeaders[0], "Traefik")
}
