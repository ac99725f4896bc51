package report

import (
	"cmp"
	"io"
	"runtime/debug"
)

// Versions is what a build is made of.
type Versions struct {
	Gatespan   string `json:"gatespan"`
	Commit     string `json:"commit"` // "" when the build does not know
	Go         string `json:"go"`
	CUE        string `json:"cue"`
	OPA        string `json:"opa"`
	Kustomize  string `json:"kustomize"`
	GatewayAPI string `json:"gatewayAPI"`
}

const unknown = "unknown"

// VersionsOf reads a build's own record; what it does not say is unknown.
func VersionsOf(info *debug.BuildInfo) Versions {
	v := Versions{Gatespan: unknown, Go: unknown, CUE: unknown, OPA: unknown, Kustomize: unknown, GatewayAPI: unknown}
	if info == nil {
		return v
	}
	v.Gatespan, v.Go = cmp.Or(info.Main.Version, unknown), cmp.Or(info.GoVersion, unknown)
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v.Commit = s.Value
		}
	}
	into := map[string]*string{
		"cuelang.org/go": &v.CUE, "github.com/open-policy-agent/opa": &v.OPA,
		"sigs.k8s.io/kustomize/api": &v.Kustomize, "sigs.k8s.io/gateway-api": &v.GatewayAPI,
	}
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		if field := into[module.Path]; field != nil {
			*field = module.Version
		}
	}
	return v
}

// VersionsText prints versions, one a line.
func VersionsText(w io.Writer, v Versions, style Style) error {
	p := &page{style: style}
	t := &table{}
	for _, line := range [][2]string{
		{"gatespan", v.Gatespan}, {"commit", v.Commit}, {"go", v.Go}, {"cue", v.CUE}, {"opa", v.OPA},
		{"kustomize/api", v.Kustomize}, {"gateway-api", v.GatewayAPI},
	} {
		if line[1] != "" {
			t.row(cell{line[0], none}, cell{line[1], bold})
		}
	}
	t.write(p)
	return p.print(w)
}
