package gatewayapi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// Forwarding says whether a header that tells of a client's certificate reaches pods, for a controller that hands on what clients send: it
// does unless each rule of each route takes it away. Taking it away is no forgery there, so such headers are not among the route's. Title
// is the controller's, for messages.
func Forwarding(objects *object.Set, l *Listener, e *posture.Entry, header, title string) {
	set := func(value string, enforcer posture.Enforcer, by posture.Ref, why string) {
		e.Forwarding = posture.Setting[string]{Value: value, Enforcer: enforcer, By: by, Why: why}
	}
	set("sanitize", posture.ByGateway, l.Ref(""), "no route hands requests on")
	if e.TLS.Value == posture.TLSPassthrough {
		set("sanitize", posture.ByNobody, e.TLS.By, "the gateway sees no header")
	}
	for i := range e.Routes {
		route := &e.Routes[i]
		route.Headers = slices.DeleteFunc(route.Headers, func(h posture.Header) bool { return h.Does == "remove" })
		o := objects.Find(Group, route.Ref.Kind, route.Ref.Namespace, route.Ref.Name)
		if o == nil || o.Kind != "HTTPRoute" && o.Kind != "GRPCRoute" || len(route.Backends)+len(route.Mirrors) == 0 {
			continue
		}
		rules, _ := o.Get("spec.rules").([]any)
		for j := range rules {
			if at := object.Item("spec.rules", j); !removes(o, at, header) {
				set("forward", posture.ByNobody, Nearest(o, at+".filters"),
					fmt.Sprintf("%s hands on what clients send, and the rule does not remove %s", title, header))
				return
			}
		}
		if e.Forwarding.Enforcer == posture.ByGateway {
			set("sanitize", posture.ByGateway, Nearest(o, "spec.rules"), "every rule removes "+header)
		}
	}
}

// removes reports whether a rule of a route takes a header from requests.
func removes(o *object.Object, rule, header string) bool {
	filters, _ := o.Get(rule + ".filters").([]any)
	for i := range filters {
		at := object.Item(rule+".filters", i)
		names, _ := o.Get(at + ".requestHeaderModifier.remove").([]any)
		if o.Text(at+".type") == "RequestHeaderModifier" &&
			slices.ContainsFunc(names, func(name any) bool { return strings.EqualFold(fmt.Sprint(name), header) }) {
			return true
		}
	}
	return false
}
