#!/usr/bin/env bash
# Runs the server here and a worker on a GPU host, linked through SSH.
set -euo pipefail
# shellcheck source=Scripts/lib/common.sh
source "$(dirname "$0")/lib/common.sh"

usage() {
  cat <<'USAGE'
Usage: Scripts/start_remote.sh USER@HOST [options]

Starts the server here, copies a worker to HOST if it differs, and runs it there. The worker's
link goes through the SSH connection, which is made again when it drops. Ctrl-C ends everything
on both sides. The host needs an SSH server, libpng16 and a C library as new as this one's.

  --models DIR       copy this folder of models to the host too and use it (repeatable)
  --ssh-port N       port of the SSH server
  --ssh-option OPT   an option for ssh -o, for example IdentityFile=key (repeatable)
  --port N           port of the page (default 3000)
  --listen ADDR      address of the page (default 127.0.0.1)
  --access MODE      single, open or accounts (default single)
  --host-name NAME   a name people use for this host (repeatable)
  --backend NAME     backend of the worker (default auto)
  --threads N        threads of the worker
  --data DIR         jobs and pictures (default ~/.local/share/atelier)
  --help             this text
USAGE
}

host='' port=3000 listen=127.0.0.1 data="$(default_data)"
server_args=() worker_args=() models=()
ssh_options=(
  -o BatchMode=yes -o ExitOnForwardFailure=yes -o ServerAliveInterval=10 -o ServerAliveCountMax=2
  -o ConnectTimeout=10
)
while [ $# -gt 0 ]; do
  case "$1" in
  --help | -h)
    usage
    exit 0
    ;;
  --models | --ssh-port | --ssh-option | --port | --listen | --access | --host-name | --trust-proxy | --backend | \
    --threads | --data)
    need_value "$1" $#
    ;;
  -*) usage_error "unknown option '$1'" ;;
  *)
    [ -z "$host" ] || usage_error "one host only; got '$host' and '$1'"
    host="$1"
    shift
    continue
    ;;
  esac
  case "$1" in
  --models)
    [ -d "$2" ] || die "--models: no folder '$2'"
    models+=("$(cd "$2" && pwd)")
    ;;
  --ssh-port)
    is_port "$2" || usage_error "--ssh-port must be 1…65535; got '$2'"
    ssh_options+=(-o "Port=$2")
    ;;
  --ssh-option) ssh_options+=(-o "$2") ;;
  --port) port="$2" ;;
  --listen) listen="$2" ;;
  --data) data="$2" ;;
  --access | --host-name | --trust-proxy) server_args+=("$1" "$2") ;;
  --backend | --threads) worker_args+=("$1" "$2") ;;
  esac
  shift 2
done
[ -n "$host" ] || usage_error "which host? Give USER@HOST"
is_port "$port" || usage_error "--port must be 1…65535; got '$port'"

run="$ROOT/.run/$port"
probe="$(probe_host "$listen")"
! port_taken "$probe" "$port" || die "port $port on $listen is taken; choose another with --port"
build_release
bin="$(release_bin)"
mkdir -p "$run" "$data"

server_pid='' ssh_pid=''
stop_all() {
  trap '' INT TERM HUP
  # The server first: it waits for the running job, and what is not done it hands out at the next start.
  end_process "$server_pid" 30
  # The worker ends when its standard input does, which closing the connection brings about.
  exec 7>&- || true
  end_process "$ssh_pid" 15
  rm -f "$run/worker-port" "$run/secret.fifo"
}
trap 'stop_all; exit 0' INT TERM HUP
trap stop_all EXIT

# remote COMMAND: runs a shell command on the host; its words are ours, never a user's.
remote() { ssh "${ssh_options[@]}" -T -- "$host" "$1"; }

