#!/usr/bin/env bash
# Makes sure that Rust can compile for wasm32, the browser half of the pages.
# Two ways: rustup's, and Debian's compiler with a standard library built here.
# Writes target/setup/wasm.env, which tools/build-site.sh reads:
#   WASM_WAY=rustup | debian | none, and for debian where things are.
source "$(dirname "$0")/lib.sh"

TARGET=wasm32-unknown-unknown
ENV_FILE=$SETUP/wasm.env
REFUSED=$SETUP/wasm-refused

use_way() {
	printf '%s\n' "WASM_WAY=$1" "${@:2}" >"$ENV_FILE"
	[ "$1" = none ] || rm -f "$REFUSED"
	exit 0
}

rustup_has_it() {
	compgen -G "$(rustc --print target-libdir --target "$TARGET" 2>/dev/null)/libstd-*.rlib" >/dev/null
}

rustup_has_it && use_way rustup

# Debian's compiler has its own folder of the standard library for wasm32, in
# the user's cache: one for all checkouts, and no rights needed to write it.
debian_std() {
	printf '%s/callboard/wasm32-std-bitcode-%s\n' "${XDG_CACHE_HOME:-$HOME/.cache}" \
		"$(/usr/bin/rustc --version | cut -d ' ' -f 2)"
}
newest_wasm_ld() { compgen -G '/usr/bin/wasm-ld-[0-9]*' | sort -V | tail -n 1; }
use_debian() {
	use_way debian "WASM_SYSROOT=$(debian_std)" "WASM_LINKER=$(newest_wasm_ld)"
}
debian_has_it() {
	[ -x /usr/bin/rustc ] && [ -x /usr/bin/cargo ] && [ -n "$(newest_wasm_ld)" ] &&
		[ -d "$(debian_std)/lib/rustlib/$TARGET/lib" ]
}

debian_has_it && use_debian

# A refusal is remembered for a day, so that it does not cost every start a minute.
if [ -n "$(find "$REFUSED" -mmin -1440 2>/dev/null)" ]; then
	note "no wasm32 target (last tried less than a day ago; remove $REFUSED to try again)"
	use_way none
fi

say "Rust's wasm32 target is missing: looking for a way to get it"
if have rustup; then
	note "asking rustup for it"
	timeout "$DOWNLOAD_SECONDS" rustup target add "$TARGET" </dev/null >"$SETUP/rustup.log" 2>&1 || true
	rustup_has_it && use_way rustup
	note "rustup was refused the download (see $SETUP/rustup.log)"
fi

# The compiler, its library's source, and the newest wasm linker on offer.
debian_packages() {
	have apt-get || return 1
	apt-cache show rustc-web >/dev/null 2>&1 || apt_get update || return 1
	local lld
	lld=$(apt-cache search --names-only '^lld-[0-9]+$' | cut -d ' ' -f 1 | sort -V | tail -n 1)
	apt_install rustc-web cargo-web rust-web-src "${lld:-lld}"
}

build_debian_std() {
	local crate=$SETUP/wasm32-std out
	out=$(debian_std)
	rm -rf "$crate"
	mkdir -p "$crate/src"
	: >"$crate/src/lib.rs"
	cat >"$crate/Cargo.toml" <<-'TOML'
		[package]
		name = "empty"
		edition = "2021"
		[lib]
		crate-type = ["cdylib"]
		[workspace]
	TOML
	# RUSTC_BOOTSTRAP opens -Z build-std on a stable compiler; used for this alone.
	(
		cd "$crate"
		# Not the project's own flags: this is a library for any project. With
		# bitcode, since the islands are optimised together with it.
		RUSTFLAGS='-C embed-bitcode=yes' RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=build \
			CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$(newest_wasm_ld) \
			timeout 1800 /usr/bin/cargo build --release -Z build-std=std,panic_abort --target "$TARGET" </dev/null
	) || return 1
	# Made under another name and moved, so that a half-filled folder never counts.
	rm -rf "$out" "$out.new"
	mkdir -p "$out.new/lib/rustlib/$TARGET/lib"
	find "$crate/build/$TARGET/release/deps" -name 'lib*.rlib' ! -name 'libempty*' \
		-exec cp -t "$out.new/lib/rustlib/$TARGET/lib" {} +
	mv "$out.new" "$out"
	rm -rf "$crate"
}

note "trying Debian's compiler instead"
if debian_packages && version_at_least "$RUST_MINIMUM" "$(/usr/bin/rustc --version | cut -d ' ' -f 2)"; then
	note "building the standard library for wasm32, once (about two minutes)"
	build_debian_std && debian_has_it && use_debian
fi

touch "$REFUSED"
note "neither rustup nor apt-get could provide the wasm32 target. Callboard is built"
note "without its islands: every page works, the interactive extras are missing."
note "To add them later: rustup target add $TARGET"
use_way none
