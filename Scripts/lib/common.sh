# Functions the scripts share; sourced, never run.
# shellcheck shell=bash

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
export ROOT

# Prints a line for the person at the terminal.
say() { printf '%s\n' "$*"; }

# Prints why the script cannot go on, and ends it.
die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# usage_error MESSAGE: wrong flags end with 64 (EX_USAGE), as the tools do.
usage_error() {
  printf '%s: %s; --help lists what it takes\n' "$(basename "$0")" "$*" >&2
  exit 64
}

# need_value FLAG COUNT: ends with a message when FLAG has no value after it.
need_value() { [ "$2" -ge 2 ] || usage_error "$1 needs a value"; }

# is_port TEXT: whether it is a TCP port number.
is_port() { [[ "$1" =~ ^[0-9]{1,5}$ ]] && [ "$1" -ge 1 ] && [ "$1" -le 65535 ]; }

# ensure_packages PACKAGE…: installs what dpkg does not know, or says the exact command.
ensure_packages() {
  command -v dpkg-query >/dev/null || return 0
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      as_root=(sudo -n)
    else
      die "missing packages; run: sudo apt-get install -y ${missing[*]}"
    fi
  fi
  say "Installing ${missing[*]} …"
  local log
  log="$(mktemp)"
  if ! { "${as_root[@]}" apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends \
      "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    rm -f "$log"
    die "could not install; run by hand: apt-get update && apt-get install -y ${missing[*]}"
  fi
  rm -f "$log"
}

# The libraries the build links.
BUILD_PACKAGES=(libpng-dev libjpeg-dev libwebp-dev libcurl4-openssl-dev libssl-dev libsqlite3-dev pkg-config)

# ensure_swift: ends with a message when there is no toolchain that can build the package.
ensure_swift() {
  command -v swift >/dev/null ||
    die "no Swift toolchain in PATH: install Swift 6.2 or newer (https://www.swift.org/install/linux)"
}

# Every build checks that targets import only what the package says they may.
SWIFT_BUILD_FLAGS=(--explicit-target-dependency-import-check error)
# One release build serves this host and remote ones: the Swift runtime is inside the binaries.
RELEASE_FLAGS=(-c release --static-swift-stdlib "${SWIFT_BUILD_FLAGS[@]}")

# build_quietly LOG FLAG…: swift build; says nothing unless it fails, the whole output is in .run/LOG.
build_quietly() {
  local log="$ROOT/.run/$1"
  shift
  mkdir -p "$ROOT/.run"
  say "Building (the first time takes some minutes) …"
  if ! (cd "$ROOT" && swift build "$@") >"$log" 2>&1; then
    grep -E 'error:' "$log" | head -n 20 >&2 || tail -n 20 "$log" >&2
    die "the build failed; the whole log is in .run/$(basename "$log")"
  fi
}

# build_release: builds the tools for use.
build_release() {
  ensure_swift
  ensure_packages "${BUILD_PACKAGES[@]}"
  build_quietly build.log "${RELEASE_FLAGS[@]}"
}

# release_bin: prints the folder of the built tools.
release_bin() { (cd "$ROOT" && swift build "${RELEASE_FLAGS[@]}" --show-bin-path 2>/dev/null); }

# default_data: where jobs and pictures are kept unless told otherwise.
default_data() { printf '%s' "${ATELIER_DATA:-${XDG_DATA_HOME:-$HOME/.local/share}/atelier}"; }

# port_taken HOST PORT: whether something already accepts connections there.
port_taken() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

# probe_host ADDRESS: the address to ask when a server listens on ADDRESS.
probe_host() {
  case "$1" in
  0.0.0.0) printf '127.0.0.1' ;;
  ::) printf '::1' ;;
  *) printf '%s' "$1" ;;
  esac
}

# http_status HOST PORT PATH: prints the status code of a GET, or 000.
http_status() {
  local line=""
  {
    exec 3<>"/dev/tcp/$1/$2" || return 0
    printf 'GET %s HTTP/1.1\r\nHost: localhost:%s\r\nConnection: close\r\n\r\n' "$3" "$2" >&3
    read -r -t 5 line <&3 || true
    exec 3>&-
  } 2>/dev/null
  line="${line#* }"
  printf '%s' "${line%% *}"
}

# wait_for SECONDS COMMAND…: runs COMMAND each tenth of a second until it succeeds.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
}

# alive PID: whether the process exists.
alive() { [ -n "${1:-}" ] && kill -0 "$1" 2>/dev/null; }

# end_process PID SECONDS: SIGTERM, then SIGKILL when it has not ended in time.
end_process() {
  alive "$1" || return 0
  kill -TERM "$1" 2>/dev/null || true
  if ! wait_for "$2" gone "$1"; then
    kill -KILL "$1" 2>/dev/null || true
  fi
}

# gone PID: whether the process has ended (a zombie has).
gone() {
  alive "$1" || return 0
  [ "$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null)" = Z ]
}

# ensure_venv FOLDER REQUIREMENTS: a Python environment in the checkout with what the file lists.
ensure_venv() {
  local folder="$ROOT/$1" wanted
  command -v python3 >/dev/null || ensure_packages python3 python3-venv
  wanted="$(cat "$ROOT/$2")"
  if [ "$(cat "$folder/installed.txt" 2>/dev/null)" = "$wanted" ]; then return 0; fi
  say "Installing Python packages into $1 …"
  python3 -m venv "$folder" 2>/dev/null || { ensure_packages python3-venv && python3 -m venv "$folder"; }
  "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$ROOT/$2" ||
    die "pip could not install $2"
  printf '%s\n' "$wanted" >"$folder/installed.txt"
}
