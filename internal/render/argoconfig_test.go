package render

import (
	"strings"
	"testing"
)

// TestArgoConfiguration: what Argo CD's own configuration keeps from being applied, or from being kept.
func TestArgoConfiguration(t *testing.T) {
	const application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a, namespace: argocd, finalizers: [resources-finalizer.argocd.argoproj.io]}\nspec:\n  project: edge\n  source: {repoURL: x, path: d}\n  destination: {server: 'https://kubernetes.default.svc'}\n  syncPolicy: {automated: {prune: true, selfHeal: true}}\n"
	config := func(key, text string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-cm, namespace: argocd}\ndata:\n  " + key + ": |\n    " + strings.ReplaceAll(text, "\n", "\n    ") + "\n"
	}
	project := func(name, spec string) string {
		return "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: " + name + ", namespace: argocd}\nspec: " + spec + "\n"
	}
	for name, c := range map[string]struct {
		object, want string // want is the kind of the exceptions of the Gateway
	}{
		"nothing":                           {"", ""},
		"its kind is excluded":              {config("resource.exclusions", "- apiGroups: ['gateway.*']\n  kinds: [Gateway]"), NotApplied},
		"for another cluster, perhaps":      {config("resource.exclusions", "- kinds: ['*']\n  clusters: ['https://x']"), NotApplied},
		"another kind is excluded":          {config("resource.exclusions", "- apiGroups: ['']\n  kinds: [Event]"), ""},
		"exclusions that are no list":       {config("resource.exclusions", "{"), NotApplied},
		"its kind is not included":          {config("resource.inclusions", "- apiGroups: [apps]\n  kinds: ['*']"), NotApplied},
		"its kind is included":              {config("resource.inclusions", "- apiGroups: ['*']\n  kinds: ['*']"), ""},
		"included in another cluster":       {config("resource.inclusions", "- apiGroups: ['*']\n  kinds: ['*']\n  clusters: ['https://x']"), NotApplied},
		"its differences are overlooked":    {config("resource.customizations.ignoreDifferences.gateway.networking.k8s.io_Gateway", "jsonPointers: [/spec]"), NotKept},
		"differences of all are overlooked": {config("resource.customizations.ignoreDifferences.all", "jsonPointers: [/spec]"), NotKept},
		"only its status is overlooked":     {config("resource.customizations.ignoreDifferences.all", "jsonPointers: [/status]"), ""},
		"of another kind":                   {config("resource.customizations.ignoreDifferences.apps_Deployment", "jsonPointers: [/spec]"), ""},
		"a sync window":                     {project("edge", "{syncWindows: [{kind: deny, schedule: '0 0 * * *', duration: 1h}]}"), NotKept},
		"of another project":                {project("other", "{syncWindows: [{kind: deny, schedule: '0 0 * * *', duration: 1h}]}"), ""},
		"a project without one":             {project("edge", "{sourceRepos: ['*']}"), ""},
	} {
		r := render(t, map[string]string{
			"c/kustomization.yaml": "resources: [a.yaml]", "c/a.yaml": application + "---\n" + c.object,
			"d/kustomization.yaml": "resources: [g.yaml]", "d/g.yaml": gateway,
		})
		got := map[string]bool{}
		for _, d := range r.Deliveries {
			for _, e := range d.Exceptions {
				if d.Overlay == "d" {
					got[e.Kind] = true
					if e.File != "c/a.yaml" || e.Line < 2 {
						t.Errorf("%s: at %s:%d", name, e.File, e.Line)
					}
				}
			}
		}
		if len(got) > 1 || c.want != "" && !got[c.want] || c.want == "" && len(got) > 0 {
			t.Errorf("%s: %v, want %q", name, got, c.want)
		}
	}
}
