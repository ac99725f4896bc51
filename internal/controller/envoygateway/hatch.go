package envoygateway

import (
	"slices"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// hatches finds what can undo everything that the reader understood.
func (r *reader) hatches() {
	for _, o := range r.Objects.Kind(Group, kindEnvoyPatchPolicy) {
		var d decoded[patchPolicySpec]
		if r.CheckFields(o, &d) {
			r.patches(o, d.Spec)
		}
	}
	for _, p := range r.extensions {
		r.extends(p)
	}
	for _, g := range r.Gateways {
		subject := []posture.Subject{gatewayapi.SubjectOf(g.Object)}
		config := r.proxy(g)
		for _, p := range config.chain {
			r.proxyHatches(p, subject)
		}
		if config.merged {
			last := config.chain[len(config.chain)-1]
			r.hatch(last.object, "spec.mergeGateways", nil, "mergeGateways puts the listeners of every Gateway of the class into one proxy")
		}
	}
	for _, o := range r.Objects.Kind(Group, kindHTTPRouteFilter) {
		var d decoded[routeFilterSpec]
		if !r.CheckFields(o, &d) {
			continue
		}
		if u := d.Spec.URLRewrite; u != nil && u.Hostname != nil && u.Hostname.Type == "Header" {
			r.hatch(o, "spec.urlRewrite.hostname", nil, "the host of the request to the backend comes from a header of the client")
		}
		if d.Spec.CredentialInjection != nil {
			r.hatch(o, "spec.credentialInjection", nil, "credentialInjection gives every request a credential that its sender does not have")
		}
	}
}

// patches: a patch edits the configuration of the proxies after every policy. It is for a Gateway, or for a class whose Gateways are merged.
func (r *reader) patches(o *object.Object, s patchPolicySpec) {
	var gateways []posture.Subject
	if s.TargetRef.Kind == "Gateway" {
		gateways = []posture.Subject{{Kind: "Gateway", Namespace: o.Namespace, Name: string(s.TargetRef.Name)}}
		if r.Objects.Find(gatewayapi.Group, "Gateway", o.Namespace, string(s.TargetRef.Name)) == nil {
			gateways = nil // named by mistake or made elsewhere: it may touch any
		}
	}
	r.hatch(o, "spec.jsonPatches", gateways, "an EnvoyPatchPolicy edits the proxies' configuration after every other policy")
}

func (r *reader) extends(p policy[extensionPolicySpec]) {
	for _, code := range []struct {
		field string
		there bool
	}{
		{"spec.lua", len(p.spec.Lua) > 0}, {"spec.wasm", len(p.spec.Wasm) > 0},
		{"spec.extProc", len(p.spec.ExtProc) > 0}, {"spec.dynamicModule", len(p.spec.DynamicModule) > 0},
	} {
		if gateways := r.touched(p); code.there && len(gateways) > 0 {
			r.hatch(p.object, code.field, gateways, "code in the way of requests can change them, and their identity headers")
		}
	}
}

// touched are the Gateways that a policy reaches, by themselves or by a route of theirs.
func (r *reader) touched(p policy[extensionPolicySpec]) []posture.Subject {
	var out []posture.Subject
	for _, g := range r.Gateways {
		hit := slices.ContainsFunc(g.Listeners, func(l *gatewayapi.Listener) bool {
			s, stray := r.reaches(p.object, p.targets, l)
			return s != notAttached || stray
		})
		subject := gatewayapi.SubjectOf(g.Object)
		for _, e := range r.Posture.Entries {
			hit = hit || e.Gateway == subject && slices.ContainsFunc(e.Routes, func(route posture.Route) bool {
				return r.targetsRoute(p.object, p.targets, route.Ref)
			})
		}
		if hit {
			out = append(out, subject)
		}
	}
	return out
}

// proxyHatches are the settings of an EnvoyProxy that reach past the fields that the reader understands.
func (r *reader) proxyHatches(p envoyProxy, gateways []posture.Subject) {
	if p.spec.Bootstrap != nil {
		r.hatch(p.object, "spec.bootstrap", gateways, "bootstrap changes the proxies' own configuration, up to replacing it")
	}
	if len(p.spec.ExtraArgs) > 0 {
		r.hatch(p.object, "spec.extraArgs", gateways, "extraArgs can give the proxies another configuration")
	}
	if len(p.spec.DynamicModules) > 0 {
		r.hatch(p.object, "spec.dynamicModules", gateways, "dynamicModules load code into the proxies")
	}
	if p.spec.Provider == nil || p.spec.Provider.Kubernetes == nil {
		return
	}
	k := p.spec.Provider.Kubernetes
	if k.EnvoyService != nil && k.EnvoyService.Patch != nil {
		r.hatch(p.object, serviceField+".patch", gateways, "the patch can change the type, sources and annotations of the proxies' Service")
	}
	for name, w := range map[string]*proxyWorkload{"envoyDeployment": k.EnvoyDeployment, "envoyDaemonSet": k.EnvoyDaemonSet} {
		field := "spec.provider.kubernetes." + name
		if w == nil {
			continue
		}
		if w.Patch != nil {
			r.hatch(p.object, field+".patch", gateways, "the patch can replace the proxies' image, arguments and configuration")
		}
		if w.Container["image"] != nil || w.Container["imageRepository"] != nil {
			r.hatch(p.object, field+".container", gateways, "the proxies run another image")
		}
	}
}

// hatch records one escape hatch once, with every Gateway that it may touch; without any it may touch all of them.
func (r *reader) hatch(o *object.Object, field string, gateways []posture.Subject, why string) {
	h := posture.Hatch{Subject: gatewayapi.SubjectOf(o), By: gatewayapi.Nearest(o, field), Gateways: []posture.Subject{}, Why: why}
	h.Gateways = append(h.Gateways, gateways...)
	for i, known := range r.Posture.Hatches {
		if known.By != h.By || known.Why != h.Why {
			continue
		}
		for _, g := range h.Gateways {
			if len(known.Gateways) > 0 && !slices.Contains(known.Gateways, g) {
				known.Gateways = append(known.Gateways, g)
			}
		}
		if len(h.Gateways) == 0 {
			known.Gateways = h.Gateways
		}
		r.Posture.Hatches[i] = known
		return
	}
	r.Posture.Hatches = append(r.Posture.Hatches, h)
}
