package nginx

import (
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/posture"
)

// identityHeaders are what generated routes take from requests: the proxies hand every header on, and set none that tells of the client's
// certificate (nginx/config/servers.go createBaseProxySetHeaders), so only a client can have sent them.
var identityHeaders = [...]string{"X-Forwarded-Client-Cert", "Client-Cert", "Client-Cert-Chain"}

// forwarding says whether a client's x-forwarded-client-cert reaches pods.
func (r *reader) forwarding(l *gatewayapi.Listener, e *posture.Entry) {
	gatewayapi.Forwarding(r.Objects, l, e, identityHeaders[0], "nginx")
}
