# Sourced by the other scripts: where we are, how to speak, how to find PostgreSQL. Sets the root as working folder.
# shellcheck shell=bash
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

say() { printf '\033[2m· %s\033[0m\n' "$*" >&2; }
die() {
	printf 'error: %s\n' "$*" >&2
	exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

# need_go and need_node end with a sentence that says what to install; Go itself fetches the toolchain go.mod asks for.
need_go() {
	has go || die "Go is not on PATH. Install Go $(awk '$1 == "go" {print $2}' go.mod) or newer."
}
need_node() {
	if ! has node || ! has npm; then die "Node.js with npm is not on PATH. Install Node 20 or newer."; fi
	[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || die "Node $(node -v) is too old for the web client. Install Node 20 or newer."
}

# postgres_bin prints the folder of initdb and postgres as internal/private finds it, or fails.
postgres_bin() {
	local dir
	local -a path
	IFS=: read -ra path <<<"${CALLSTAMP_PG_BIN:-$PATH}"
	for dir in "${path[@]}" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin \
		/opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin /Applications/Postgres.app/Contents/Versions/*/bin; do
		if [ -n "$dir" ] && [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then
			printf '%s\n' "$dir"
			return 0
		fi
	done
	return 1
}

# changed NAME TEXT succeeds when TEXT is not what settled NAME recorded last.
changed() { [ "$(cat ".cache/$1.sum" 2>/dev/null)" != "$2" ]; }
settled() {
	mkdir -p .cache
	printf '%s\n' "$2" >".cache/$1.sum"
}
