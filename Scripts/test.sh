#!/usr/bin/env bash
# Runs every test: units, goldens, end to end, remote worker, browser.
set -euo pipefail
# shellcheck source=Scripts/lib/common.sh
source "$(dirname "$0")/lib/common.sh"

usage() {
  cat <<'USAGE'
Usage: Scripts/test.sh [options]

Installs what the tests need, builds, and runs all suites.

  --fast      only the unit tests, which need neither Python nor a browser
  --goldens   also make the golden files again with PyTorch and diffusers and compare (downloads
              about 1 GB from PyPI into .venv-goldens)
  --slow      also the long suites: more users, more kills, longer soaks
  --help      this text
USAGE
}

fast=no goldens=no slow=no
while [ $# -gt 0 ]; do
  case "$1" in
  --fast) fast=yes ;;
  --goldens) goldens=yes ;;
  --slow) slow=yes ;;
  --help | -h)
    usage
    exit 0
    ;;
  *) usage_error "unknown option '$1'" ;;
  esac
  shift
done

ensure_swift
ensure_packages "${BUILD_PACKAGES[@]}"
cd "$ROOT"

say "== Unit tests"
build_quietly tests.log --build-tests "${SWIFT_BUILD_FLAGS[@]}"
swift test --skip-build
[ "$fast" = no ] || exit 0

if [ "$goldens" = yes ]; then
  say "== Goldens"
  ensure_venv .venv-goldens Tests/goldens/requirements.txt
  .venv-goldens/bin/python Tests/goldens/make.py --check
fi

say "== Black-box tests"
ensure_packages openssh-server openssh-client chromium chromium-driver fonts-dejavu-core
ensure_venv .venv-tests Tests/requirements.txt
build_release
ATELIER_BIN="$(release_bin)" ATELIER_DEBUG_BIN="$(swift build --show-bin-path)" ATELIER_SLOW="$slow" \
  .venv-tests/bin/python -m pytest -q -p no:cacheprovider Tests/EndToEnd Tests/Browser
