#!/usr/bin/env bash
# Measurements in release mode; the program prints a table and writes target/bench.json.
# Words after it name parts: see tools/bench/src/main.rs.
source "$(dirname "$0")/lib.sh"

tools/setup-rust.sh
have sqlite3 || apt_install sqlite3 ||
	die "the sqlite3 shell is what imports are measured against. Install it, and try again."

say "Building with optimisation (minutes the first time)"
cargo build --workspace --release --bin callboard --bin bench
say "Measuring"
# PostgreSQL as durable as it is by default: what is measured is what people would have.
CALLBOARD_DURABLE=1 tools/with-postgres.sh "$CARGO_TARGET_DIR/release/bench" "$@"
