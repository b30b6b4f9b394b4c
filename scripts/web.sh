#!/usr/bin/env bash
# Builds the web client into webclient/dist, from where it is embedded; does nothing where no source changed.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

lock=$(cksum webclient/package-lock.json)
sources=$(find webclient -type f -not -path '*/node_modules/*' -not -path 'webclient/dist/*' -not -name '*.go' -exec cksum {} + | sort | cksum)

if changed npm "$lock" || [ ! -d webclient/node_modules ]; then
	need_node
	say "web client: npm ci"
	(cd webclient && npm ci --no-audit --no-fund --no-update-notifier --loglevel=error)
	settled npm "$lock"
fi
if changed web "$sources" || [ ! -f webclient/dist/index.html ]; then
	need_node
	say "web client: npm run build"
	(cd webclient && npm run --silent build)
	settled web "$sources"
fi
