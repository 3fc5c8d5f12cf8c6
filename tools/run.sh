#!/usr/bin/env bash
# From a fresh checkout to a running Callboard with its demo district.
source "$(dirname "$0")/lib.sh"

tools/setup-rust.sh
tools/setup-node.sh
tools/setup-wasm.sh
tools/build-site.sh

say "Building the server (minutes the first time)"
cargo build --workspace --bin callboard

say "Starting Callboard; Ctrl+C stops it"
export CALLBOARD_SITE=${CALLBOARD_SITE:-target/site}
exec "$CARGO_TARGET_DIR/debug/callboard" serve --demo
