#!/usr/bin/env bash
# Makes sure of a C compiler (SQLite is compiled in) and of a Rust compiler
# that is new enough; leaves everything alone when both are there.
source "$(dirname "$0")/lib.sh"

rust_is_new_enough() {
	have cargo && have rustc || return 1
	local version
	version=$(rustc --version 2>/dev/null | cut -d ' ' -f 2) || return 1
	version_at_least "$RUST_MINIMUM" "$version"
}

have cc || apt_install gcc libc6-dev ||
	die "a C compiler is needed. Install gcc (or clang) with its C library headers, and try again."

rust_is_new_enough && exit 0

say "Rust $RUST_MINIMUM or later is needed: looking for a way to get it"
if have rustup; then
	note "asking rustup"
	timeout "$DOWNLOAD_SECONDS" rustup toolchain install stable --profile default </dev/null || true
	rust_is_new_enough && exit 0
elif have curl; then
	note "fetching rustup, Rust's own installer"
	if curl --proto '=https' --tlsv1.2 -sSf --connect-timeout 20 --max-time 60 https://sh.rustup.rs -o "$SETUP/rustup-init.sh"; then
		timeout "$DOWNLOAD_SECONDS" sh "$SETUP/rustup-init.sh" -y --profile default --no-modify-path </dev/null || true
	fi
	PATH="$HOME/.cargo/bin:$PATH"
	rust_is_new_enough && exit 0
fi
apt_install rustc-web cargo-web rust-web-clippy rustfmt-web || true
rust_is_new_enough && exit 0
die "no Rust $RUST_MINIMUM could be installed. Install it as https://rust-lang.org/tools/install says, and try again."
