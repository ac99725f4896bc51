//go:build e2e && linux

package suite

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net/http"

	"github.com/gatespan/gatespan/internal/e2e/pki"
	"github.com/gatespan/gatespan/internal/e2e/sandbox"
)

// relay is a small server that stands for a pod: it says its name over TLS.
type relay struct {
	name, address string
	pair          pki.Pair
	highest       uint16 // TLS version; 0: the latest
}

func (r relay) says() string { return "this is " + r.name }

// serve serves until the sandbox ends.
func (r relay) serve(n *sandbox.Net) error {
	certificate, err := r.pair.TLS()
	if err != nil {
		return err
	}
	listener, err := n.Listen(r.address + ":8443")
	if err != nil {
		return err
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, r.says()) })
	quiet := log.New(io.Discard, "", 0) // refused handshakes are what is asked for
	server := &http.Server{Handler: handler, ErrorLog: quiet, TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, MaxVersion: r.highest}}
	go func() { _ = server.ServeTLS(listener, "", "") }()
	return nil
}
