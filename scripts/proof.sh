#!/usr/bin/env bash
# Runs one proof at its full size: the test TestProof<Suite> in cmd/callstamp, which reads PROOF=full, PROOF_SEED (printed
# either way) and PROOF_COMMIT, and writes its result to PROOF_REPORT. At most 30 minutes.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ $# -eq 1 ] || die "usage: scripts/proof.sh SUITE"
suite=$1
test=TestProof$(printf %s "${suite:0:1}" | tr "[:lower:]" "[:upper:]")${suite:1}

need_go
scripts/setup-tests.sh
scripts/web.sh
git grep -qE "^func $test\(" -- 'cmd/callstamp/*_test.go' || die "there is no $test in cmd/callstamp"
commit=$(git rev-parse --short=12 HEAD)
git diff --quiet HEAD -- . ':!docs/proofs' || commit="$commit, changed"
mkdir -p docs/proofs
PROOF=full PROOF_COMMIT="$commit" PROOF_REPORT="$PWD/docs/proofs/$suite.md" \
	go test -count=1 -v -timeout 30m -run "^$test\$" ./cmd/callstamp
say "docs/proofs/$suite.md"
