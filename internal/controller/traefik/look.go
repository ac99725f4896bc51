package traefik

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// undone makes hatches of what the installation takes from every listener, for clusters whose exposures ask for nothing too: the prerequisites
// of those that do are judged as such.
func (r *reader) undone() {
	all := []func(installation, place) verdict{lookForwarded, lookBetween}
	if len(r.options) > 0 {
		all = append(all, lookCRDs)
	}
	for _, look := range all {
		found := judged(look)(r.Cluster, r.Objects)
		if found.State != posture.PrerequisiteViolated {
			continue
		}
		h := posture.Hatch{Subject: found.Subject, By: found.By, Why: found.Why}
		for _, g := range r.Gateways {
			h.Gateways = append(h.Gateways, gatewayapi.SubjectOf(g.Object))
		}
		r.Posture.Hatches = append(r.Posture.Hatches, h)
	}
}

// place is what an installation must serve.
type place struct {
	cluster  controller.Cluster
	set      *object.Set
	gateways []*object.Object
}

// verdict is what one installation says of a prerequisite.
type verdict struct{ state, field, why string }

// judged makes a look of a judgement of each installation in Git: the worst of them counts.
func judged(judge func(installation, place) verdict) func(controller.Cluster, *object.Set) posture.Prerequisite {
	return func(c controller.Cluster, set *object.Set) posture.Prerequisite {
		at := place{cluster: c, set: set}
		own := profile()
		for _, o := range set.Kind(gatewayapi.Group, "Gateway") {
			if gatewayapi.Owns(c, own, set, o.Text("spec.gatewayClassName")) {
				at.gateways = append(at.gateways, o)
			}
		}
		out := posture.Prerequisite{State: posture.PrerequisiteUnseen, Why: "the installation's configuration is not in Git"}
		for n, i := range installations(c, set) {
			found := judge(i, at)
			if i.broken != nil {
				found = verdict{posture.PrerequisiteViolated, i.at, "the configuration cannot be read: " + i.broken.Error()}
			}
			if n > 0 && slices.Index(states, found.state) <= slices.Index(states, out.State) {
				continue
			}
			out = posture.Prerequisite{State: found.state, Why: found.why}
			if found.state != posture.PrerequisiteUnseen {
				out.Subject, out.By = gatewayapi.SubjectOf(i.object), gatewayapi.Nearest(i.object, found.field)
			}
		}
		return out
	}
}

// states are those of a prerequisite, best first.
var states = []string{posture.PrerequisiteMet, posture.PrerequisiteUnseen, posture.PrerequisiteViolated}

// worst is the first of the worst verdicts.
func worst(all ...verdict) verdict {
	out := all[0]
	for _, v := range all[1:] {
		if slices.Index(states, v.state) > slices.Index(states, out.state) {
			out = v
		}
	}
	return out
}

func met(field, why string) verdict { return verdict{posture.PrerequisiteMet, field, why} }

func violated(field, why string) verdict { return verdict{posture.PrerequisiteViolated, field, why} }

// unsaid is an option that nothing sets: its default is wrong, or something that is not in Git sets it.
func (i installation) unsaid(name string) verdict {
	if i.whole {
		return violated(i.at, name+" is not set")
	}
	return verdict{posture.PrerequisiteUnseen, "", name + " is not set in Git, and may be elsewhere"}
}

func (i installation) get(name string) (option, bool) {
	o, said := i.options[strings.ToLower(name)]
	return o, said && o != option{}
}

// want is an option that must be true.
func (i installation) want(name string) verdict {
	o, said := i.get(name)
	switch {
	case !said:
		return i.unsaid(name)
	case strings.EqualFold(o.text, "true"):
		return met(o.field, name+" is true")
	}
	return violated(o.field, fmt.Sprintf("%s is %q", name, o.text))
}

// refuse is an option that must not be set, nor any below it.
func (i installation) refuse(name, why string) verdict {
	for _, have := range slices.Sorted(maps.Keys(i.options)) {
		o := i.options[have]
		if (have == strings.ToLower(name) || strings.HasPrefix(have, strings.ToLower(name)+".")) && o.text != "" && o.text != "false" {
			return violated(o.field, name+" is set: "+why)
		}
	}
	if !i.whole {
		return verdict{posture.PrerequisiteUnseen, "", name + " is not set in Git, and may be elsewhere"}
	}
	return met(i.at, name+" is not set")
}

