package nginx

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// The options of a listener's TLS; any other one, and any value that the controller does not know, makes it refuse the listener. The last
// three are of 2.7. Source: state/graph/gateway_listener.go validateListenerTLSOptions.
const (
	optionProtocols      = "nginx.org/ssl-protocols"
	optionCiphers        = "nginx.org/ssl-ciphers"
	optionPreferCiphers  = "nginx.org/ssl-prefer-server-ciphers"
	optionSessionCache   = "nginx.org/ssl-session-cache"
	optionSessionTimeout = "nginx.org/ssl-session-timeout"
	optionCurve          = "nginx.org/ssl-ecdh-curve"
)

// sslVersions are the words of nginx.org/ssl-protocols, lowest first, and what each is called in a posture. The two before TLS count as 1.0:
// no posture has a word for them, and both are below every floor.
var sslVersions = [...]struct{ word, version string }{
	{"SSLv2", "1.0"}, {"SSLv3", "1.0"}, {"TLSv1", "1.0"}, {"TLSv1.1", "1.1"}, {"TLSv1.2", "1.2"}, {"TLSv1.3", "1.3"},
}

// protect fills in what a listener asks of its clients.
func (r *reader) protect(l *gatewayapi.Listener, e *posture.Entry) {
	r.defaults(l, e)
	r.forwarding(l, e)
	if l.Owner.Kind == "ListenerSet" && r.olderThan("2.6") {
		e.Served = unheld(false, e.Listener, "NGINX Gateway Fabric reads ListenerSets from 2.6 on") // CHANGELOG.md, 2.6.0
	}
	switch e.TLS.Value {
	case posture.TLSTerminate:
		r.options(l, e)
		r.frontend(l, e)
	case posture.TLSPassthrough:
		r.withoutTermination(e, "the gateway passes TLS through without looking into it")
	default:
		r.withoutTermination(e, "the listener has no TLS")
	}
}

func (r *reader) withoutTermination(e *posture.Entry, why string) {
	e.ClientAuth.By, e.ClientAuth.Why = e.TLS.By, why
	e.MinTLS = unheld("", e.TLS.By, why)
	e.MaxTLS = unheld("", e.TLS.By, why)
}

// defaults are what nginx does unless an option or the Gateway says otherwise: TLS 1.2 and 1.3 (nginx 1.27.3, CHANGES), no client
// certificate, no revocation. Its sessions resume by ticket for five minutes and keep who was verified; from nginx 1.29.2 on the virtual
// server is chosen before a session is resumed, so that none is carried to another listener (nginx commit 0373fe5d98c1).
func (r *reader) defaults(l *gatewayapi.Listener, e *posture.Entry) {
	at := gatewayapi.Nearest(l.Owner, l.Field+".tls.options")
	e.MinTLS = byGatewayItself("1.2", at, optionProtocols+" is not set, and the default is 1.2")
	e.MaxTLS = byGatewayItself("1.3", at, optionProtocols+" is not set, and the default is 1.3")
	e.HTTP3 = byGatewayItself(false, at, "NGINX Gateway Fabric does not serve HTTP/3")
	e.Resumption = byGatewayItself(false, at, "a resumed session keeps who was verified, for five minutes at most")
	e.Expired = byGatewayItself(false, at, "nginx refuses expired certificates")
	e.Revocation = unheld("none", at, "NGINX Gateway Fabric has no field for revocation")
	e.Identities.Why = "nginx compares no name of a client's certificate"
}

// options reads the TLS options of a listener. Each listener has its own, also where several share a port: nginx applies ssl_protocols per
// virtual server from 1.29.2 on, and no version that reads the option has an older one (CHANGELOG.md, 2.4.0).
func (r *reader) options(l *gatewayapi.Listener, e *posture.Entry) {
	if l.Spec.Protocol == gatewayv1.TLSProtocolType && r.olderThan("2.7") {
		e.Served = unheld(false, l.Ref(".tls"), "NGINX Gateway Fabric ends TLS on TLS listeners from 2.7 on, and refuses the listener") // state/graph/gateway_listener.go validateTLSFieldOnTLSListener
		return
	}
	if l.Spec.TLS == nil {
		e.Served = unheld(false, e.Listener, "a listener that ends TLS without tls is refused")
		return
	}
	if r.olderThan("2.4") {
		e.MinTLS.Why = "NGINX Gateway Fabric " + r.Cluster.Controller.Version + " ignores TLS options, and the default is 1.2"
		return
	}
	keys := make([]string, 0, len(l.Spec.TLS.Options))
	for key := range l.Spec.TLS.Options {
		keys = append(keys, string(key))
	}
	slices.Sort(keys)
	for _, key := range keys {
		field := object.Key(l.Field+".tls.options", key)
		value := string(l.Spec.TLS.Options[gatewayv1.AnnotationKey(key)])
		at := gatewayapi.RefOf(l.Owner, field)
		switch key {
		case optionProtocols:
			r.protocols(l, field, value, e)
		case optionSessionTimeout:
			if longerThanDefault(value) {
				e.Resumption = unheld(true, at, "sessions resume for "+value+" without verifying the client's certificate again")
			}
		case optionCiphers, optionPreferCiphers, optionSessionCache, optionCurve:
		default:
			r.Unknown(l.Owner, "field", field, "NGINX Gateway Fabric 2.7 has no such TLS option, and refuses the listener")
		}
	}
	r.restsOnVersion(l, e.MinTLS, "2.4")
}

// longerThanDefault reports whether a time of nginx, such as 300, 5m or 1h, is longer than the five minutes of ssl_session_timeout's default.
// One that cannot be read counts as long.
func longerThanDefault(value string) bool {
	number := strings.TrimRight(value, "mshd")
	n, err := strconv.Atoi(number)
	unit, known := map[string]float64{"": 1, "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}[value[len(number):]]
	return err != nil || !known || float64(n)*unit > 300
}

// protocols reads the list of versions: the lowest is the floor, because any of them may be negotiated.
func (r *reader) protocols(l *gatewayapi.Listener, field, value string, e *posture.Entry) {
	at := gatewayapi.RefOf(l.Owner, field)
	lowest, highest := "", ""
	for _, word := range strings.Fields(value) {
		i := slices.IndexFunc(sslVersions[:], func(v struct{ word, version string }) bool { return v.word == word })
		if i < 0 {
			r.Unknown(l.Owner, "value", field, fmt.Sprintf("%q is no version of %s, and the listener is refused", word, optionProtocols))
			continue
		}
		version := sslVersions[i].version
		if lowest == "" || version < lowest {
			lowest = version
		}
		highest = max(highest, version)
	}
	if lowest == "" {
		r.Unknown(l.Owner, "value", field, "the option names no version, and the listener is refused")
		return
	}
	why := fmt.Sprintf("%s is %q", optionProtocols, value)
	e.MinTLS, e.MaxTLS = byGatewayItself(lowest, at, why), byGatewayItself(highest, at, why)
}

// restsOnVersion: a setting that an older controller ignores cannot be relied on where the version is not known.
func (r *reader) restsOnVersion(l *gatewayapi.Listener, s posture.Setting[string], since string) {
	strict := s.Value == "1.3" || s.Value == posture.ClientRequired
	if r.Cluster.Controller.Version == "" && strict {
		r.Unknown(l.Owner, "version", s.By.Field, "NGINX Gateway Fabric reads the field from "+since+" on, and the cluster's version is not known")
	}
}
