#!/bin/bash
# Runs a command with an S3 server for its tests:   with_s3_server.sh ministack|ceph COMMAND…
# The server comes from the shared folder (TARN_SHARED), listens on this machine only, and is stopped at the end. Where it
# cannot be had, that is said and the command runs without it: the tests that need it are skipped. A server that
# TARN_S3_ENDPOINT names already is used as it is.
set -uo pipefail
kind=$1; shift
script="${TARN_SHARED:-../shared}/servers/s3-$kind.sh"

if [ -n "${TARN_S3_ENDPOINT:-}" ]; then
	echo "S3 tests: on $TARN_S3_ENDPOINT"
	exec "$@"
fi
skip() { echo "S3 tests: SKIPPED, $1"; shift; exec "$@"; }
[ -f "$script" ] || skip "there is no $script (TARN_SHARED names the shared folder)" "$@"

# A state of this checkout's own, at a short path: Ceph puts sockets there. Ports that are free now.
export SERVERS_STATE="${TMPDIR:-/tmp}/tarn-$(pwd | cksum | cut -d' ' -f1)"
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
export S3_MINISTACK_PORT S3_CEPH_PORT S3_CEPH_MON_PORT
S3_MINISTACK_PORT=$(free_port); S3_CEPH_PORT=$(free_port); S3_CEPH_MON_PORT=$(free_port)
trap '"$script" stop >/dev/null 2>&1' EXIT
log=$(mktemp)
settings=$(bash "$script" start 2>"$log" | grep -E '^(S3_ENDPOINT|S3_REGION|AWS_[A-Z_]*)=')
if [ -z "$settings" ]; then
	reason="$script does not start: $(tail -1 "$log")"
	rm -f "$log"
	skip "$reason" "$@"
fi
rm -f "$log"
while IFS='=' read -r name value; do export "$name=$value"; done <<<"$settings"
export TARN_S3_ENDPOINT=$S3_ENDPOINT AWS_ENDPOINT_URL=$S3_ENDPOINT AWS_REGION=$S3_REGION
echo "S3 tests: on $kind at $S3_ENDPOINT"
"$@"
