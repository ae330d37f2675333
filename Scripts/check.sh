#!/usr/bin/env bash
# What must hold before a commit: format, scripts, sizes, build without warnings, fast tests.
set -euo pipefail
# shellcheck source=Scripts/lib/common.sh
source "$(dirname "$0")/lib/common.sh"

usage() {
  cat <<'USAGE'
Usage: Scripts/check.sh [--no-tests]

Lints formats and scripts, checks the size rule, builds with warnings as errors and the import
check, and runs the unit tests.

  --no-tests   stop before the tests
  --help       this text
USAGE
}

tests=yes
while [ $# -gt 0 ]; do
  case "$1" in
  --no-tests) tests=no ;;
  --help | -h)
    usage
    exit 0
    ;;
  *) usage_error "unknown option '$1'" ;;
  esac
  shift
done

ensure_packages "${BUILD_PACKAGES[@]}" shellcheck
cd "$ROOT"
say "Format"
Scripts/format.sh --lint

say "Scripts"
mapfile -t scripts < <(git ls-files --cached --others --exclude-standard 'Scripts/*.sh' '.ci/run')
shellcheck -x "${scripts[@]}"

# A file nobody can read in one sitting needs splitting; 500 lines is the hard end.
say "Sizes"
too_long="$(git ls-files --cached --others --exclude-standard '*.swift' '*.c' '*.h' '*.js' '*.css' '*.py' |
  while read -r file; do
    [ -f "$file" ] || continue
    lines="$(wc -l <"$file")"
    [ "$lines" -le 500 ] || printf '%s has %s lines\n' "$file" "$lines"
  done)"
[ -z "$too_long" ] || die "files over 500 lines: $too_long"

say "Build"
swift build --build-tests "${SWIFT_BUILD_FLAGS[@]}"
[ "$tests" = yes ] || exit 0
say "Tests"
swift test --skip-build
