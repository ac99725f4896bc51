package awslb

import (
	"fmt"

	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// prerequisites are what an installation must have for what is written to mean what it should.
func prerequisites() []controller.Prerequisite {
	return []controller.Prerequisite{
		{
			ID:     "gateway-class",
			Text:   "the GatewayClass of every gateway has the controllerName " + controllerALB + " or " + controllerNLB + ", and no parametersRef",
			How:    "a GatewayClass " + classALB + " for gateways that end TLS, and " + classNLB + " for those that pass it through; a LoadBalancerConfiguration of the class out-ranks the gateway's",
			Source: "controllers/gateway/config_resolver.go, pkg/gateway/lb_config_merger.go",
			Look:   lookClass,
		},
		{
			ID: "gateway-api-1.6", For: []controller.AbilityID{controller.EntryPassthrough},
			Text:   "the cluster serves TCPRoute and UDPRoute in v1, without which the controller makes no NLB",
			How:    "install the CRDs of Gateway API 1.6, standard channel",
			Source: docsL4,
		},
	}
}

// lookClass looks at the GatewayClasses in Git. A class with a configuration of its own is not wrong by itself: what that says is read.
func lookClass(_ controller.Cluster, set *object.Set) posture.Prerequisite {
	out := posture.Prerequisite{State: posture.PrerequisiteUnseen, Subject: posture.Subject{Kind: "Controller", Name: "aws-lb"}, Why: "no GatewayClass of it is in Git"}
	for _, o := range set.Kind(gatewayapi.Group, "GatewayClass") {
		name := o.Text("spec.controllerName")
		if name != controllerALB && name != controllerNLB {
			continue
		}
		out = posture.Prerequisite{
			State: posture.PrerequisiteMet, Subject: gatewayapi.SubjectOf(o), By: gatewayapi.RefOf(o, "spec.controllerName"),
			Why: fmt.Sprintf("controllerName is %s", name),
		}
	}
	return out
}
