package fleet

import "slices"

// handOff checks that the fields are the engine's own, and that they say where its files come from, once.
func (c *checker) handOff(at []string, engine string, h HandOff) {
	under := func(field string) []string { return append(slices.Clone(at), field) }
	wrong := map[string]map[string]bool{
		EngineFlux:   {"repoURL": h.RepoURL != "", "targetRevision": h.TargetRevision != "", "project": h.Project != ""},
		EngineArgoCD: {"gitRepository": h.GitRepository != "", "artifact": h.Artifact != nil, "serviceAccountName": h.ServiceAccountName != ""},
	}[engine]
	for _, field := range sorted(wrong) {
		if wrong[field] {
			c.at(under(field), "leave it out, or set gitops.engine to the other engine", "%s has no %s", engineTitle[engine], field)
		}
	}
	switch {
	case engine == EngineArgoCD && h.RepoURL == "":
		c.at(at, `write repoURL, such as "https://github.com/example/fleet"`, "Argo CD needs the URL of this repository")
	case h.Artifact != nil && h.GitRepository != "":
		c.at(under("gitRepository"), "leave one of them out", "the overlays come from artifact, so gitRepository would be ignored")
	}
}

var engineTitle = map[string]string{EngineFlux: "Flux", EngineArgoCD: "Argo CD"}
