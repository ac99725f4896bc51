package adopt

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/format"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// draft writes the exposure that an entry serves, as far as the posture tells it. What nothing tells is a guess, and says so.
func (p *proposer) draft(s *State, e posture.Entry) error {
	backend, paths, route := service(e)
	switch {
	case len(e.Hostnames) != 1 || strings.HasPrefix(e.Hostnames[0], "*"):
		p.note("cluster %s: listener %s of Gateway %s/%s has no single hostname, so no exposure is drafted of it", s.Name, e.Subject.Listener, e.Gateway.Namespace, e.Gateway.Name)
		return nil
	case backend == nil:
		p.note("cluster %s: listener %s of Gateway %s/%s leads to no single Service, so no exposure is drafted of it", s.Name, e.Subject.Listener, e.Gateway.Namespace, e.Gateway.Name)
		return nil
	}
	name := key(backend.Ref.Name)
	for n := 2; p.out.Drafts[name] != nil; n++ {
		name = key(backend.Ref.Name) + "-" + strconv.Itoa(n)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "owner: %s\n", owner(s, route, *backend))
	fmt.Fprintf(&b, "hostname: %s\n", quote(e.Hostnames[0]))
	fmt.Fprintf(&b, "service: {namespace: %s, name: %s, port: %d, selector: %s}\n", quote(backend.Ref.Namespace), quote(backend.Ref.Name), backend.Port, selector(s, *backend))
	fmt.Fprintf(&b, "providers: %s: gateway: %s\n", quote(s.Name), quote(key(e.Gateway.Name)))
	if len(paths) > 0 {
		b.WriteString("http: [\n")
		for _, path := range paths {
			kind, value, _ := strings.Cut(path, " ")
			fmt.Fprintf(&b, "{matches: [{path: {type: %s, value: %s}}]},\n", quote(kind), quote(value))
		}
		b.WriteString("]\n")
	}
	b.WriteString("consumers: {\n")
	if e.Identities.Value.Everybody {
		b.WriteString("// Whoever the CA signs is let in today: name the workloads that may call.\n")
	}
	for i, id := range e.Identities.Value.Accepted {
		p.consumer(&b, s, e, id, i)
	}
	b.WriteString("}\n")
	text := fmt.Sprintf("package fleet\n\nimport \"github.com/gatespan/gatespan/schema\"\n\n"+
		"// A draft by gatespan init, of listener %s of Gateway %s/%s in cluster %s.\n"+
		"// Nothing reads this file before it is renamed to %s.cue. gatespan generate then writes overlays of its\n"+
		"// own, and the objects that serve it today must go.\n"+
		"schema.#Fleet & {\nexposures: %s: {\n%s}\n}\n",
		comment(e.Subject.Listener), comment(e.Gateway.Namespace), comment(e.Gateway.Name), s.Name, name, quote(name), b.String())
	formatted, err := format.Source([]byte(text))
	if err != nil {
		return fmt.Errorf("the draft of exposure %s is not CUE: %w", name, err)
	}
	p.out.Drafts[name] = formatted
	return nil
}

// service is the one Service that an entry leads to, its paths, and the route; nil when there is none or more than one.
func service(e posture.Entry) (*posture.Backend, []string, posture.Ref) {
	var found *posture.Backend
	var paths []string
	var route posture.Ref
	for _, r := range e.Routes {
		for i := range r.Backends {
			b := &r.Backends[i]
			if b.External || b.Ref.Kind != "Service" || found != nil && found.Ref != b.Ref {
				return nil, nil, posture.Ref{}
			}
			found, route = b, r.Ref
		}
		for _, path := range r.Paths {
			if kind, value, ok := strings.Cut(path, " "); ok && (kind == "PathPrefix" || kind == "Exact") && value != "/" {
				paths = append(paths, path)
			}
		}
	}
	return found, paths, route
}

