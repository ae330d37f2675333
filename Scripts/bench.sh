#!/usr/bin/env bash
# Builds for release and runs the benchmarks.
set -euo pipefail
# shellcheck source=Scripts/lib/common.sh
source "$(dirname "$0")/lib/common.sh"

usage() {
  cat <<'USAGE'
Usage: Scripts/bench.sh [SUITE [options of atelier-bench]]
       Scripts/bench.sh --peers [--quick] [options]
       Scripts/bench.sh --service [options of atelier-bench http]

Builds for release and runs atelier-bench: kernels, unet, vae, text, image, http or queue; without a
suite, kernels and then a whole image of the demo model.

  --peers      compares with diffusers (torch) and OpenVINO on this host: seconds of a step, of decoding and
               of a picture, seconds to load, peak memory, and their ratios. Downloads 1 GB from PyPI into
               .venv-bench, makes 4 GB in .run/full-size, needs 16 GiB of memory and some minutes
  --quick      with --peers: 256×256 and 4 steps instead of 512×512 and 20
  --size N, --steps N, --threads N, --backend B, --model FOLDER
               with --peers: another size, …, or a model of your own (Stable Diffusion 1.x) instead of
               one with random weights
  --service    http and queue: the server beside nginx, which is installed for it, and beside a server on
               Hummingbird, which is fetched and built for it (some minutes, once)
  --help       this text
USAGE
}

# compare [OPTION…]: one table of Atelier and the others.
compare() {
  local size=512 steps=20 model="" options=()
  while [ $# -gt 0 ]; do
    case "$1" in
    --quick) size=256 steps=4 ;;
    --size | --steps | --threads | --backend | --model)
      need_value "$1" "$#"
      case "$1" in
      --size) size="$2" ;;
      --steps) steps="$2" ;;
      --model) model="$2" ;;
      *) options+=("$1" "$2") ;;
      esac
      shift
      ;;
    *) usage_error "unknown option '$1'" ;;
    esac
    shift
  done
  { [[ "$size" =~ ^[1-9][0-9]{1,3}$ ]] && [ "$((size % 64))" -eq 0 ]; } ||
    usage_error "--size needs a multiple of 64 below 10000; got '$size'"
  ensure_venv .venv-bench Scripts/bench/requirements.txt
  build_release
  local python="$ROOT/.venv-bench/bin/python" folder="$ROOT/.run/full-size"
  mkdir -p "$folder"
  if [ -z "$model" ]; then
    model="$folder/model"
    "$python" "$ROOT/Tests/goldens/full_size.py" --model-only "$folder"
  fi
  # The shim finds out by itself whether AMX is hidden.
  if grep -qw amx_tile /proc/cpuinfo; then
    command -v cc >/dev/null || ensure_packages gcc libc6-dev
    cc -O2 -shared -fPIC "$ROOT/Scripts/bench/cpuid_shim.c" -o "$folder/cpuid_shim.so"
    options+=(--shim "$folder/cpuid_shim.so")
  fi
  local key
  key="$(printf '%s' "$(realpath "$model")" | cksum | cut -d ' ' -f 1)"
  exec "$python" "$ROOT/Scripts/bench/peers.py" --bench "$(release_bin)/atelier-bench" --model "$model" \
    --converted "$folder/openvino-$key-$size" --size "$size" --steps "$steps" "${options[@]}"
}

case "${1:-}" in
--help | -h)
  usage
  exit 0
  ;;
--peers)
  shift
  compare "$@"
  ;;
esac

build_release
bench="$(release_bin)/atelier-bench"
if [ "${1:-}" = --service ]; then
  shift
  [ -x /usr/sbin/nginx ] || ensure_packages nginx-light
  peer="$ROOT/Scripts/bench/hummingbird-peer"
  say "Building Hummingbird's server (the first time takes some minutes) …"
  mkdir -p "$ROOT/.run"
  swift build --package-path "$peer" -c release --static-swift-stdlib >"$ROOT/.run/hummingbird.log" 2>&1 ||
    die "Hummingbird's server could not be built; .run/hummingbird.log says why"
  peer_bin="$(swift build --package-path "$peer" -c release --static-swift-stdlib --show-bin-path)"
  cd "$ROOT"
  "$bench" http --hummingbird "$peer_bin/hummingbird-peer" "$@"
  json=()
  [[ " $* " != *" --json "* ]] || json=(--json)
  exec "$bench" queue "${json[@]}"
fi
if [ $# -gt 0 ]; then
  exec "$bench" "$@"
fi
"$bench" kernels
"$bench" image --model "$ROOT/Sources/Worker/Resources/atelier-demo"
