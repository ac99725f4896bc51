module github.com/gatespan/gatespan/internal/e2e/modules/source-controller

go 1.26.0

require (
	github.com/fluxcd/source-controller v1.9.5
	github.com/fluxcd/source-controller/api v1.9.5
)

replace (
	// Stores what was fetched and verified. v0.18.3, which source-controller asks for, cannot be had from every proxy.
	github.com/fluxcd/pkg/artifact => github.com/fluxcd/pkg/artifact v0.18.1
	github.com/opencontainers/go-digest => github.com/opencontainers/go-digest v1.0.1-0.20220411205349-bde1400a84be
)