// provider is one that must be on, and watch the namespaces of all gateways.
func (i installation) provider(name string, at place) verdict {
	if !i.on(name) {
		if o, said := i.get(name); said {
			return violated(o.field, name+" is off")
		}
		return i.unsaid(name)
	}
	o, said := i.get(name + ".namespaces")
	if said && o.text != "" {
		watched := strings.Split(o.text, ",")
		for _, g := range at.gateways {
			if !slices.Contains(watched, g.Namespace) {
				return violated(o.field, fmt.Sprintf("%s.namespaces leaves namespace %s of %s out", name, g.Namespace, g))
			}
		}
	}
	return met(i.at, name+" is on")
}

func lookCRDs(i installation, at place) verdict {
	const name = "providers.kubernetesCRD"
	out := i.provider(name, at)
	o, said := i.get(name + ".labelSelector")
	if !said || o.text == "" || out.state == posture.PrerequisiteViolated {
		return out
	}
	selector, err := labels.Parse(o.text)
	if err != nil {
		return violated(o.field, name+".labelSelector cannot be read, and nothing is watched")
	}
	for _, kind := range []string{kindTLSOption, kindServersTransport, kindTraefikService} { // what a gateway rests on
		for _, left := range at.set.Kind(Group, kind) {
			if !selector.Matches(labels.Set(left.Labels)) {
				return violated(o.field, fmt.Sprintf("%s.labelSelector leaves %s out", name, left))
			}
		}
	}
	return out
}

func lookDefault(i installation, at place) verdict {
	const name = "providers.kubernetesCRD.defaultTLSResourcesNamespace"
	all := []verdict{i.unsaid(name)}
	if o, said := i.get(name); said {
		all[0] = met(o.field, name+" is "+o.text)
		for _, g := range at.gateways {
			if g.Namespace != o.text {
				all[0] = violated(o.field, fmt.Sprintf("%s is %s, and %s is in namespace %s", name, o.text, g, g.Namespace))
			}
		}
	}
	for _, other := range []string{"file", "http", "rest", "consul", "etcd", "redis", "zooKeeper"} {
		if !i.on("providers." + other) {
			continue
		}
		if other == "file" && len(i.options["chart.service.spec.type"].field) > 0 { // a release has its files in its values
			all = append(all, i.refuse("providers.file.content.tls.options.default", "of two neither counts"))
			continue
		}
		all = append(all, verdict{posture.PrerequisiteUnseen, "", "provider " + other + " can define TLS options named default too"})
	}
	return worst(append(all, i.refuse("chart.tlsOptions.default", "the release has TLS options named default of its own"))...)
}

func lookGateways(i installation, at place) verdict {
	const name = "providers.kubernetesGateway"
	out := i.provider(name, at)
	if o, said := i.get(name + ".experimentalChannel"); said && strings.EqualFold(o.text, "true") && at.cluster.GatewayAPI.Channel != "experimental" {
		return worst(out, violated(o.field, name+".experimentalChannel is true, and the cluster has the CRDs of channel "+at.cluster.GatewayAPI.Channel))
	}
	return out
}

// entryPoints are those that listen on the port of a gateway, by name, with the listener's port. Other ones are no way to a listener.
func (i installation) entryPoints(at place) (names []string, missing []string) {
	ports := map[int]bool{}
	for _, g := range at.gateways {
		list, _ := g.Get("spec.listeners").([]any)
		for n := range list {
			if port, ok := integer(g.Get(object.Item("spec.listeners", n) + ".port")); ok {
				ports[port] = true
			}
		}
	}
	for _, port := range slices.Sorted(maps.Keys(ports)) {
		found := false
		for _, name := range slices.Sorted(maps.Keys(i.options)) {
			point, isAddress := strings.CutSuffix(name, ".address")
			address, _, _ := strings.Cut(i.options[name].text, "/")
			if isAddress && strings.HasPrefix(point, "entrypoints.") && strings.HasSuffix(address, ":"+strconv.Itoa(port)) {
				names, found = append(names, point), true
			}
		}
		if !found {
			missing = append(missing, strconv.Itoa(port))
		}
	}
	if len(missing) > 0 && !i.whole { // the address may be elsewhere: any of them
		for name := range i.options {
			if parts := strings.Split(name, "."); parts[0] == "entrypoints" && len(parts) > 2 {
				names = append(names, parts[0]+"."+parts[1])
			}
		}
		slices.Sort(names)
		names = slices.Compact(names)
	}
	return names, missing
}

