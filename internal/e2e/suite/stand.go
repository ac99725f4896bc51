//go:build e2e && linux

package suite

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/gatespan/gatespan/internal/e2e/pki"
	"github.com/gatespan/gatespan/internal/e2e/sandbox"
)

// What a stand can be, for whoever calls it.
const (
	standRight    = "a server as the posture wants it"
	standForeign  = "a server with a certificate of another CA"
	standMisnamed = "a server with a certificate for another name"
	standOld      = "a server that knows TLS 1.2 at most"
	standPlain    = "a server without TLS"
)

var stands = []string{standForeign, standMisnamed, standOld, standPlain, standRight}

// stand stands for a pod, or for whoever answers in another cluster. It tells what it saw of its last caller.
type stand struct {
	net          *sandbox.Net
	name         string
	address      string
	hosts        []string
	certificates map[string]tls.Certificate // by what it is; standOld has that of standRight
	server       *http.Server

	lock sync.Mutex
	last call
}

// call is what a stand sees of a caller.
type call struct {
	sni, host   string
	certificate []byte
	http2       bool
}

func newStand(n *sandbox.Net, name, address string, right, other *pki.Authority, hosts []string) (*stand, error) {
	hosts = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(hosts))), func(h string) bool { return h == "" })
	s := &stand{net: n, name: name, address: address, hosts: hosts, certificates: map[string]tls.Certificate{}}
	for what, by := range map[string]struct {
		authority *pki.Authority
		hosts     []string
	}{standRight: {right, hosts}, standForeign: {other, hosts}, standMisnamed: {right, []string{"somebody.else.example.org"}}} {
		pair, err := by.authority.Issue(pki.Want{Name: name, DNS: by.hosts})
		if err != nil {
			return nil, err
		}
		if s.certificates[what], err = pair.TLS(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *stand) says() string { return "this is " + s.name }

// be makes it what it shall be: connections to what it was are closed.
func (s *stand) be(what string) error {
	s.stop()
	listener, err := s.net.Listen(s.address)
	if err != nil {
		return err
	}
	s.server = &http.Server{Handler: s, ErrorLog: log.New(io.Discard, "", 0)} // refused handshakes are what is asked for
	server := s.server
	if what == standPlain {
		go func() { _ = server.Serve(listener) }()
		return nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, ClientAuth: tls.RequestClientCert}
	certificate, known := s.certificates[what]
	if what == standOld {
		config.MaxVersion, certificate, known = tls.VersionTLS12, s.certificates[standRight], true
	}
	if !known {
		return errors.Join(fmt.Errorf("no server is %q", what), listener.Close())
	}
	config.Certificates = []tls.Certificate{certificate}
	server.TLSConfig = config
	go func() { _ = server.ServeTLS(listener, "", "") }()
	return nil
}

func (s *stand) stop() {
	if s.server != nil {
		_ = s.server.Close() // whoever calls is cut off, as is meant
		s.server = nil
	}
}

// ServeHTTP says the stand's name; to gRPC it says OK in the trailers.
func (s *stand) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	seen := call{host: r.Host, http2: r.ProtoMajor == 2}
	if r.TLS != nil {
		seen.sni = r.TLS.ServerName
		if len(r.TLS.PeerCertificates) > 0 {
			seen.certificate = r.TLS.PeerCertificates[0].Raw
		}
	}
	s.lock.Lock()
	s.last = seen
	s.lock.Unlock()
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set(http.TrailerPrefix+"Grpc-Status", "0")
	}
	fmt.Fprint(w, s.says())
}

func (s *stand) saw() call {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.last
}
