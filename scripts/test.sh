#!/usr/bin/env bash
# The whole test: set-up, web client, formatting, vet, and every Go test under the race detector.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_go
scripts/setup-tests.sh
if [ -f webclient/package.json ]; then
	scripts/web.sh
	say "web client: types and unit tests"
	(cd webclient && npm run --silent check && npm run --silent test)
fi

say "gofmt"
unformatted=$(git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0 -r gofmt -l)
[ -z "$unformatted" ] || die "gofmt would change these files; run make fmt: $unformatted"

say "go vet"
go vet ./...

# Two packages at a time: most of them wait for servers and clocks, and the telephone and browser tests want a core for
# themselves. The end-to-end tests go first: they are the longest, and what runs beside them then leaves the ledger proof
# most of the machine. One test binary may take 15 of the 20 minutes that the whole has.
say "go test -race"
go test -race -p 2 -timeout 15m ./internal/proof/e2e ./...
