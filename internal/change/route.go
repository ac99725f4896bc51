package change

import (
	"fmt"
	"slices"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

func backendKey(b posture.Backend) string {
	key := fmt.Sprintf("%s %s/%s:%d", b.Ref.Kind, b.Ref.Namespace, b.Ref.Name, b.Port)
	if b.Host != "" {
		key += " (" + b.Host + ")"
	}
	return key
}

func declaredBackend(w *controller.WantedEntry) string {
	if w == nil {
		return ""
	}
	return fmt.Sprintf("Service %s/%s:%d", w.Service.Namespace, w.Service.Name, w.ServicePort)
}

// routes compares where an entry leads: a backend that was not reached before is wider, and the hop to one that was is compared setting by setting.
func (c *comparison) routes(s posture.Subject, exposure string, before, after posture.Entry, declared string) {
	backends := func(e posture.Entry) []posture.Backend {
		var out []posture.Backend
		for _, r := range e.Routes {
			out = append(out, r.Backends...)
		}
		return out
	}
	pair(backends(before), backends(after), backendKey,
		func(b, a posture.Backend) {
			field := "backend " + backendKey(a) + " "
			setting(c, s, exposure, field+"tls", b.TLS, a.TLS, posture.CompareTLS, plain)
			if a.TLS.Value == b.TLS.Value && a.Certificate.Value == "" { // another TLS says it all, and pods tell whether they take another certificate
				setting(c, s, exposure, field+"certificate", b.Certificate, a.Certificate, compareCertificate, plain)
			}
			setting(c, s, exposure, field+"minTLS", b.MinTLS, a.MinTLS, posture.CompareVersion, plain)
			c.anchors(s, exposure, field+"ca", b.CA, a.CA, c.backendRoots(after, backendKey(a) == declared))
			setting(c, s, exposure, field+"name", b.Name, a.Name, func(x, y string) posture.Order {
				return posture.CompareNames(single(x), single(y))
			}, plain)
		},
		func(a posture.Backend) {
			direction, why := Wider, "a route leads to it"
			switch old := backends(before); {
			case backendKey(a) == declared:
				direction = New
			case len(old) > 0 && after.TLS.Value == posture.TLSPassthrough:
				direction, why = Weaker, "TLS is passed through to it, and nothing says that it verifies clients as those before do"
			case len(old) > 0 && !c.verified(a, c.after) && !slices.ContainsFunc(old, func(b posture.Backend) bool { return !c.verified(b, c.before) }):
				direction, why = Weaker, "a route leads to it, and it is not verified as all were that routes led to before"
			}
			c.out = append(c.out, Change{Subject: s, By: a.From, Field: "backend " + backendKey(a), After: backendKey(a), Direction: direction, Exposure: exposure, Why: why})
		},
		func(b posture.Backend) {
			c.out = append(c.out, Change{Subject: s, By: b.From, Field: "backend " + backendKey(b), Before: backendKey(b), Direction: Gone, Exposure: exposure, Why: "no route leads to it any more"})
		},
	)
	c.demands(s, exposure, before, after)
	c.paths(s, exposure, before, after)
	c.names(s, exposure, before, after)
	mirrors := func(e posture.Entry) []posture.Backend {
		var out []posture.Backend
		for _, r := range e.Routes {
			out = append(out, r.Mirrors...)
		}
		return out
	}
	pair(mirrors(before), mirrors(after), backendKey, nil, func(a posture.Backend) {
		c.out = append(c.out, Change{Subject: s, By: a.From, Field: "mirror " + backendKey(a), After: backendKey(a), Direction: Weaker, Exposure: exposure, Why: "requests are copied to it"})
	}, nil)
}

// verified reports whether whoever answers for a backend must show a certificate of a pinned CA for a known name, or be of the mesh. What
// leaves the cluster is one of the exits.
func (c *comparison) verified(b posture.Backend, of posture.Posture) bool {
	pinned := func(anchors []posture.Anchor) bool {
		return len(anchors) > 0 && !slices.ContainsFunc(anchors, func(a posture.Anchor) bool { return a.System })
	}
	if b.External && b.ExitIndex >= 0 && b.ExitIndex < len(of.Exits) {
		exit := of.Exits[b.ExitIndex]
		return exit.TLS.Value == "tls" && pinned(exit.CA.Value) && len(exit.Names.Value) > 0
	}
	return b.TLS.Value == "mesh" || b.TLS.Value == "tls" && pinned(b.CA.Value) && b.Name.Value != ""
}

func single(one string) []string {
	if one == "" {
		return nil
	}
	return []string{one}
}

// paths compares which paths each route serves: another one is wider, and never less safe, since whoever calls it is verified alike.
func (c *comparison) paths(s posture.Subject, exposure string, before, after posture.Entry) {
	type served struct {
		route posture.Ref
		all   bool
		paths []string
	}
	gather := func(e posture.Entry) []served {
		var out []served
		for _, r := range e.Routes {
			ref := r.Ref
			ref.Field = ""
			i := slices.IndexFunc(out, func(o served) bool { return o.route == ref })
			if i < 0 {
				i, out = len(out), append(out, served{route: ref})
			}
			out[i].all = out[i].all || len(r.Paths) == 0
			out[i].paths = append(out[i].paths, r.Paths...)
		}
		return out
	}
	text := func(r served) string {
		if r.all {
			return "every path"
		}
		return list(r.paths)
	}
	pair(gather(before), gather(after), func(r served) string { return r.route.Kind + " " + r.route.Namespace + "/" + r.route.Name }, func(b, a served) {
		direction := Wider
		switch posture.CompareSets(b.all, b.paths, a.all, a.paths) {
		case posture.Same:
			return
		case posture.Stronger:
			direction = Stronger
		default:
			if exposure == "" {
				direction = Other // of ordinary routes, paths come and go
			}
		}
		c.out = append(c.out, Change{Subject: s, By: a.route, Field: "paths", Before: text(b), After: text(a), Direction: direction, Exposure: exposure})
	}, nil, nil)
}

// names compares which hosts each route serves. One that served some of its entry's and now serves all is weaker: what tells callers apart by
// host, such as an AuthorizationPolicy, let others through there. Some more are wider.
func (c *comparison) names(s posture.Subject, exposure string, before, after posture.Entry) {
	served := func(e posture.Entry, r posture.Route) []string {
		if len(r.Hostnames) > 0 {
			return r.Hostnames
		}
		return e.Hostnames
	}
	text := func(names []string) string {
		if len(names) == 0 {
			return "every host"
		}
		return list(names)
	}
	if !slices.Equal(before.Hostnames, after.Hostnames) {
		return // the entry's own change says it
	}
	pair(before.Routes, after.Routes, func(r posture.Route) string { return r.Ref.Kind + " " + r.Ref.Namespace + "/" + r.Ref.Name }, func(b, a posture.Route) {
		was, is := served(before, b), served(after, a)
		order := posture.CompareNames(was, is)
		if order == posture.Same || order == posture.Stronger {
			return
		}
		change := Change{Subject: s, By: a.Ref, Field: "hosts", Before: text(was), After: text(is), Direction: Wider, Exposure: exposure, Why: a.Ref.Kind + " serves them"}
		if len(b.Hostnames) > 0 && len(a.Hostnames) == 0 {
			change.Direction = Weaker
		}
		c.out = append(c.out, change)
	}, nil, nil)
}

// backendRoots are the roots that the fleet declares for what an entry's routes lead to: the exposure's pods, or, behind the listener of an
// egress gateway, the exposure's gateway.
func (c *comparison) backendRoots(e posture.Entry, pods bool) []string {
	if w := c.wantedEntry(e); w != nil && pods {
		return w.BackendSHA256
	}
	for _, w := range c.wanted.Exits {
		if w.Gateway == e.Subject {
			return w.SHA256
		}
	}
	return nil
}
