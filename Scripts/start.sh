#!/usr/bin/env bash
# Builds and runs the whole service on this host: the server with its page, and one worker.
set -euo pipefail
# shellcheck source=Scripts/lib/common.sh
source "$(dirname "$0")/lib/common.sh"
# shellcheck source=Scripts/lib/cuda.sh
source "$(dirname "$0")/lib/cuda.sh"

usage() {
  cat <<'USAGE'
Usage: Scripts/start.sh [options]

Builds what is needed, starts the server and a worker, and prints the page's address.
Ctrl-C stops both.

  --port N         port of the page (default 3000)
  --listen ADDR    address to listen on (default 127.0.0.1; others need --access open or accounts)
  --access MODE    single: one local user; open: each browser its own private user;
                   accounts: people with passwords (see README.md, "People with passwords")
  --trust-proxy A  address of a proxy whose X-Forwarded-For and -Proto count (repeatable)
  --host-name NAME a name people use for this host (repeatable)
  --models DIR     folder with models of your own (repeatable)
  --backend NAME   auto, reference, cpu, cuda or cuda:N (default auto: one worker for each GPU, else cpu)
  --fetch-cuda     fetch what NVIDIA's driver needs beside it (1 GB from PyPI into .cuda) where it is missing
  --max-batch N    jobs of one model and size whose steps each worker may join (default 1; see README.md)
  --precision P    full, autocast, int8 or bfloat16 (default autocast; see README.md, "On a processor")
  --threads N      threads of the worker (default: all cores)
  --data DIR       jobs and pictures (default ~/.local/share/atelier)
  --background     return when the service is ready; Scripts/stop.sh ends it
  --help           this text
USAGE
}

port=3000 listen=127.0.0.1 access=single data="$(default_data)" background=no backend=auto fetch=no
server_args=() worker_args=()
while [ $# -gt 0 ]; do
  case "$1" in
  --help | -h)
    usage
    exit 0
    ;;
  --background)
    background=yes
    shift
    continue
    ;;
  --fetch-cuda)
    fetch=yes
    shift
    continue
    ;;
  --supervise) # used by --background: the part that stays
    background=supervise
    shift
    continue
    ;;
  --port | --listen | --access | --host-name | --trust-proxy | --models | --backend | --precision | --threads | \
    --max-batch | --data)
    need_value "$1" $#
    ;;
  *) usage_error "unknown option '$1'" ;;
  esac
  case "$1" in
  --port) port="$2" ;;
  --listen) listen="$2" ;;
  --access) access="$2" ;;
  --data) data="$2" ;;
  --host-name | --trust-proxy) server_args+=("$1" "$2") ;;
  --models)
    [ -d "$2" ] || die "--models: no folder '$2'"
    worker_args+=(--models "$(cd "$2" && pwd)")
    ;;
  --backend) backend="$2" ;;
  --precision | --threads | --max-batch) worker_args+=("$1" "$2") ;;
  esac
  shift 2
done
is_port "$port" || usage_error "--port must be 1…65535; got '$port'"
case "$access" in single | open | accounts) ;; *) usage_error "--access must be single, open or accounts; got '$access'" ;; esac

run="$ROOT/.run/$port"
probe="$(probe_host "$listen")"
server_pid='' worker_pids=() backends=()

refuse_taken_port() {
  if port_taken "$probe" "$port"; then
    die "port $port on $listen is taken; stop what uses it (Scripts/stop.sh) or choose another with --port"
  fi
}

# Both get sessions of their own: Ctrl-C then reaches this script alone, which ends them in order.
start_server() {
  rm -f "$run/worker-port"
  setsid "$bin/atelier-server" --data "$data" --listen "$listen" --port "$port" --access "$access" \
    --public "$ROOT/Public" --worker-port 0 --worker-port-file "$run/worker-port" \
    "${server_args[@]}" &
  server_pid=$!
}

