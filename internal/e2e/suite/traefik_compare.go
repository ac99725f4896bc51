//go:build e2e && linux

package suite

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// routers is what the API says: which there are, by name.
type routers map[string]struct {
	EntryPoints []string
	Rule        string
	Status      string
	TLS         *struct{ Passthrough bool }
}

func (t *traefiked) api(ctx context.Context) (of struct{ Routers, TCPRouters routers }, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:8099/api/rawdata", nil)
	if err != nil {
		return of, err
	}
	response, err := t.http.Do(request)
	if err != nil {
		return of, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return of, err
	}
	return of, json.Unmarshal(body, &of)
}

// compare asks the API for routers, and knocks at each listener, with whatever is behind it.
func (t *traefiked) compare(ctx context.Context, c *translated) error {
	said, err := t.api(ctx)
	if err != nil {
		return err
	}
	pool := t.corp.Pool() // and whoever signed the listeners' certificates
	for _, o := range c.objects {
		if o.Kind == "Secret" {
			pool.AppendCertsFromPEM([]byte(decoded(o, "ca.crt")))
		}
	}
	for _, e := range c.posture.Entries {
		if e.Controller != "traefik" {
			continue
		}
		at := e.Subject.String()
		t.routers(c, at, said.Routers, said.TCPRouters, e)
		if err := t.behind(c, e); err != nil {
			return err
		}
		host := e.Hostnames[0]
		shown, err := shownOf(e)
		if err != nil {
			return err
		}
		secure := e.TLS.Value != posture.TLSNone
		for _, with := range append(slices.Clone(t.probes), probe{name: "plaintext"}) {
			with.path = requestPath(e.Routes)
			status, _, err := with.knock(ctx, t.on.Net, t.on.Net.Address, e.Port, host, pool)
			want := shown.admits(with, "")
			if !secure {
				want = shown.Served.Value && len(e.Routes) > 0 && with.highest == 0
			}
			c.want(at, with.name+" is let in", err == nil && status != http.StatusNotFound && status != http.StatusMisdirectedRequest, want)
		}
		if err := t.hops(ctx, c, e, pool); err != nil {
			return err
		}
	}
	return nil
}

// want is what must be so, and is remembered to be compared with what it was before a change.
func (c *translated) want(at, field string, sent, read bool) {
	c.wanted = append(c.wanted, fmt.Sprintf("%s: %s: %t", at, field, read))
	c.open(at, field, sent, read)
}

// routers compares which routers there are for a listener: those of its routes, on its entryPoint, with TLS or without.
func (t *traefiked) routers(c *translated, at string, http, tcp routers, e posture.Entry) {
	for _, r := range e.Routes {
		for _, host := range r.Hostnames {
			of, prefix := http, fmt.Sprintf("%s-%s-%s-gw-%s-%s-ep-%s-", strings.ToLower(r.Ref.Kind), r.Ref.Namespace, r.Ref.Name, e.Gateway.Namespace, e.Gateway.Name, entryPoint(e.Port))
			if e.Protocol == "TLS" || e.Protocol == "TCP" {
				of = tcp
			}
			there := false
			for name, router := range of {
				if !strings.HasPrefix(name, prefix) || !strings.Contains(router.Rule, strconv.Quote(host)) && !strings.Contains(router.Rule, "`"+host+"`") || router.Status != "enabled" {
					continue
				}
				there = true
				c.same(at, name+" is on the entryPoint", fmt.Sprint(router.EntryPoints), fmt.Sprint([]string{entryPoint(e.Port)}))
				c.same(at, name+" has TLS", router.TLS != nil, e.TLS.Value != posture.TLSNone)
				c.same(at, name+" passes TLS through", router.TLS != nil && router.TLS.Passthrough, e.TLS.Value == posture.TLSPassthrough)
			}
			c.want(at, "router of "+r.Ref.Kind+" "+r.Ref.Namespace+"/"+r.Ref.Name+" for "+host, there, e.Served.Value)
		}
	}
}

// behind makes every server behind a listener right; one to which nothing speaks TLS is plain.
func (t *traefiked) behind(c *translated, e posture.Entry) error {
	for _, r := range e.Routes {
		for _, b := range r.Backends {
			to, _ := c.leads(e, b)
			what := standRight
			if b.TLS.Value == posture.TLSNone && e.TLS.Value != posture.TLSPassthrough {
				what = standPlain
			}
			if err := t.stands[to].be(what); err != nil {
				return err
			}
		}
	}
	return nil
}

// requestPath is one that the first of some routes takes: a rule for all below a path asks for no header as well.
func requestPath(routes []posture.Route) string {
	if len(routes) == 0 || len(routes[0].Paths) == 0 {
		return "/"
	}
	paths := routes[0].Paths
	i := max(0, slices.IndexFunc(paths, func(p string) bool { return strings.HasPrefix(p, "PathPrefix ") }))
	_, at, _ := strings.Cut(paths[i], " ")
	return at
}

func shownOf(e posture.Entry) (shown, error) {
	e.Identities.Value.Accepted = nil // Traefik tells nobody from another
	var out shown
	text, err := json.Marshal(e)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	return out, err
}

