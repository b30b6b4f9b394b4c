#!/usr/bin/env bash
# Runs one proof at its full size: `ledger` is TestProofLedger in internal/proof/e2e, `replay` TestReplay in
# internal/proof/replay, `speech` TestProofSpeech in internal/proof/floor, every other, as `faults-stores`, the test of its name (TestFaultsStores) in internal/proof/faults.
# The test reads PROOF=full, PROOF_SEED (printed either way) and PROOF_COMMIT, and writes its result to PROOF_REPORT,
# docs/proofs/<suite>.md. At most 30 minutes.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ $# -eq 1 ] || die "usage: scripts/proof.sh SUITE"
suite=$1
case $suite in
ledger) package=./internal/proof/e2e test=TestProofLedger ;;
replay) package=./internal/proof/replay test=TestReplay ;;
speech) package=./internal/proof/floor test=TestProofSpeech ;;
*)
	package=./internal/proof/faults test=Test
	for word in ${suite//-/ }; do test+=${word^}; done
	;;
esac

need_go
scripts/setup-tests.sh
scripts/web.sh
git grep -qE "^func $test\(" -- "$package/*_test.go" || die "there is no $test in $package"
commit=$(git rev-parse --short=12 HEAD)
git diff --quiet HEAD -- . ':!docs/proofs' || commit="$commit, changed"
mkdir -p docs/proofs
PROOF=full PROOF_COMMIT="$commit" PROOF_REPORT="$PWD/docs/proofs/$suite.md" \
	go test -count=1 -v -timeout 30m -run "^$test\$" "$package"
say "docs/proofs/$suite.md"
