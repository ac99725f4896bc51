package fleet

import (
	"cmp"
	"path"
)

// setDefaults fills in what follows from other fields, and so cannot be said in the schema without becoming unreadable in
// its errors.
func setDefaults(f *Fleet, overlays string) {
	for name, c := range f.Clusters {
		if c.Path == "" {
			c.Path = path.Join(overlays, name)
		}
		if c.GitOps != nil && c.GitOps.Destination == "" {
			c.GitOps.Destination = name
		}
		if c.GitOps != nil && c.GitOps.HandOff != nil {
			c.GitOps.HandOff.setDefaults(c.GitOps.Engine)
		}
		f.Clusters[name] = c
	}
	for name, x := range f.Exposures {
		s := &x.Service
		if s.Hostname == "" {
			s.Hostname = s.Name + "." + s.Namespace + ".svc.cluster.local"
		}
		if s.TargetPort == 0 {
			s.TargetPort = s.Port
		}
		for id, consumer := range x.Consumers {
			if consumer.ServiceName == "" {
				consumer.ServiceName = name
				x.Consumers[id] = consumer
			}
		}
		f.Exposures[name] = x
	}
}

// setDefaults fills in what the engine calls things by default (flux bootstrap; the installation manifests of Argo CD).
func (h *HandOff) setDefaults(engine string) {
	if engine == EngineArgoCD {
		h.Namespace, h.TargetRevision, h.Project = cmp.Or(h.Namespace, "argocd"), cmp.Or(h.TargetRevision, "HEAD"), cmp.Or(h.Project, "default")
		return
	}
	h.Namespace = cmp.Or(h.Namespace, "flux-system")
	if h.Artifact == nil {
		h.GitRepository = cmp.Or(h.GitRepository, "flux-system")
	}
}
