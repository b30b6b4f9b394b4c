# Five targets are all there is to know; `make` alone explains them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
FUZZTIME ?= 20s

# A suite adds its target in a file of its own, scripts/proof-<suite>.mk, with PROOFS += proof-<suite>.
PROOFS :=
include $(wildcard scripts/*.mk)

.PHONY: help demo build test proof proof-faults bench fmt lint fuzz web $(PROOFS)

help: ## this text
	@awk 'BEGIN {FS = ":.*## "} /^[a-z][a-z-]*:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## set up what is missing and run the whole product with a telephone network of its own; needs no root
	@scripts/setup-demo.sh

build: web ## the web client and bin/callstamp, one static binary
	@scripts/build.sh

test: ## set up what the tests need and run them all: unit, race, real stores, real telephones, real browser
	@scripts/test.sh

proof: $(PROOFS) ## every proof at its full size; results in docs/proofs/

proof-faults: $(filter proof-faults-%,$(PROOFS)) ## every fault suite in turn, each at most 30 minutes

bench: ## every benchmark, with allocations
	@scripts/bench.sh

fmt: ## gofmt on everything
	@gofmt -l -w $$(git ls-files '*.go')

lint: ## what .golangci.yml asks, by a pinned golangci-lint
	@go run $(GOLANGCI) run

fuzz: ## each fuzz test for FUZZTIME (20s)
	@FUZZTIME=$(FUZZTIME) scripts/fuzz.sh

web: ## the web client, where its sources changed
	@scripts/web.sh
