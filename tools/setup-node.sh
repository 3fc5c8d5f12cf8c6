#!/usr/bin/env bash
# Makes sure of Node.js and of the npm packages of package-lock.json: the style
# sheet's source and compiler, the WebAssembly optimiser, the accessibility checker.
source "$(dirname "$0")/lib.sh"

STAMP=node_modules/.callboard-lock
WANTED=$(sha256sum package-lock.json | cut -c 1-64)
[ "$(cat "$STAMP" 2>/dev/null)" = "$WANTED" ] && exit 0

have node && have npm || apt_install nodejs npm ||
	die "Node.js 18 or later with npm is needed to build the style sheet. Install it, and try again."
version_at_least 18 "$(node --version | tr -d v)" ||
	die "Node.js 18 or later is needed; this is $(node --version)."

say "Fetching the npm packages of package-lock.json"
timeout "$DOWNLOAD_SECONDS" npm ci --no-update-notifier --no-audit --no-fund --fetch-timeout=60000 --fetch-retries=2 --loglevel=error </dev/null ||
	die "npm could not fetch its packages. Check the network (npm's own log is named above), and try again."
printf '%s\n' "$WANTED" >"$STAMP"
