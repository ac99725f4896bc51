package fleet

import "path"

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