# copy_tree FOLDER NAME: sends FOLDER to the host's cache as NAME unless it is there unchanged.
copy_tree() {
  local listing sum
  listing="$(cd "$1" && find -L . -type f -print0 | sort -z | xargs -0 sha256sum)"
  sum="$(printf '%s' "$listing" | sha256sum | cut -d' ' -f1)"
  if [ "$(remote "cat .cache/atelier/$2.sha256 2>/dev/null || true")" = "$sum" ]; then return 0; fi
  say "Copying $2 to $host …"
  tar -C "$1" -chf - . | remote "set -e; umask 077; cd; mkdir -p .cache/atelier
    rm -rf .cache/atelier/$2.new .cache/atelier/$2.sha256; mkdir .cache/atelier/$2.new
    tar -C .cache/atelier/$2.new -xf -; rm -rf .cache/atelier/$2
    mv .cache/atelier/$2.new .cache/atelier/$2; printf '%s\n' $sum >.cache/atelier/$2.sha256"
}

# send_worker: copies the worker and its resources, and says what the host lacks.
send_worker() {
  local sum there missing
  sum="$(sha256sum "$bin/atelier-worker" | cut -d' ' -f1)"
  there="$(remote 'mkdir -p .cache/atelier && sha256sum .cache/atelier/atelier-worker 2>/dev/null | cut -d" " -f1 || true')"
  if [ "$there" != "$sum" ]; then
    say "Copying the worker to $host …"
    remote 'set -e; umask 077; cat >.cache/atelier/atelier-worker.new; chmod 700 .cache/atelier/atelier-worker.new
      mv -f .cache/atelier/atelier-worker.new .cache/atelier/atelier-worker' <"$bin/atelier-worker"
  fi
  copy_tree "$bin/atelier_Worker.resources" atelier_Worker.resources
  missing="$(remote "ldd .cache/atelier/atelier-worker | sed -n 's/^[[:space:]]*\(.*\) => not found/\1/p'")"
  [ -z "$missing" ] ||
    die "$host lacks $(echo "$missing" | tr '\n' ' '); there, run: sudo apt-get install -y libpng16-16"
}

# Server and connection get sessions of their own: Ctrl-C then reaches this script alone.
setsid "$bin/atelier-server" --data "$data" --listen "$listen" --port "$port" --public "$ROOT/Public" \
  --worker-port 0 --worker-port-file "$run/worker-port" "${server_args[@]}" &
server_pid=$!
server_listens() { gone "$server_pid" || [ -s "$run/worker-port" ]; }
wait_for 60 server_listens || die "the server did not start within 60 s"
! gone "$server_pid" || die "the server ended at once; its message is above"

remote_args=(--data .cache/atelier/worker)
for index in "${!models[@]}"; do remote_args+=(--models ".cache/atelier/models-$index"); done
remote_args+=("${worker_args[@]}")

# run_worker: one connection; returns when it ends.
run_worker() {
  local far_port=$((20000 + RANDOM % 30000)) words
  send_worker || return 1
  for index in "${!models[@]}"; do copy_tree "${models[$index]}" "models-$index" || return 1; done
  words="$(printf '%q ' --server "127.0.0.1:$far_port" --secret-file - "${remote_args[@]}")"
  # The secret is the first line of standard input; the input then stays open for as long as
  # the worker should live.
  rm -f "$run/secret.fifo"
  mkfifo -m 600 "$run/secret.fifo"
  setsid ssh "${ssh_options[@]}" -T -R "127.0.0.1:$far_port:127.0.0.1:$(cat "$run/worker-port")" -- "$host" \
    "exec .cache/atelier/atelier-worker $words" <"$run/secret.fifo" \
    > >(sed -u "s/^/[$host] /") 2>&1 &
  ssh_pid=$!
  exec 7>"$run/secret.fifo"
  rm -f "$run/secret.fifo"
  cat "$data/secrets/worker.key" >&7 2>/dev/null || true
  wait "$ssh_pid" || true
  exec 7>&-
  ssh_pid=''
}

say "The page is at http://$probe:$port/; connecting to $host …"
pause=1
while true; do
  ! gone "$server_pid" || die "the server ended; its message is above"
  began=$SECONDS
  run_worker || true
  # A link that held for a minute was a good one: start again from the shortest pause.
  [ $((SECONDS - began)) -lt 60 ] || pause=1
  say "The link to $host ended; trying again in $pause s."
  sleep "$pause" &
  wait $! || true
  pause=$((pause < 30 ? pause * 2 : 30))
done
