package traefik

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"sigs.k8s.io/yaml"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
)

// installation is one place in Git that configures Traefik. Its options have the names of the command line in lower case, whatever they are
// written as: a file, arguments, or values of the Helm chart, whose own are below "chart.".
type installation struct {
	object  *object.Object
	at      string // where it is in the object
	options map[string]option
	whole   bool // nothing else says more: what is not there has its default
	broken  error
}

type option struct{ text, field string }

// installations are all that Git has. Traefik takes a file, or else arguments (cmd/traefik/traefik.go loaders), and Git does not tell which
// counts, so that each must be as it should.
func installations(c controller.Cluster, set *object.Set) []installation {
	var out []installation
	home := c.Controller.DataPlaneNamespace
	here := func(namespace string) bool { return home == "" || namespace == home } // a cluster may have others for other things
	for _, o := range set.Kind("", "ConfigMap") {
		if home != "" && o.Namespace == home {
			out = append(out, files(o)...)
		}
	}
	for _, kind := range []string{"Deployment", "DaemonSet", "StatefulSet"} {
		for _, o := range set.Kind("apps", kind) {
			if here(o.Namespace) {
				out = append(out, containers(o)...)
			}
		}
	}
	return append(out, releases(set, here)...)
}

// files are the static configurations of a ConfigMap: of its files those with entryPoints or providers. Dynamic ones have neither.
func files(o *object.Object) []installation {
	var out []installation
	texts := o.Texts("data")
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		values := map[string]any{}
		var err error
		switch strings.ToLower(path.Ext(name)) {
		case ".yml", ".yaml":
			err = yaml.Unmarshal([]byte(texts[name]), &values)
		case ".toml":
			err = toml.Unmarshal([]byte(texts[name]), &values)
		default:
			continue
		}
		i := installation{object: o, at: object.Key("data", name), options: map[string]option{}, whole: true}
		if err != nil && strings.HasPrefix(name, "traefik.") { // pkg/cli/loader_file.go BasePaths
			i.broken = err
			out = append(out, i)
		}
		i.flatten("", values, "")
		if i.on("entryPoints") || i.on("providers") {
			for name, o := range i.options {
				i.options[name] = option{o.text, i.at} // a file is one text
			}
			out = append(out, i)
		}
	}
	return out
}

// containers are those that run an image of Traefik and say how: by arguments, or else by environment variables.
func containers(o *object.Object) []installation {
	var out []installation
	list, _ := o.Get("spec.template.spec.containers").([]any)
	for n := range list {
		at := object.Item("spec.template.spec.containers", n)
		name := strings.FieldsFunc(path.Base(o.Text(at+".image")), func(c rune) bool { return c == ':' || c == '@' })
		args, _ := o.Get(at + ".args").([]any)
		command, _ := o.Get(at + ".command").([]any)
		if len(name) == 0 || name[0] != "traefik" {
			continue
		}
		i := installation{object: o, at: at + ".args", options: map[string]option{}}
		i.arguments(command, at+".command")
		i.arguments(args, at+".args")
		said := len(i.options) > 0
		if i.whole = !i.on("configFile"); !said && len(args) == 0 { // a command alone may be no more than the program's name
			i, said = environment(o, at)
		}
		if said || len(args) > 0 {
			out = append(out, i)
		}
	}
	return out
}

// environment is the configuration of a container without arguments: TRAEFIK_<NAME>_<NAME>. Beside arguments, which the Helm chart always
// gives, variables count for nothing (cmd/traefik/traefik.go: the first loader that finds something is the last).
func environment(o *object.Object, container string) (installation, bool) {
	i := installation{object: o, at: container + ".env", options: map[string]option{}, whole: o.Get(container+".envFrom") == nil}
	list, _ := o.Get(container + ".env").([]any)
	for n := range list {
		at := object.Item(container+".env", n)
		name, ours := strings.CutPrefix(strings.ToUpper(o.Text(at+".name")), "TRAEFIK_")
		switch {
		case !ours:
		case o.Get(at+".valueFrom") != nil:
			i.whole = false
		default:
			i.options[strings.ToLower(strings.ReplaceAll(name, "_", "."))] = option{o.Text(at + ".value"), at + ".value"}
		}
	}
	return i, len(i.options) > 0 || !i.whole
}

