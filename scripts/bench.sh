#!/usr/bin/env bash
# Every benchmark with its allocations; BENCH chooses some by name, COUNT repeats them for benchstat.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_go
packages=$(git grep -lE '^func Benchmark' -- '*_test.go' | sed 's|^|./|; s|/[^/]*$||' | sort -u)
# One package after the other: they would share the cores that they measure. The list is to be split at its lines.
# shellcheck disable=SC2086
go test -p 1 -run='^$' -bench="${BENCH:-.}" -benchmem -count="${COUNT:-1}" $packages
