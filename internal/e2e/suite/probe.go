//go:build e2e && linux

package suite

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatespan/gatespan/internal/e2e/sandbox"
)

// probe is one way to knock.
type probe struct {
	name        string
	certificate *tls.Certificate
	identity    string // of the certificate
	highest     uint16 // TLS version; 0: plaintext
	trusted     bool   // the certificate is of the trust domain
	expired     bool
	path        string // "" is /
}

// shown is what `gatespan show -o json` says of a listener, as far as a probe can ask it.
type shown struct {
	Subject    struct{ Name, Listener string }
	Port       int
	Hostnames  []string
	Served     setting[bool]
	MinTLS     setting[string] `json:"minTLS"`
	ClientAuth setting[string] `json:"clientAuth"`
	Expired    setting[bool]
	Identities setting[struct {
		Everybody bool
		Accepted  []string
	}]
	Routes []struct {
		Backends []struct {
			Ref       struct{ Name string }
			ExitIndex int
			CA        setting[[]any]
			Name      setting[string]
		}
	}
}

// shownExit is what it says of a way out.
type shownExit struct {
	CA     setting[[]any]
	Names  setting[[]string]
	MinTLS setting[string] `json:"minTLS"`
}

// shownCluster is what it says of a cluster.
type shownCluster struct {
	Entries []shown
	Exits   []shownExit
}

type setting[T any] struct{ Value T }

// name is the exposure's: the first label of the listener's name, in both clusters.
func (s shown) name() string {
	name, _, _ := strings.Cut(s.Hostnames[0], ".")
	return name
}

// show is what gatespan shows of a fleet's clusters, by name.
func (e *Env) show(ctx context.Context, f *fleet) (map[string]shownCluster, error) {
	out, err := e.gatespan(ctx, f.repo, "show", "--fleet", f.source, "--overlays", f.overlays, "-o", "json")
	if err != nil {
		return nil, fmt.Errorf("show: %w: %s", err, out)
	}
	var report struct {
		Clusters []struct {
			Cluster struct{ Name string }
			Posture shownCluster
		}
	}
	if err := json.Unmarshal(out, &report); err != nil {
		return nil, err
	}
	all := map[string]shownCluster{}
	for _, c := range report.Clusters {
		all[c.Cluster.Name] = c.Posture
	}
	return all, nil
}

// trusts is what the posture of a way out says of a server that is wrong in one way: its CA, its name or its TLS.
func (x shownExit) trusts(server string) bool {
	switch server {
	case "stolen":
		return len(x.CA.Value) == 0
	case "renamed":
		return len(x.CA.Value) == 0 || len(x.Names.Value) == 0
	case "old":
		return x.MinTLS.Value != "1.3"
	}
	return true
}

// admits is what the posture of a listener says of a probe. backend is what is wrong with the certificate of the pod behind it, if anything.
func (s shown) admits(p probe, backend string) bool {
	if !s.Served.Value || p.highest == 0 || len(s.Routes) == 0 {
		return false
	}
	for _, b := range s.Routes[0].Backends {
		if backend == "misnamed" && b.Name.Value != "" || backend == "foreign" && len(b.CA.Value) > 0 {
			return false
		}
	}
	if s.MinTLS.Value == "1.3" && p.highest < tls.VersionTLS13 {
		return false
	}
	switch auth := s.ClientAuth.Value; {
	case p.certificate == nil:
		return auth != "required"
	case auth == "none":
		return true
	case !p.trusted, p.expired && !s.Expired.Value:
		return false
	}
	return s.Identities.Value.Everybody || slices.Contains(s.Identities.Value.Accepted, p.identity)
}

// knock sends a request from a namespace, and returns what was answered. No answer is an error that says why.
func (p probe) knock(ctx context.Context, from *sandbox.Net, address string, port int, host string, roots *x509.CertPool) (int, string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	transport := &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return from.Dial(ctx, network, net.JoinHostPort(address, strconv.Itoa(port)))
		},
		TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: host, MinVersion: tls.VersionTLS12, MaxVersion: p.highest},
	}
	if p.certificate != nil {
		// Whatever authorities the server names: a certificate of another one is presented too.
		transport.TLSClientConfig.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return p.certificate, nil }
	}
	scheme := "https://"
	if p.highest == 0 {
		scheme = "http://"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+host+cmp.Or(p.path, "/"), nil)
	if err != nil {
		return 0, "", err
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<12))
	return response.StatusCode, string(body), err
}
