module github.com/gatespan/gatespan/internal/e2e/modules/flux

go 1.26.0

require github.com/fluxcd/flux2/v2 v2.9.5

replace (
	github.com/fluxcd/flux2/v2 => ./flux2
	gopkg.in/yaml.v3 => gopkg.in/yaml.v3 v3.0.1
)
