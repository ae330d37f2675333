#!/usr/bin/env bash
# Proves on a GPU host what only a GPU can prove, and measures it beside diffusers.
set -euo pipefail
# shellcheck source=Scripts/lib/common.sh
source "$(dirname "$0")/lib/common.sh"
# shellcheck source=Scripts/lib/cuda.sh
source "$(dirname "$0")/lib/cuda.sh"

usage() {
  cat <<'USAGE'
Usage: Scripts/gpu-check.sh [options]
       Scripts/gpu-check.sh --prepare

Compares every operation and pictures with the reference backend, then times Stable Diffusion 1.5 and XL of full size
with random weights beside diffusers (eager and torch.compile) in the same run, without each library, and with the
steps of 8 and 16 jobs joined: one table, under ten minutes. Each part has its time; what did not run is said at the
end, and the rest runs. SDXL needs 6 GB of disk.

The host needs NVIDIA's driver, CUDA's libraries (torch's wheels have them) and a Python with torch; diffusers for
the comparison. Without a Swift toolchain there, run --prepare here first and copy the checkout: the tools travel in
gpu-check-tools (the C library there must be as new as here).

  --prepare       build the tools and put them into gpu-check-tools, with the libraries they need
  --python FILE   the Python with torch (default python3)
  --backend NAME  cuda or cuda:N (default cuda)
  --minutes N     end after N minutes (default 9.5)
  --out FILE      write the table as JSON too
  --without-sdxl  leave SDXL out
  --help          this text
USAGE
}

tools="$ROOT/gpu-check-tools" python=python3 backend=cuda minutes=9.5 prepare=no more=()
while [ $# -gt 0 ]; do
  case "$1" in
  --help | -h)
    usage
    exit 0
    ;;
  --prepare) prepare=yes ;;
  --without-sdxl) more+=(--without-sdxl) ;;
  --python | --backend | --minutes | --out)
    need_value "$1" $#
    case "$1" in
    --python) python="$2" ;;
    --backend) backend="$2" ;;
    --minutes) minutes="$2" ;;
    --out) more+=(--out "$2") ;;
    esac
    shift
    ;;
  *) usage_error "unknown option '$1'" ;;
  esac
  shift
done
[[ "$minutes" =~ ^[0-9]+(\.[0-9]+)?$ ]] || usage_error "--minutes needs a number; got '$minutes'"

# Copies the tools without debug symbols, and those libraries that a bare host may lack.
prepare_tools() {
  local bin tool
  build_release
  bin="$(release_bin)"
  rm -rf "$tools"
  mkdir -p "$tools/lib"
  for tool in atelier-bench atelier-worker; do
    cp "$bin/$tool" "$tools/$tool"
    strip "$tools/$tool" 2>/dev/null || true
  done
  ldd "$tools/atelier-bench" "$tools/atelier-worker" | awk '/=> \// { print $3 }' | sort -u |
    grep -E '/lib(sqlite3|png16|z|jpeg|webp|sharpyuv)\.' | xargs -r -I{} cp -L {} "$tools/lib/"
  say "The tools are in gpu-check-tools ($(du -sh "$tools" | cut -f1))."
}

if [ "$prepare" = yes ]; then
  prepare_tools
  exit 0
fi
command -v "$python" >/dev/null || die "--python: no '$python' on this host"
[ -x "$tools/atelier-bench" ] || prepare_tools
use_cuda_folder
mkdir -p "$ROOT/.run/gpu-check"
exec "$python" "$ROOT/Scripts/gpu_check/check.py" --bin "$tools" --demo "$ROOT/Sources/Worker/Resources/atelier-demo" \
  --work "$ROOT/.run/gpu-check" --backend "$backend" --minutes "$minutes" "${more[@]}"