// releases are those of the Helm chart, by Flux and by Argo CD.
func releases(set *object.Set, here func(namespace string) bool) []installation {
	var out []installation
	for _, o := range set.Kind("helm.toolkit.fluxcd.io", "HelmRelease") {
		if o.Text("spec.chart.spec.chart") != chart && !fromOCI(set, o) || !here(cmp.Or(o.Text("spec.targetNamespace"), o.Namespace)) {
			continue
		}
		values, _ := o.Get("spec.values").(map[string]any)
		out = append(out, release(o, "spec.values", values, o.Get("spec.valuesFrom") == nil && o.Get("spec.postRenderers") == nil))
	}
	for _, o := range set.Kind("argoproj.io", "Application") {
		places := []string{"spec.source"}
		list, _ := o.Get("spec.sources").([]any)
		for i := range list {
			places = append(places, object.Item("spec.sources", i))
		}
		for _, at := range places {
			if namespace := o.Text("spec.destination.namespace"); o.Text(at+".chart") != chart || namespace != "" && !here(namespace) {
				continue
			}
			helm := at + ".helm"
			whole := o.Get(helm+".parameters") == nil && o.Get(helm+".fileParameters") == nil && o.Get(helm+".valueFiles") == nil
			if values, ok := o.Get(helm + ".valuesObject").(map[string]any); ok {
				out = append(out, release(o, helm+".valuesObject", values, whole))
				continue
			}
			var values map[string]any
			err := yaml.Unmarshal([]byte(o.Text(helm+".values")), &values)
			i := release(o, helm+".values", values, whole)
			for name, text := range i.options {
				i.options[name] = option{text.text, i.at}
			}
			i.broken = err
			out = append(out, i)
		}
	}
	return out
}

const chart = "traefik" // docsChart Chart.yaml

// standard are the providers that the chart has on by itself (docsChart values.yaml).
var standard = []string{"kubernetesCRD", "kubernetesIngress"}

// fromOCI: a HelmRelease may have its chart from a registry, where the last part of the address is the chart's name.
func fromOCI(set *object.Set, o *object.Object) bool {
	namespace := cmp.Or(o.Text("spec.chartRef.namespace"), o.Namespace)
	source := set.Find("source.toolkit.fluxcd.io", o.Text("spec.chartRef.kind"), namespace, o.Text("spec.chartRef.name"))
	return source != nil && strings.HasPrefix(source.Text("spec.url"), "oci://") && path.Base(source.Text("spec.url")) == chart
}

