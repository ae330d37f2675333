#!/usr/bin/env bash
# Builds for release and runs the benchmarks.
set -euo pipefail
# shellcheck source=Scripts/lib/common.sh
source "$(dirname "$0")/lib/common.sh"

usage() {
  cat <<'USAGE'
Usage: Scripts/bench.sh [SUITE [options of atelier-bench]]

Builds for release and runs atelier-bench: kernels, unet, vae, text or image; without a suite,
kernels and then a whole image of the demo model.

  --help   this text
USAGE
}

case "${1:-}" in
--help | -h)
  usage
  exit 0
  ;;
esac

build_release
bench="$(release_bin)/atelier-bench"
if [ $# -gt 0 ]; then
  exec "$bench" "$@"
fi
"$bench" kernels
"$bench" image --model "$ROOT/Sources/Worker/Resources/atelier-demo"
