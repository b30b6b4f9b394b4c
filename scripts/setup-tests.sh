#!/usr/bin/env bash
# Installs what the tests need and this machine lacks, through the system's package manager, a line each. As root or by
# sudo; where neither can be, one sentence says what to install.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

missing=()
want() { # package, why it is wanted
	say "$1 is missing: $2"
	missing+=("$1")
}

has redis-server || want redis-server "the tests run against a real Redis"
has kamailio || [ -x /usr/sbin/kamailio ] || want kamailio "a registrar and proxy between the product and telephones"
has sipp || want sip-tester "SIPp rings the product as a carrier does"
has baresip || want baresip-core "a second, independent telephone"
has promtool || want prometheus "promtool checks alarms, dashboard and metrics"
has chromium || has chromium-browser || has google-chrome || has google-chrome-stable || want chromium "agents work in a real browser"
has nft || want nftables "the fault suites cut networks, in a namespace of their own"
postgres_bin >/dev/null || want postgresql "the tests run against a real PostgreSQL"

[ ${#missing[@]} -gt 0 ] || exit 0

has apt-get || die "The tests need ${missing[*]} (Debian's names), and this machine has no apt-get: install them by your package manager, then run this again."
as_root=()
if [ "$(id -u)" -ne 0 ]; then
	if ! has sudo || ! { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
		die "The tests need ${missing[*]}, and we are neither root nor may use sudo: have root run: apt-get install ${missing[*]}"
	fi
	as_root=(sudo)
fi
install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=400 -qq)
"${install[@]}" update
for package in "${missing[@]}"; do
	say "installing $package"
	"${install[@]}" install -y --no-install-recommends "$package" >/dev/null
done
