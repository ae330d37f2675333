#!/usr/bin/env bash
# Formats every Swift and C file, or only checks them.
set -euo pipefail
# shellcheck source=Scripts/lib/common.sh
source "$(dirname "$0")/lib/common.sh"

usage() {
  cat <<'USAGE'
Usage: Scripts/format.sh [--lint]

Formats the Swift sources with the toolchain's swift-format and the C sources with clang-format.

  --lint   change nothing; fail when a file is not formatted
  --help   this text
USAGE
}

lint=no
while [ $# -gt 0 ]; do
  case "$1" in
  --lint) lint=yes ;;
  --help | -h)
    usage
    exit 0
    ;;
  *) usage_error "unknown option '$1'" ;;
  esac
  shift
done

ensure_swift
ensure_packages clang-format
cd "$ROOT"
mapfile -t swift_files < <(git ls-files --cached --others --exclude-standard '*.swift')
mapfile -t c_files < <(git ls-files --cached --others --exclude-standard 'Sources/*.c' 'Sources/*.h' 'Scripts/*.c')
if [ "$lint" = yes ]; then
  swift format lint --strict --parallel "${swift_files[@]}"
  clang-format --dry-run --Werror "${c_files[@]}"
else
  swift format format --in-place --parallel "${swift_files[@]}"
  clang-format -i "${c_files[@]}"
fi
