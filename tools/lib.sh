# Sourced by the scripts beside it: what they say, and how they get what is missing.
# shellcheck shell=bash disable=SC2034
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What the set-up remembers between runs. `make clean` forgets it.
SETUP=target/setup
mkdir -p "$SETUP"

# Where cargo builds, for those who have moved it.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}

# rustup puts its programs here, where a shell opened before does not look yet.
[ -d "$HOME/.cargo/bin" ] && PATH="$PATH:$HOME/.cargo/bin"

# A download that hangs is given up after so long.
APT_SECONDS=1200
DOWNLOAD_SECONDS=600
RUST_MINIMUM=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)

say() { printf '== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }
die() {
	printf 'Stopped: %s\n' "$*" >&2
	exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# version_at_least 1.95 1.96.0: is the second at least the first?
version_at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# One line of text that changes when any of the named files or folders does.
fingerprint() { find "$@" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c 1-64; }

# Runs a command with the rights to install packages. A password is asked for
# only where there is somebody to type it.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif ! have sudo; then
		return 1
	elif [ -t 0 ]; then
		sudo "$@"
	else
		sudo -n "$@"
	fi
}

apt_get() {
	as_root env DEBIAN_FRONTEND=noninteractive timeout "$APT_SECONDS" apt-get \
		-o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 -o Acquire::Retries=1 \
		-o DPkg::Lock::Timeout=300 "$@" </dev/null >>"$SETUP/apt.log" 2>&1
}

# apt_install PACKAGE...: installs those that are missing. Fails, without a
# word, where there is no apt-get, no right to use it, or nothing to be had.
apt_install() {
	local package missing=()
	have apt-get || return 1
	for package in "$@"; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
			missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	note "installing ${missing[*]} with apt-get (its output: $SETUP/apt.log)"
	apt_get install -y --no-install-recommends "${missing[@]}" && return 0
	# The usual reason: package lists that are old, or were never fetched.
	apt_get update && apt_get install -y --no-install-recommends "${missing[@]}"
}