// owner is what the label of the route says, or the Service's namespace.
func owner(s *State, route posture.Ref, b posture.Backend) string {
	for _, o := range s.Objects.All() {
		if o.Kind == route.Kind && o.Namespace == route.Namespace && o.Name == route.Name {
			if label := o.Labels["gatespan.dev/owner"]; label != "" {
				return quote(label)
			}
		}
	}
	return quote(b.Ref.Namespace) + " // a guess: the team that may change it"
}

// selector is the Service's, when it is in Git.
func selector(s *State, b posture.Backend) string {
	if o := s.Objects.Find("", "Service", b.Ref.Namespace, b.Ref.Name); o != nil {
		if found := o.Texts("spec.selector"); len(found) > 0 {
			return labels(found)
		}
	}
	return "{app: " + quote(b.Ref.Name) + "}" // the Service is not in Git; the comment above asks to look
}

func labels(all map[string]string) string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(all)) {
		out = append(out, quote(k)+": "+quote(all[k]))
	}
	return "{" + strings.Join(out, ", ") + "}"
}

// consumer writes who has one of the accepted identities: where the repository has a workload or an exit of it, that cluster.
func (p *proposer) consumer(b *strings.Builder, s *State, e posture.Entry, id posture.Identity, n int) {
	kind, value := "uri", id.Value
	if id.Type == "dns" {
		kind = "dns"
	}
	if id.Type == "principal" {
		value = "spiffe://" + value
	}
	if id.Match != "" && id.Match != "exact" || id.Type != "uri" && id.Type != "dns" && id.Type != "principal" {
		fmt.Fprintf(b, "// %s %s %s is let in today, too: an exposure names identities exactly.\n", comment(id.Type), comment(id.Match), comment(id.Value))
		return
	}
	namespace, account := workload(value)
	name := key(cmp.Or(account, strings.Split(id.Value, ".")[0]))
	cluster, guess := s.Name, " // a guess: the cluster that it runs in"
	for i := range p.states {
		for _, x := range p.states[i].Posture.Exits {
			if x.Host == e.Hostnames[0] && (namespace == "" || x.Subject.Namespace == namespace) {
				cluster, guess, namespace = p.states[i].Name, "", x.Subject.Namespace
			}
		}
	}
	if n > 0 {
		name = key(name + "-" + strconv.Itoa(n+1))
	}
	fmt.Fprintf(b, "%s: {\ncluster: %s%s\n", quote(name), quote(cluster), guess)
	fmt.Fprintf(b, "namespace: %s\n", quote(cmp.Or(namespace, "default")))
	if account != "" {
		fmt.Fprintf(b, "serviceAccount: %s\n", quote(account))
	}
	pods, found := p.pods(cluster, namespace, account)
	if !found {
		pods = map[string]string{"app": name}
	}
	fmt.Fprintf(b, "podSelector: matchLabels: %s", labels(pods))
	if !found {
		b.WriteString(" // a guess: no workload of that service account is in Git")
	}
	fmt.Fprintf(b, "\nidentity: %s: %s\n}\n", kind, quote(value))
}

// workload reads the namespace and service account of a SPIFFE id such as spiffe://corp/ns/orders/sa/orders.
func workload(id string) (namespace, account string) {
	parts := strings.Split(id, "/")
	for i := 0; i+1 < len(parts); i++ {
		switch parts[i] {
		case "ns":
			namespace = parts[i+1]
		case "sa":
			account = parts[i+1]
		}
	}
	return namespace, account
}

// pods are the labels of the workload that runs with a service account.
func (p *proposer) pods(cluster, namespace, account string) (map[string]string, bool) {
	for i := range p.states {
		if p.states[i].Name != cluster {
			continue
		}
		for _, kind := range []string{"Deployment", "StatefulSet", "DaemonSet"} {
			for _, o := range p.states[i].Objects.Kind("apps", kind) {
				if account != "" && o.Namespace == namespace && serviceAccount(o) == account {
					if found := o.Texts("spec.selector.matchLabels"); len(found) > 0 {
						return found, true
					}
				}
			}
		}
	}
	return nil, false
}

func serviceAccount(o *object.Object) string {
	return cmp.Or(o.Text("spec.template.spec.serviceAccountName"), "default")
}
