#!/usr/bin/env bash
# What only the tests need: Chromium with its driver, and a PostgreSQL server
# that can be started and thrown away.
source "$(dirname "$0")/lib.sh"

if ! have chromedriver; then
	say "The browser tests need Chromium and its driver"
	apt_install chromium chromium-driver || true
	have chromedriver ||
		die "Chromium and chromedriver could not be installed. Install both (on Debian: chromium, chromium-driver), and try again."
fi

if ! have pg_virtualenv || ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
	say "The tests on PostgreSQL need a server"
	apt_install postgresql postgresql-common || true
	have pg_virtualenv ||
		die "PostgreSQL could not be installed. Install its server and pg_virtualenv (on Debian: postgresql, postgresql-common), and try again."
fi
