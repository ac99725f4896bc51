package report

import (
	"cmp"
	"fmt"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/posture"
	"github.com/gatespan/gatespan/internal/trace"
)

// callsTable is the short answer: who calls what, through which listeners, with which TLS and as whom. A call whose way is not all
// there says so.
func callsTable(clusters []trace.Cluster) *table {
	t := &table{head: []string{"WHO", "CALLS", "THROUGH", "TLS"}}
	for _, from := range clusters {
		for _, x := range from.Wanted.Exits {
			for _, to := range clusters {
				for _, w := range to.Wanted.Entries {
					if w.Exposure == x.Exposure {
						t.row(call(from, x, to, w)...)
						t.note("as " + x.Identity.Value + told(x.EnforcedBy))
					}
				}
			}
		}
	}
	return t
}

func told(by posture.Enforcer) string {
	if by == "" {
		return ""
	}
	return ", told from others by " + string(by)
}

func call(from trace.Cluster, x controller.WantedExit, to trace.Cluster, w controller.WantedEntry) []cell {
	through := x.Gateway.Namespace + "/" + x.Gateway.Name
	if x.Via == "direct" {
		through = "directly"
	}
	tls := cell{"no way out", red}
	for _, e := range from.Posture.Exits {
		same := e.Subject == x.Gateway
		if x.Via == "direct" {
			same = e.Gateway.Name == "" && e.Subject.Name == x.Gateway.Name && e.Subject.Namespace == x.Gateway.Namespace
		}
		if same && e.Host == x.Hostname && e.Port == x.Port {
			tls = cell{cmp.Or(e.MinTLS.Value, "no floor") + "+ " + by(e.MinTLS.Enforcer), floorColor(e.MinTLS.Value)}
		}
	}
	if !serves(to, w) {
		tls = cell{"no way in", red}
	}
	return []cell{
		{x.Consumer + "\n" + from.Name, bold},
		{x.Exposure + "\n" + x.URL, none},
		{through + "\n" + fmt.Sprintf("%s/%s listener %s", w.Listener.Namespace, w.Listener.Name, w.Listener.Listener) + "\n" + to.Name, none},
		tls,
	}
}

func serves(to trace.Cluster, w controller.WantedEntry) bool {
	for _, e := range to.Posture.Entries {
		if w.Is(e) {
			return e.Served.Value
		}
	}
	return false
}
