// Package kubernetes reads what core Kubernetes objects say, whatever the controller, and writes the objects that every
// controller needs beside its own.
//
//	Read: Services and who may reach their pods, ways around the gateway, Secrets whose values are in Git, and workloads that call
//	      for themselves
//	Certificate, CABundle, BackendNetworkPolicy, WriteDirect: what the controllers' writers share
package kubernetes

import (
	"github.com/gatespan/gatespan/internal/controller"
	"github.com/gatespan/gatespan/internal/gatewayapi"
	"github.com/gatespan/gatespan/internal/object"
	"github.com/gatespan/gatespan/internal/posture"
)

// Read is what core Kubernetes says of a cluster.
func Read(cluster controller.Cluster, objects *object.Set) posture.Posture {
	w := &gatewayapi.World{Cluster: cluster, Objects: objects}
	pods := workloads(objects)
	w.Posture.Services = services(objects, pods)
	w.Posture.Ways = ways(objects, pods)
	w.Posture.Secrets = secrets(objects)
	w.Posture.Exits = direct(w)
	return w.Posture
}
