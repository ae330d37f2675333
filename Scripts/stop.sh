#!/usr/bin/env bash
# Stops what start.sh --background started from this checkout.
set -euo pipefail
# shellcheck source=Scripts/lib/common.sh
source "$(dirname "$0")/lib/common.sh"

usage() {
  cat <<'USAGE'
Usage: Scripts/stop.sh [--port N]

Stops the server and the worker that start.sh started from this checkout.

  --port N   only the service on this port (default: all)
  --help     this text
USAGE
}

port='*'
while [ $# -gt 0 ]; do
  case "$1" in
  --port)
    need_value "$1" $#
    is_port "$2" || usage_error "--port must be 1…65535; got '$2'"
    port="$2"
    shift 2
    ;;
  --help | -h)
    usage
    exit 0
    ;;
  *) usage_error "unknown option '$1'" ;;
  esac
done

found=no
for file in "$ROOT"/.run/$port/supervisor.pid; do
  [ -f "$file" ] || continue
  pid="$(cat "$file")"
  folder="$(dirname "$file")"
  if alive "$pid" && grep -q "start.sh" "/proc/$pid/cmdline" 2>/dev/null; then
    found=yes
    # The supervisor ends its two children first and may wait for a running job.
    end_process "$pid" 40
    say "Stopped the service on port $(basename "$folder")."
  fi
  rm -f "$file"
done
[ "$found" = yes ] || say "Nothing was running."
