# gatespan's own commands. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := bash
GO ?= go
export GOTOOLCHAIN := local

FLEET := testdata/relay
GATESPAN := bin/gatespan
ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.7
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.7.0
GOLANGCI := $(shell command -v golangci-lint 2>/dev/null)
GO_FILES := $(shell git ls-files -co --exclude-standard '*.go' 2>/dev/null)

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## build bin/gatespan
	@$(GO) build -trimpath -o $(GATESPAN) ./cmd/gatespan

.PHONY: demo
demo: build ## relay from a CUE file to overlays, judged, and one unsafe change blocked
	@GATESPAN=$(abspath $(GATESPAN)) FLEET=$(FLEET) bash testdata/demo.sh

.PHONY: test
test: ## everything that a contributor must pass
	$(GO) vet ./...
	$(GO) test -timeout 30m ./...
	$(GO) vet -tags "golden e2e" ./internal/e2e/...
	$(GO) test -tags golden ./internal/e2e/goldentest
	$(GO) test -tags e2e ./internal/e2e/sandbox
	cd internal/crdtest && $(GO) test -count=1 ./...

.PHONY: e2e
e2e: ## ask the real components, and print a table; building them the first time takes an hour or more
	@$(GO) build -tags e2e -o bin/e2e ./internal/e2e
	@bin/e2e -run '$(RUN)'

.PHONY: smoke
smoke: ## the quick part of e2e, as far as its components are already built
	@$(GO) build -tags e2e -o bin/e2e ./internal/e2e
	@bin/e2e -present -run '^(rendering|envoy-gateway|istio|api-server)$$'

.PHONY: corpus
corpus: ## every change of testdata/corpus through the check: a table, and the totals
	@cd internal/corpus && $(GO) test -count=1 -timeout 30m -run TestCorpus -args -table

.PHONY: mutate
mutate: ## break every rule in every small way, and count what a case notices; make test does so for one way of 40
	@cd internal/policy && $(GO) test -count=1 -timeout 60m -run TestMutation -v -args -mutate

.PHONY: generate
generate: build ## write overlays/ from the example fleet
	$(GATESPAN) generate --fleet $(FLEET)

.PHONY: drift
drift: build ## fail when overlays/ is not what the example fleet generates
	$(GATESPAN) generate --fleet $(FLEET) --check

.PHONY: golden
golden: ## rewrite golden files, to be reviewed with git diff
	$(GO) test ./... -args -update

.PHONY: lint
lint: ## gofmt, vet, staticcheck, actionlint; golangci-lint where it is installed
	@unformatted=$$(gofmt -l $(GO_FILES)); if [ -n "$$unformatted" ]; then echo "not gofmt-ed:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	$(GO) run $(ACTIONLINT) -shellcheck= -pyflakes= .github/workflows/*.y*ml
ifneq ($(GOLANGCI),)
	$(GOLANGCI) run
else
	@echo "golangci-lint is not installed: its extra linters did not run"
endif

.PHONY: bench
bench: ## benchmarks, as ratios to reading and parsing alone
	$(GO) test -run '^$$' -bench . -benchmem ./...

.PHONY: fuzz
fuzz: ## each fuzz target for FUZZTIME (30s), one after the other, and how often each ran; building them the first time takes minutes
	@GO=$(GO) FUZZTIME=$(or $(FUZZTIME),30s) bash testdata/fuzz.sh $(RUN)

.PHONY: clean
clean: ## remove what was built
	rm -rf bin
