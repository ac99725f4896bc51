package adopt

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

const (
	manifest = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"
	fluxed   = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\n"
)

func argo(destination, path string) string {
	return fmt.Sprintf("apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {destination: {%s}, source: {path: %s}}\n", destination, path)
}

func argoSet(generators, destination, path string) string {
	return fmt.Sprintf("apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: a}\nspec: {generators: %s, template: {spec: {destination: {%s}, source: {path: %s}}}}\n", generators, destination, path)
}

func TestClusters(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  string // name path engine, one cluster after the other
	}{
		"nothing":                {map[string]string{"README.md": "kind: of"}, ""},
		"values are no manifest": {map[string]string{"values.yaml": "replicas: 2\n"}, ""},
		"Flux":                   {map[string]string{"clusters/prod/apps.yaml": fluxed, "clusters/dev/x/apps.yaml": manifest, "apps/a.yaml": manifest}, "dev clusters/dev -, prod clusters/prod flux"},
		"overlays":               {map[string]string{"overlays/eks-a/gateways/edge/kustomization.yaml": "resources: [a.yaml]", "base/a.yaml": manifest}, "eks-a overlays/eks-a -"},
		"clusters before overlays": {map[string]string{
			"overlays/dev/kustomization.yaml": "resources: []", "clusters/a/a.yaml": manifest,
		}, "a clusters/a -"},
		"Argo CD by name": {map[string]string{
			"argo/a.yaml": argo("name: Prod EU", "apps/a") + "---\n" + argo("name: Prod EU", "apps/b"), "apps/a/x.yaml": manifest, "apps/b/x.yaml": manifest,
		}, "prod-eu apps argocd"},
		"Argo CD by server": {map[string]string{
			"argo/a.yaml": argo("server: https://kubernetes.default.svc", "apps/a"), "apps/a/x.yaml": manifest,
		}, "in-cluster apps/a argocd"},
		"Argo CD by a set that lists": {map[string]string{
			"argo/a.yaml":      argoSet("[{list: {elements: [{cluster: eu, at: deploy/eu}, {cluster: us, at: deploy/us}]}}]", "name: '{{.cluster}}'", "'{{.at}}'"),
			"deploy/eu/x.yaml": manifest, "deploy/us/x.yaml": manifest,
		}, "eu deploy/eu argocd, us deploy/us argocd"},
		"Argo CD by a set that finds folders": {map[string]string{
			"argo/a.yaml":      argoSet("[{git: {directories: [{path: deploy/*}]}}]", "name: '{{path.basename}}'", "'{{path}}'"),
			"deploy/eu/x.yaml": manifest, "deploy/us/x.yaml": manifest,
		}, "eu deploy/eu argocd, us deploy/us argocd"},
		"Argo CD by a set of its own clusters": {map[string]string{
			"argo/a.yaml":           argoSet("[{clusters: {}}]", "name: '{{.name}}'", "'deploy/{{ .name }}/apps'"),
			"deploy/eu/apps/x.yaml": manifest, "deploy/us/apps/x.yaml": manifest,
		}, "eu deploy/eu/apps argocd, us deploy/us/apps argocd"},
		"Argo CD by a set that only Argo CD can fill": {map[string]string{
			"argo/a.yaml":        argoSet("[{clusters: {}}]", "server: '{{.server}}'", "'clusters/{{.name}}'"),
			"clusters/eu/x.yaml": manifest,
		}, "eu clusters/eu argocd"},
		"a set outside":        {map[string]string{"argo/a.yaml": argoSet("[{clusters: {}}]", "name: '{{.name}}'", "'../../{{.name}}'"), "apps/a/x.yaml": manifest}, "cluster . argocd"},
		"a path outside":       {map[string]string{"argo/a.yaml": argo("name: x", "../../etc"), "apps/a/x.yaml": manifest}, "cluster . argocd"},
		"one folder":           {map[string]string{"deploy/a/x.yaml": manifest, "deploy/b/x.yaml": manifest}, "cluster deploy -"},
		"hidden folders":       {map[string]string{".github/x.yaml": manifest, "node_modules/x.yaml": manifest}, ""},
		"names of other kinds": {map[string]string{"clusters/Prod_1/x.yaml": manifest, "clusters/prod-1/x.yaml": manifest}, "clusters-prod-1 clusters/prod-1 -, prod-1 clusters/Prod_1 -"},
		"broken YAML":          {map[string]string{"clusters/a/x.yaml": "kind: Application\nargoproj.io/: [\n"}, "a clusters/a -"},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for file, content := range c.files {
				fsys[file] = &fstest.MapFile{Data: []byte(content)}
			}
			found, _, err := Clusters(fsys)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range found {
				engine := f.Engine
				if engine == "" {
					engine = "-"
				}
				got = append(got, f.Name+" "+f.Path+" "+engine)
			}
			if text := strings.Join(got, ", "); text != c.want {
				t.Errorf("%s, want %s", text, c.want)
			}
		})
	}
}

func TestKey(t *testing.T) {
	for in, want := range map[string]string{
		"eks-prod": "eks-prod", "Prod EU_1": "prod-eu-1", "https://10.0.0.1:6443": "10-0-0-1-6443", "--": "cluster", "é": "cluster",
		strings.Repeat("a-", 40): strings.Trim(strings.Repeat("a-", 24), "-"),
	} {
		if got := key(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestCommentsStayComments: names come from pull requests.
func TestCommentsStayComments(t *testing.T) {
	if got := comment("a\nclusters: {}\u2028b\r"); strings.ContainsAny(got, "\n\r\u2028") {
		t.Errorf("%q", got)
	}
}
