package catalog

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/controller/agc"
	"github.com/gatespan/gatespan/internal/controller/awslb"
	"github.com/gatespan/gatespan/internal/controller/envoygateway"
	"github.com/gatespan/gatespan/internal/controller/haproxy"
	"github.com/gatespan/gatespan/internal/controller/istio"
	"github.com/gatespan/gatespan/internal/controller/nginx"
	"github.com/gatespan/gatespan/internal/controller/traefik"
	"github.com/gatespan/gatespan/internal/controller/vpclattice"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// All are the controllers that gatespan models. A new one is one more line here.
func All() []controller.Controller {
	return []controller.Controller{
		envoygateway.New(),
		istio.New(),
		agc.New(),
		awslb.New(),
		nginx.New(),
		haproxy.New(),
		traefik.New(),
		vpclattice.New(),
	}
}

// ByName returns one of All by its name, such as envoy-gateway.
func ByName(name string) (controller.Controller, bool) { return New(All()...).ByName(name) }

// Read is the posture of a cluster as All of them read it.
func Read(cluster controller.Cluster, objects *object.Set) posture.Posture {
	return New(All()...).Read(cluster, objects)
}
