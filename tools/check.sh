#!/usr/bin/env bash
# Formatting, lints and documentation; any warning is an error.
source "$(dirname "$0")/lib.sh"

tools/setup-rust.sh
tools/setup-wasm.sh

# A minimal toolchain comes without these two.
linters() { cargo fmt --version && cargo clippy --version; } >/dev/null 2>&1
if ! linters; then
	say "rustfmt and clippy are missing: looking for a way to get them"
	if have rustup; then
		timeout "$DOWNLOAD_SECONDS" rustup component add rustfmt clippy </dev/null || true
	else
		apt_install rustfmt-web rust-web-clippy || true
	fi
	linters ||
		die "rustfmt and clippy could not be installed. Add them to your Rust toolchain, and try again."
fi

say "Formatting"
cargo fmt --all --check

if have shellcheck; then
	say "Shell scripts"
	shellcheck -x -P tools tools/*.sh .ci/run
fi

say "Lints"
cargo clippy --workspace --all-targets -- -D warnings

# shellcheck source=/dev/null
source "$SETUP/wasm.env"
if [ "$WASM_WAY" = rustup ]; then
	say "Lints of the islands (their libraries are compiled on the way, minutes the first time)"
	# What "cargo clippy" does, on a build rather than a check: so the libraries
	# are compiled once for the lints and for the site together.
	RUSTC_WORKSPACE_WRAPPER=clippy-driver cargo rustc -p app --lib --crate-type cdylib --features hydrate \
		--target wasm32-unknown-unknown --profile wasm-release -- -D warnings
else
	note "the islands' own lints are skipped: they need rustup's wasm32 target"
fi

say "Documentation"
RUSTDOCFLAGS="--cfg erase_components -D warnings" cargo doc --workspace --no-deps
