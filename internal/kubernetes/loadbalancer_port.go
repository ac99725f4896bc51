package kubernetes

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// servicePort is one port of a Service: its number and name, and the pods' port as written.
type servicePort struct {
	number         int
	name, target   string
	appProtocol    string
	appProtocolRef posture.Ref
}

// leads reports whether the port may lead to a listener's: by its number, or where a name stands for it.
func (p servicePort) leads(listener int) bool {
	target, err := strconv.Atoi(p.target)
	return p.number == listener || p.target != "" && (err != nil || target == listener)
}

// servicePorts are the ports of a Service.
func servicePorts(o *object.Object) []servicePort {
	var out []servicePort
	ports, _ := o.Get("spec.ports").([]any)
	for i := range ports {
		at := object.Item("spec.ports", i)
		p := servicePort{
			number: number(o, at+".port"), name: o.Text(at + ".name"), target: o.Text(at + ".targetPort"),
			appProtocol: o.Text(at + ".appProtocol"), appProtocolRef: gatewayapi.Nearest(o, at+".appProtocol"),
		}
		if n := number(o, at+".targetPort"); n != 0 {
			p.target = strconv.Itoa(n)
		}
		out = append(out, p)
	}
	return out
}

// fronts are the ports of the Service that may lead to a listener; of a Service whose ports nobody tells, and of one whose ports the
// controller sets anew, the listener's own.
func (b LoadBalancer) fronts(listener int) []servicePort {
	var out []servicePort
	for _, p := range b.ports {
		if p.leads(listener) {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		out = append(out, servicePort{number: listener})
	}
	return out
}

// meant reports whether a word of a list of ports means one that may lead to a listener. A name that no port has is taken for any.
func (b LoadBalancer) meant(word string, listener int) bool {
	n, err := strconv.Atoi(strings.TrimSpace(word))
	fronts := b.fronts(listener)
	if err != nil {
		named := slices.ContainsFunc(b.ports, func(p servicePort) bool { return p.name == word })
		return !named || slices.ContainsFunc(fronts, func(p servicePort) bool { return p.name == word })
	}
	return slices.ContainsFunc(fronts, func(p servicePort) bool { return p.number == n })
}
