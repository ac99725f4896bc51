module github.com/gatespan/gatespan/internal/e2e/modules/conftest

go 1.26.8

require github.com/open-policy-agent/conftest v0.71.1