// release is what the chart makes of its values (docsChart templates/_podtemplate.tpl). It leaves out what is empty or false.
func release(o *object.Object, at string, values map[string]any, whole bool) installation {
	i := installation{object: o, at: at, options: map[string]option{}, whole: whole}
	get := func(of map[string]any, key string) map[string]any { m, _ := of[key].(map[string]any); return m }
	providers := get(values, "providers")
	for _, name := range slices.Sorted(maps.Keys(providers)) {
		provider, field := get(providers, name), at+".providers."+name
		rest := maps.Clone(provider)
		delete(rest, "enabled")
		i.filled("providers."+name, rest, field)
		on, said := provider["enabled"].(bool)
		if said || !slices.Contains(standard, name) && whole {
			i.options["providers."+strings.ToLower(name)] = option{fmt.Sprint(on), object.Key(field, "enabled")}
		} else {
			i.options["providers."+strings.ToLower(name)] = option{} // nothing but the name itself tells whether it is on
		}
	}
	for _, name := range standard {
		name = "providers." + strings.ToLower(name)
		i.options[name] = i.or(name, "true")
	}
	ports := map[string]any{}
	if whole {
		ports = map[string]any{"web": map[string]any{"port": 8000}, "websecure": map[string]any{"port": 8443}, "traefik": map[string]any{"port": 8080}, "metrics": map[string]any{"port": 9100}}
	}
	for name, value := range get(values, "ports") {
		port, _ := value.(map[string]any)
		merged := maps.Clone(get(ports, name))
		if merged == nil {
			merged = map[string]any{}
		}
		maps.Copy(merged, port)
		ports[name] = merged
		if value == nil {
			delete(ports, name)
		}
	}
	for name := range ports {
		port, field := get(ports, name), object.Key(at+".ports", name)
		if port["port"] != nil {
			i.options["entrypoints."+strings.ToLower(name)+".address"] = option{fmt.Sprintf(":%v", port["port"]), field + ".port"}
		}
		for _, key := range []string{"forwardedHeaders", "proxyProtocol", "http"} {
			i.filled("entryPoints."+name+"."+key, get(port, key), field+"."+key)
		}
		if get(port, "http3")["enabled"] == true {
			i.options["entrypoints."+strings.ToLower(name)+".http3"] = option{"true", field + ".http3"}
		}
	}
	for _, key := range []string{"core", "api", "experimental"} {
		i.filled(key, get(values, key), at+"."+key)
	}
	i.flatten("chart.tlsOptions", get(values, "tlsOptions"), at+".tlsOptions")
	i.flatten("chart.service", get(values, "service"), at+".service")
	i.options["chart.service.spec.type"] = i.or("chart.service.spec.type", "LoadBalancer")
	arguments, _ := values["additionalArguments"].([]any)
	i.arguments(arguments, at+".additionalArguments")
	return i
}

// or is an option, or what holds where nothing says it.
func (i installation) or(name, absent string) option {
	if o := i.options[name]; o != (option{}) || !i.whole {
		return o
	}
	return option{absent, i.at}
}

// filled is flatten without what is empty or false.
func (i installation) filled(name string, value map[string]any, field string) {
	part := installation{options: map[string]option{}}
	part.flatten(name, value, field)
	for name, o := range part.options {
		if o.text != "" && o.text != "false" {
			i.options[name] = o
		}
	}
}

// flatten brings a tree into options. What is null is not there, and an empty object is on (github.com/traefik/paerser file/raw_node.go).
func (i installation) flatten(name string, value any, field string) {
	join := func(a, b string) string { return strings.TrimPrefix(a+"."+b, ".") }
	switch v := value.(type) {
	case nil:
	case map[string]any:
		if len(v) == 0 && name != "" {
			i.options[strings.ToLower(name)] = option{"true", field}
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			i.flatten(join(name, key), v[key], object.Key(field, key))
		}
	case []any:
		texts := make([]string, len(v))
		for n, item := range v {
			texts[n] = text(item)
		}
		i.options[strings.ToLower(name)] = option{strings.Join(texts, ","), field}
	default:
		i.options[strings.ToLower(name)] = option{text(v), field}
	}
}

func text(v any) string {
	switch v.(type) {
	case map[string]any, []any:
		raw, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(raw)
	}
	return fmt.Sprint(v)
}

// arguments are --name=value, --name value, or --name for what is on (github.com/traefik/paerser flag/flagparser.go).
func (i installation) arguments(list []any, field string) {
	for n := 0; n < len(list); n++ {
		at := object.Item(field, n)
		argument, _ := list[n].(string)
		if !strings.HasPrefix(argument, "-") {
			continue
		}
		name, value, given := strings.Cut(strings.TrimLeft(argument, "-"), "=")
		if !given {
			value = "true"
			if next := n + 1; next < len(list) {
				if after, _ := list[next].(string); !strings.HasPrefix(after, "-") {
					value, n = after, next
				}
			}
		}
		i.options[strings.ToLower(name)] = option{value, at}
	}
}

// on reports whether an option, or anything below it, is set.
func (i installation) on(name string) bool {
	name = strings.ToLower(name)
	if o, said := i.options[name]; said {
		return o.text != "false" && o.text != ""
	}
	for have := range i.options {
		if strings.HasPrefix(have, name+".") {
			return true
		}
	}
	return false
}
