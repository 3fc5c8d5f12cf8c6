#!/usr/bin/env bash
# with-postgres.sh COMMAND...: runs a command while a PostgreSQL server of its own
# is up, told to it as CALLBOARD_TEST_POSTGRES; the server is gone afterwards.
source "$(dirname "$0")/lib.sh"

# The second half runs inside pg_virtualenv, which sets PGHOST and the others.
if [ "${1:-}" = --inside ]; then
	shift
	export CALLBOARD_TEST_POSTGRES="postgres://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/postgres"
	exec "$@"
fi

# Nothing here has to survive a power cut, and many tests connect at once. Never
# pg_virtualenv's -s: it would open a shell when a test fails, and wait there. With
# -t it keeps to a temporary folder for root too, so that two may run at once and
# nothing is left behind by one that was killed.
# CALLBOARD_DURABLE=1 leaves durability on, for measurements.
FAST=(-o fsync=off -o synchronous_commit=off -o full_page_writes=off)
[ -n "${CALLBOARD_DURABLE:-}" ] && FAST=()
exec pg_virtualenv -t "${FAST[@]}" -o max_connections=400 tools/with-postgres.sh --inside "$@"
