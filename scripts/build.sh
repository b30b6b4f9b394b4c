#!/usr/bin/env bash
# Builds bin/callstamp: static, with the world's time zones inside, so that it runs in an empty image.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

need_go
say "bin/callstamp: go build"
CGO_ENABLED=0 go build -trimpath -tags timetzdata -o bin/callstamp ./cmd/callstamp
