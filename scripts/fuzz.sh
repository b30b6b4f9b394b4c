#!/usr/bin/env bash
# Each fuzz test for FUZZTIME. What it finds lands in the package's testdata/fuzz and is run by every later test.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_go
git grep -oE '^func Fuzz[A-Za-z0-9_]+' -- '*_test.go' | while IFS=: read -r file name; do
	say "${name#func } in $(dirname "$file")"
	go test -run='^$' -fuzz="^${name#func }\$" -fuzztime="${FUZZTIME:-20s}" "./$(dirname "$file")"
done
