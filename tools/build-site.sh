#!/usr/bin/env bash
# Builds what the pages load into target/site: the style sheet, the icon and the
# islands, each under a name that carries a hash of its content, beside a
# compressed copy; and assets.json, in which the server looks the names up.
# What has not changed since the last time is left alone.
source "$(dirname "$0")/lib.sh"

SITE=target/site
PARTS=target/site-parts
mkdir -p "$SITE" "$PARTS"

# once NAME FINGERPRINT: has NAME not been made from exactly this before?
once() { [ "$(cat "$PARTS/$1.from" 2>/dev/null)" != "$2" ] || [ ! -e "$PARTS/$1" ]; }
made() { printf '%s\n' "$2" >"$PARTS/$1.from"; }

# --- Style ---------------------------------------------------------------
from=$(fingerprint style package-lock.json)
if once callboard.css "$from"; then
	say "Compiling the style sheet"
	node_modules/.bin/sass --style=compressed --no-source-map --no-charset --quiet-deps \
		--load-path=node_modules style/main.scss "$PARTS/callboard.css"
	cp style/favicon.svg "$PARTS/favicon.svg"
	made callboard.css "$from"
fi

# --- Islands --------------------------------------------------------------
# Flags for the compiler's library and linker travel by environment, so that
# they reach this build alone; rustflags must repeat .cargo/config.toml's.
wasm_cargo() {
	if [ "$WASM_WAY" = rustup ]; then
		cargo "$@"
	else
		RUSTC=/usr/bin/rustc CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$WASM_LINKER \
			/usr/bin/cargo --config "target.wasm32-unknown-unknown.rustflags=['--cfg','erase_components','--sysroot','$WASM_SYSROOT']" "$@"
	fi
}

# shellcheck source=/dev/null
source "$SETUP/wasm.env"
if [ "$WASM_WAY" = none ]; then
	rm -f "$PARTS"/callboard.{js,wasm}
else
	say "Compiling what changed in the islands to WebAssembly (minutes the first time)"
	wasm_cargo rustc -p app --lib --crate-type cdylib --features hydrate \
		--target wasm32-unknown-unknown --profile wasm-release
	compiled=$CARGO_TARGET_DIR/wasm32-unknown-unknown/wasm-release/app.wasm
	from=$(fingerprint "$compiled" tools/bundle package-lock.json)
	if once callboard.wasm "$from"; then
		say "Bundling and shrinking them"
		cargo build --workspace --bin bundle
		"$CARGO_TARGET_DIR/debug/bundle" "$compiled" "$PARTS"
		# The features every browser of the last years has, and no others.
		node_modules/.bin/wasm-opt -Oz --enable-bulk-memory --enable-bulk-memory-opt \
			--enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals \
			--enable-reference-types --enable-multivalue --strip-debug --strip-producers \
			"$PARTS/callboard.wasm" -o "$PARTS/callboard.small.wasm"
		mv "$PARTS/callboard.small.wasm" "$PARTS/callboard.wasm"
		made callboard.wasm "$from"
	fi
fi

# --- Names, compressed copies, and the list of both --------------------------
# put PART NAME: copies it under a name, and lists that.
entries='' kept=' assets.json '
put() {
	local name=$2
	kept+="$name $name.gz "
	entries+="${entries:+,}"$'\n'"  \"$1\": \"$name\""
	if [ ! -e "$SITE/$name.gz" ]; then
		cp "$PARTS/$1" "$SITE/$name"
		gzip -9 -n -c "$PARTS/$1" >"$SITE/$name.gz"
	fi
}
hash_of() { cat "${@/#/$PARTS/}" | sha256sum | cut -c 1-8; }

put callboard.css "callboard.$(hash_of callboard.css).css"
put favicon.svg "favicon.$(hash_of favicon.svg).svg"
if [ -e "$PARTS/callboard.wasm" ]; then
	# One hash for the pair, and "_bg": Leptos's hydration script is told one name
	# and asks for NAME.js and NAME_bg.wasm.
	hash=$(hash_of callboard.js callboard.wasm)
	put callboard.js "callboard.$hash.js"
	put callboard.wasm "callboard.${hash}_bg.wasm"
fi
# Written whole and then moved: a starting server never reads half a list.
printf '{%s\n}\n' "$entries" >"$SITE/assets.json.new"
mv "$SITE/assets.json.new" "$SITE/assets.json"

# Earlier builds' files, which no page of the next start will name.
for file in "$SITE"/*; do
	[[ $kept == *" ${file##*/} "* ]] || rm -rf "$file"
done