# One worker a device: each GPU has a process of its own, which may fail without the others.
choose_backends() {
  backends=("$backend")
  [ "$backend" = auto ] || return 0
  local found
  mapfile -t found < <(cuda_devices "$bin")
  [ ${#found[@]} -eq 0 ] || backends=("${found[@]}")
}

# start_worker INDEX: the worker of that device; the first keeps the folder a single worker always had.
start_worker() {
  local folder="$data/worker"
  [ "$1" -eq 0 ] || folder="$data/worker-$1"
  setsid "$bin/atelier-worker" --server "127.0.0.1:$(cat "$run/worker-port")" \
    --secret-file "$data/secrets/worker.key" --data "$folder" --backend "${backends[$1]}" \
    --styles "$data/styles.csv" "${worker_args[@]}" &
  worker_pids[$1]=$!
}

start_workers() {
  local index
  for index in "${!backends[@]}"; do start_worker "$index"; done
}

end_workers() {
  local pid
  for pid in "${worker_pids[@]}"; do end_process "$pid" "$1"; done
}

all_workers_gone() {
  local pid
  for pid in "${worker_pids[@]}"; do gone "$pid" || return 1; done
}

server_listens() { gone "$server_pid" || [ -s "$run/worker-port" ]; }
is_ready() { gone "$server_pid" || all_workers_gone || [ "$(http_status "$probe" "$port" /readyz)" = 200 ]; }

stop_both() {
  trap '' INT TERM HUP
  # The server first: it waits for the running job, and what is not done it hands out at the next start.
  end_process "$server_pid" 30
  end_workers 5
  rm -f "$run/supervisor.pid" "$run/worker-port"
}

# Runs all until one is told to end; a process that dies is started again, at most every second.
supervise() {
  mkdir -p "$run" "$data"
  printf '%s\n' "$$" >"$run/supervisor.pid"
  trap 'stop_both; exit 0' INT TERM HUP
  trap stop_both EXIT
  start_server
  wait_for 60 server_listens || die "the server did not start within 60 s"
  ! gone "$server_pid" || die "the server ended at once; its message is above"
  choose_backends
  start_workers
  wait_for 300 is_ready || die "the worker did not get ready within 300 s"
  ! gone "$server_pid" || die "the server ended; its message is above"
  ! all_workers_gone || die "the worker ended; its message is above"
  say "Atelier is ready: http://$(url_host):$port/"
  while true; do
    wait -n "$server_pid" "${worker_pids[@]}" 2>/dev/null || true
    sleep 1 # the least time between two starts
    if gone "$server_pid"; then
      say "The server ended; starting it again."
      start_server
      wait_for 60 server_listens || die "the server did not start again"
      end_workers 10 # their links went to the old port
    fi
    for index in "${!backends[@]}"; do
      gone "${worker_pids[$index]}" || continue
      say "The worker ended; starting it again."
      start_worker "$index"
    done
  done
}

url_host() { case "$probe" in *:*) printf '[%s]' "$probe" ;; 127.0.0.1) printf 'localhost' ;; *) printf '%s' "$probe" ;; esac; }

if [ "$background" = supervise ]; then
  bin="$(release_bin)"
  use_cuda_folder
  supervise
fi

refuse_taken_port
build_release
bin="$(release_bin)"
use_cuda_folder
offer_cuda "$bin" "$backend" "$fetch"
if [ "$background" = no ]; then
  supervise
fi

mkdir -p "$run"
args=(--port "$port" --listen "$listen" --access "$access" --data "$data" --backend "$backend")
setsid "$0" --supervise "${args[@]}" "${server_args[@]}" "${worker_args[@]}" \
  >"$run/service.log" 2>&1 </dev/null &
supervisor=$!
announced() { gone "$supervisor" || grep -q '^Atelier is ready' "$run/service.log"; }
wait_for 400 announced || die "not ready after 400 s; see .run/$port/service.log"
if gone "$supervisor"; then
  tail -n 5 "$run/service.log" >&2
  die "the service ended; the whole log is in .run/$port/service.log"
fi
grep '^Atelier is ready' "$run/service.log" | tail -n 1
say "Log: .run/$port/service.log. Scripts/stop.sh ends it."
