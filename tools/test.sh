#!/usr/bin/env bash
# Everything: checks, the site, and every test, on SQLite and on a PostgreSQL
# server that lives as long as the tests do, over HTTP and in Chromium.
source "$(dirname "$0")/lib.sh"

tools/setup-rust.sh
tools/setup-node.sh
tools/setup-wasm.sh
tools/setup-browser.sh
tools/check.sh
tools/build-site.sh

say "Building the server and its tests"
cargo build --workspace --bin callboard
cargo test --workspace --no-run

# Where the tests find what they need; without these they say what they skip.
export CALLBOARD_SITE=${CALLBOARD_SITE:-$PWD/target/site}
export CALLBOARD_TEST_BINARY=$CARGO_TARGET_DIR/debug/callboard
CALLBOARD_TEST_CHROMEDRIVER=$(command -v chromedriver)
export CALLBOARD_TEST_CHROMEDRIVER
export CALLBOARD_TEST_AXE=$PWD/node_modules/axe-core/axe.min.js

say "Running the tests"
tools/with-postgres.sh cargo test --workspace --no-fail-fast