func lookPorts(i installation, at place) verdict {
	_, missing := i.entryPoints(at)
	switch {
	case len(missing) == 0:
		return met(i.at, "an entryPoint listens on the port of each gateway")
	case !i.whole:
		return i.unsaid("an entryPoint of port " + missing[0])
	}
	return violated(i.at, "no entryPoint listens on port "+missing[0])
}

func lookNaming(i installation, _ place) verdict { return i.want("providers.kubernetesCRD.safeNaming") }

func lookForwarded(i installation, at place) verdict {
	names, _ := i.entryPoints(at)
	out := met(i.at, "no entryPoint of a gateway trusts forwarded headers")
	if !i.whole {
		out = verdict{posture.PrerequisiteUnseen, "", "more of the configuration is not in Git"}
	}
	for _, point := range names {
		out = worst(out, i.refuse(point+".forwardedHeaders.insecure", "pods see the certificate that a client claims in X-Forwarded-Tls-Client-Cert"))
		if o, said := i.get(point + ".forwardedHeaders.trustedIPs"); said && o.text != "" {
			out = worst(out, verdict{posture.PrerequisiteUnseen, "", "who " + o.text + " are, and whether they verify clients, is not in Git"})
		}
	}
	return out
}

func lookBetween(i installation, at place) verdict {
	names, _ := i.entryPoints(at)
	all := []verdict{
		i.refuse("experimental.plugins", "a plugin is code in the proxy"), i.refuse("experimental.localPlugins", "a plugin is code in the proxy"),
		i.refuse("providers.plugin", "a plugin configures the proxy"),
		i.refuse("providers.rest.insecure", "whoever reaches it configures the proxy"),
	}
	if i.on("api.insecure") {
		all = append(all, verdict{posture.PrerequisiteUnseen, "", "api.insecure is set, and who reaches it and reads the configuration is not in Git"})
	}
	for _, point := range names {
		all = append(all, i.refuse(point+".http.middlewares", "they see and change every request"))
	}
	return worst(all...)
}

func lookCross(i installation, at place) verdict {
	all := []verdict{i.refuse("providers.kubernetesCRD.allowCrossNamespace", "objects of any namespace may name those of another")}
	for _, provider := range []string{"kubernetesCRD", "kubernetesGateway", "kubernetesIngress"} {
		name := "providers." + provider + ".crossProviderNamespaces"
		if off, said := i.get("providers." + provider); provider == "kubernetesIngress" && !i.on("providers."+provider) && (said && off.text == "false" || i.whole) {
			continue
		}
		o, said := i.options[strings.ToLower(name)]
		if !said {
			all = append(all, i.unsaid(name))
			continue
		}
		all = append(all, met(o.field, name+" is limited"))
		for _, namespace := range strings.FieldsFunc(o.text, func(c rune) bool { return c == ',' || c == ' ' }) {
			if !slices.ContainsFunc(at.gateways, func(g *object.Object) bool { return g.Namespace == namespace }) {
				all = append(all, violated(o.field, fmt.Sprintf("%s admits namespace %s, which has no gateway", name, namespace)))
			}
		}
	}
	return worst(all...)
}

// lookService is about releases: other installations have their Service beside them, and it is read like any other.
func lookService(i installation, _ place) verdict {
	o, said := i.options["chart.service.spec.type"]
	enabled, off := i.options["chart.service.enabled"]
	switch {
	case off && enabled.text == "false":
		return met(enabled.field, "the release makes no Service")
	case !said || o == option{}:
		return verdict{posture.PrerequisiteUnseen, "", "the type of the installation's Service is not in Git"}
	case o.text == "ClusterIP":
		return met(o.field, "service.spec.type is ClusterIP")
	}
	return violated(o.field, "service.spec.type is "+o.text)
}