// hops calls through a listener while what is behind it is of each kind, and compares whether it is reached, by which name, and with which
// certificate.
func (t *traefiked) hops(ctx context.Context, c *translated, e posture.Entry, pool *x509.CertPool) error {
	right := t.probes[0]
	if e.TLS.Value == posture.TLSNone {
		right = probe{name: "plaintext"}
	}
	for _, r := range e.Routes {
		if len(r.Backends) == 0 || e.TLS.Value == posture.TLSPassthrough {
			continue // it answers by itself, or sees no hop
		}
		b := r.Backends[0]
		right.path = requestPath([]posture.Route{r})
		to, _ := c.leads(e, b)
		if slices.ContainsFunc(r.Backends, func(other posture.Backend) bool { another, _ := c.leads(e, other); return another != to }) {
			continue // requests are split
		}
		at := e.Subject.String() + " to " + to
		hop := trust{tls: b.TLS.Value == "tls", anchors: b.CA.Value, names: []string{b.Name.Value}, floor: b.MinTLS.Value, sni: b.Name.Value}
		if b.ExitIndex >= 0 {
			x := c.posture.Exits[b.ExitIndex]
			hop = trust{tls: x.TLS.Value == "tls", anchors: x.CA.Value, names: x.Names.Value, floor: x.MinTLS.Value, sni: x.SNI, certificate: x.Certificate.Value}
		}
		for _, what := range stands {
			if err := t.stands[to].be(what); err != nil {
				return err
			}
			status, body, err := right.knock(ctx, t.on.Net, t.on.Net.Address, e.Port, e.Hostnames[0], pool)
			reached := err == nil && status == http.StatusOK && body == t.stands[to].says()
			c.want(at, what+" is reached", reached, e.Served.Value && b.Granted && hop.takes(what))
			if !reached || what != standRight {
				continue
			}
			saw := t.stands[to].saw()
			c.same(at, "the name that is asked for", saw.sni, hop.sni)
			c.same(at, "the certificate that is presented", presented(saw.certificate, c.objects), hop.certificate)
			c.wanted = append(c.wanted, hop.sni, hop.certificate)
		}
	}
	return nil
}

// trust is how the posture says that a server is called.
type trust struct {
	tls         bool
	anchors     []posture.Anchor
	names       []string
	floor       string
	sni         string
	certificate string
}

// takes reports whether a server of a kind is taken. The run's own root is none of the system's.
func (h trust) takes(what string) bool {
	verifies := len(h.anchors) > 0
	pinned := slices.ContainsFunc(h.anchors, func(a posture.Anchor) bool { return !a.System && a.Source != "missing" })
	named := slices.ContainsFunc(h.names, func(n string) bool { return n != "" })
	switch {
	case !h.tls || what == standPlain:
		return !h.tls && what == standPlain
	case what == standForeign:
		return !verifies
	case what == standMisnamed:
		return !verifies || pinned && !named
	case what == standOld:
		return h.floor != "1.3" && (!verifies || pinned)
	}
	return !verifies || pinned
}

// presented is the Secret whose certificate was presented.
func presented(der []byte, in []*object.Object) string {
	if len(der) == 0 {
		return ""
	}
	for _, o := range in {
		if block, _ := pem.Decode([]byte(decoded(o, "tls.crt"))); o.Kind == "Secret" && block != nil && bytes.Equal(block.Bytes, der) {
			return o.String()
		}
	}
	return "of nobody"
}

// grpc calls by gRPC through each listener that leads out of the cluster: it must arrive as HTTP/2, and what the server says at the end must
// come back.
func (t *traefiked) grpc(ctx context.Context, c *translated) error {
	var differences []string
	called := 0
	for _, x := range c.posture.Exits {
		i := slices.IndexFunc(c.posture.Entries, func(e posture.Entry) bool { return e.Subject == x.Subject })
		if i < 0 {
			continue
		}
		called++
		s := t.stands[fmt.Sprintf("%s:%d", x.Host, x.Port)]
		if err := s.be(standRight); err != nil {
			return err
		}
		status, err := t.grpcCall(ctx, c, c.posture.Entries[i])
		if err != nil || status != "0" || !s.saw().http2 {
			differences = append(differences, fmt.Sprintf("%s to %s: grpc-status %q, HTTP/2 at the other end: %t, %v", x.Subject, x.Host, status, s.saw().http2, err))
		}
	}
	if called == 0 {
		return nil
	}
	return t.env.record(areaTraefik, t.of.name+": a gRPC call through the egress arrives as HTTP/2, and its trailers come back", "traefik", differences, fmt.Sprintf("%d calls", called))
}

func (t *traefiked) grpcCall(ctx context.Context, c *translated, e posture.Entry) (string, error) {
	pool := x509.NewCertPool()
	for _, o := range c.objects {
		if o.Kind == "Secret" {
			pool.AppendCertsFromPEM([]byte(decoded(o, "ca.crt")))
		}
	}
	transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: e.Hostnames[0]}, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return t.on.Net.Dial(ctx, network, fmt.Sprintf("%s:%d", t.on.Net.Address, e.Port))
	}}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+e.Hostnames[0]+requestPath(e.Routes), bytes.NewReader([]byte{0, 0, 0, 0, 0}))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/grpc")
	request.Header.Set("TE", "trailers")
	response, err := transport.RoundTrip(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return "", errors.New(response.Status)
	}
	return response.Trailer.Get("Grpc-Status"), nil
}
