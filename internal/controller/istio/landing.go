package istio

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

func profile() controller.Profile {
	return controller.Profile{Name: "istio", Title: "Istio", ControllerName: "istio.io/gateway-controller", Classes: []string{"istio"}}
}
func writeGateway(controller.Cluster, controller.Gateway) ([]any, error)   { return nil, nil }
func writeExposure(controller.Cluster, controller.Exposure) ([]any, error) { return nil, nil }
func writeConsumer(controller.Cluster, controller.Consumer) ([]any, error) { return nil, nil }
func read(controller.Cluster, *object.Set) posture.Posture                 { return posture.Posture{} }
