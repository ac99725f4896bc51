package awslb

import (
	"fmt"
	"strings"

	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// What a GatewayClass says (pkg/gateway/constants/controller_constants.go), and the names of classes that are taken for one where no
// GatewayClass is in Git: those that are written, and those of the controller's documentation.
const (
	controllerALB = "gateway.k8s.aws/alb"
	controllerNLB = "gateway.k8s.aws/nlb"
	classALB      = "aws-alb"
	classNLB      = "aws-nlb"
	docsClassALB  = "aws-alb-gateway-class"
	docsClassNLB  = "aws-nlb-gateway-class"
)

// balancer is which load balancer carries a listener: what the class says, or else the only one that takes the listener's protocol.
func (r *reader) balancer(l *gatewayapi.Listener) string {
	class := string(l.Gateway.Spec.GatewayClassName)
	if o := r.class(class); o != nil {
		return o.Text("spec.controllerName")
	}
	switch class {
	case classALB, docsClassALB:
		return controllerALB
	case classNLB, docsClassNLB:
		return controllerNLB
	}
	if l.Spec.Protocol == gatewayv1.HTTPProtocolType || l.Spec.Protocol == gatewayv1.HTTPSProtocolType {
		return controllerALB
	}
	return controllerNLB
}

// class is the GatewayClass of a name that is the controller's, or nil when Git has none.
func (r *reader) class(name string) *object.Object {
	for _, o := range r.Objects.Kind(gatewayapi.Group, "GatewayClass") {
		if c := o.Text("spec.controllerName"); o.Name == name && (c == controllerALB || c == controllerNLB) {
			return o
		}
	}
	return nil
}

// layer is one LoadBalancerConfiguration.
type layer struct {
	object *object.Object
	spec   loadBalancer
}

// config is what configures the load balancer of a Gateway: the layers in the order in which they count, field by field. Unseen is why
// nothing of them can be relied on, because one that may out-rank the others is not in Git.
type config struct {
	layers []layer
	owner  *object.Object // the Gateway
	unseen string
	at     posture.Ref // of unseen
}

// configuration is what counts for a Gateway. The class's configuration out-ranks the Gateway's unless it says prefer-gateway itself
// (pkg/gateway/lb_config_merger.go). Group and kind of a reference are not looked at (pkg/gateway/gatewayutils/lb_config_utils.go).
func (r *reader) configuration(g *gatewayapi.Gateway) config {
	out := config{owner: g.Object}
	class := r.class(string(g.Spec.GatewayClassName))
	if class == nil {
		r.Assume(g.Object, "spec.gatewayClassName", fmt.Sprintf("GatewayClass %s is not in Git, and has no LoadBalancerConfiguration of its own", g.Spec.GatewayClassName))
	}
	classFirst := true
	if class != nil && class.Get("spec.parametersRef") != nil {
		own := r.layer(&out, class, "spec.parametersRef", class.Text("spec.parametersRef.namespace"), class.Text("spec.parametersRef.name"))
		classFirst = own == nil || own.spec.MergingMode == nil || *own.spec.MergingMode != "prefer-gateway"
	}
	if i := g.Spec.Infrastructure; i != nil && i.ParametersRef != nil {
		before := len(out.layers)
		r.layer(&out, g.Object, "spec.infrastructure.parametersRef", g.Object.Namespace, i.ParametersRef.Name)
		if len(out.layers) == 2 && before == 1 && !classFirst {
			out.layers[0], out.layers[1] = out.layers[1], out.layers[0]
		}
	}
	return out
}

// layer adds the configuration that a reference names. Without it the Gateway is not reconciled, and whether that is so Git does not tell.
func (r *reader) layer(c *config, owner *object.Object, field, namespace, name string) *layer {
	r.Resolve(owner, field, object.ID{Group: Group, Kind: kindLoadBalancer, Namespace: namespace, Name: name}, "closed")
	for _, l := range r.balancers {
		if l.object.Namespace == namespace && l.object.Name == name {
			c.layers = append(c.layers, l)
			return &c.layers[len(c.layers)-1]
		}
	}
	c.unseen = fmt.Sprintf("LoadBalancerConfiguration %s/%s is not in Git, so what it says is not known", namespace, name)
	c.at = gatewayapi.RefOf(owner, field)
	return nil
}

// pick is the first value of a field, and where it is, or where it would be.
func pick[T any](c config, field string, get func(loadBalancer) *T) (*T, posture.Ref) {
	for _, l := range c.layers {
		if v := get(l.spec); v != nil {
			return v, gatewayapi.RefOf(l.object, "spec."+field)
		}
	}
	return nil, c.nearest()
}

// nearest is where a person would add what is not there.
func (c config) nearest() posture.Ref {
	if len(c.layers) > 0 {
		return gatewayapi.Nearest(c.layers[len(c.layers)-1].object, "spec")
	}
	return gatewayapi.Nearest(c.owner, "spec.infrastructure.parametersRef")
}

// found is the entry of listenerConfigurations for a listener of the load balancer.
type found struct {
	*listenerConfiguration
	object *object.Object
	field  string
}

func (f found) ref(below string) posture.Ref { return gatewayapi.Nearest(f.object, f.field+below) }

// listener is what is configured for a protocol and port, such as HTTPS:443. Entries of one layer overwrite each other, and those of an
// upper layer those of a lower one (mapLoadBalancerListenerConfigsByPort, mergeListenerConfig). What matches no listener is dropped.
func (c config) listener(key string) (found, bool) {
	for _, l := range c.layers {
		if l.spec.Listeners == nil {
			continue
		}
		for i := len(*l.spec.Listeners) - 1; i >= 0; i-- {
			if entry := &(*l.spec.Listeners)[i]; strings.EqualFold(entry.ProtocolPort, key) {
				return found{entry, l.object, object.Item("spec.listenerConfigurations", i)}, true
			}
		}
	}
	return found{}, false
}

// stray is the first entry of listenerConfigurations that matches no listener of the load balancer: what a typo leaves.
func (c config) stray(keys map[string]bool) (posture.Ref, string) {
	for _, l := range c.layers {
		if l.spec.Listeners == nil {
			continue
		}
		for i, entry := range *l.spec.Listeners {
			if !keys[strings.ToUpper(entry.ProtocolPort)] {
				return gatewayapi.RefOf(l.object, object.Item("spec.listenerConfigurations", i)+".protocolPort"), entry.ProtocolPort
			}
		}
	}
	return posture.Ref{}, ""
}
