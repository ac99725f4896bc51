package change

import (
	"fmt"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
)

func backendKey(b posture.Backend) string {
	return fmt.Sprintf("%s %s/%s:%d%s", b.Ref.Kind, b.Ref.Namespace, b.Ref.Name, b.Port, b.Host)
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
			setting(c, s, exposure, field+"minTLS", b.MinTLS, a.MinTLS, posture.CompareVersion, plain)
			c.anchors(s, exposure, field+"ca", b.CA, a.CA, nil)
			setting(c, s, exposure, field+"name", b.Name, a.Name, func(x, y string) posture.Order {
				return posture.CompareNames(names(x), names(y))
			}, plain)
		},
		func(a posture.Backend) {
			direction := Wider
			if backendKey(a) == declared {
				direction = New
			}
			c.out = append(c.out, Change{Subject: s, By: a.From, Field: "backend " + backendKey(a), After: backendKey(a), Direction: direction, Exposure: exposure, Why: "a route leads to it"})
		},
		func(b posture.Backend) {
			c.out = append(c.out, Change{Subject: s, By: b.From, Field: "backend " + backendKey(b), Before: backendKey(b), Direction: Gone, Exposure: exposure, Why: "no route leads to it any more"})
		},
	)
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

func names(one string) []string {
	if one == "" {
		return nil
	}
	return []string{one}
}
