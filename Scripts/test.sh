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
  --full-size only Stable Diffusion 1.5 in its full size against diffusers in float32, on every
              backend here (makes 2 GB of random weights in .run/full-size; needs 12 GiB of memory)
  --slow      the same suites with more rounds
  --long      only the long suites: crowds of users, kills, faults of the link, memory, fuzzing
  --minutes N how long those may take together, builds not counted (10)
  --seed N    repeats the choices of an earlier run, which said its seed when it began
  --help      this text
USAGE
}

fast=no goldens=no full_size=no slow=no long=no minutes=10 seed="$((RANDOM << 15 | RANDOM))"
while [ $# -gt 0 ]; do
  case "$1" in
  --fast) fast=yes ;;
  --goldens) goldens=yes ;;
  --full-size) full_size=yes ;;
  --slow) slow=yes ;;
  --long) long=yes ;;
  --minutes | --seed)
    need_value "$1" "$#"
    [[ "$2" =~ ^[0-9]{1,9}$ ]] || usage_error "$1 needs a number; got '$2'"
    if [ "$1" = --seed ]; then seed="$2"; else minutes="$2"; fi
    shift
    ;;
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

# build_fuzzer: atelier-fuzz with coverage and AddressSanitizer, in a folder of its own; sets fuzzer_bin.
build_fuzzer() {
  local library flags=(--product atelier-fuzz --scratch-path .build-fuzz)
  library="$(find "$(dirname "$(realpath "$(command -v swiftc)")")/.." -name "libclang_rt.fuzzer_no_main-$(uname -m).a" | head -n 1)"
  [ -n "$library" ] || die "this Swift toolchain comes without libFuzzer"
  ATELIER_FUZZER="$(realpath "$library")"
  export ATELIER_FUZZER
  build_quietly fuzz.log "${flags[@]}"
  fuzzer_bin="$(swift build "${flags[@]}" --show-bin-path)/atelier-fuzz"
  unset ATELIER_FUZZER
}

if [ "$long" = yes ]; then
  say "== Long suites, $minutes minutes, seed $seed (repeat with --long --minutes $minutes --seed $seed)"
  ensure_venv .venv-tests Tests/requirements.txt
  build_release
  build_fuzzer
  ATELIER_BIN="$(release_bin)" ATELIER_FUZZ_BIN="$fuzzer_bin" .venv-tests/bin/python -m pytest -q -p no:cacheprovider \
    "--minutes=$minutes" "--seed=$seed" Tests/Long
  exit 0
fi

if [ "$full_size" = yes ]; then
  say "== Full size"
  ensure_venv .venv-goldens Tests/goldens/requirements.txt
  .venv-goldens/bin/python Tests/goldens/full_size.py .run/full-size
  build_release
  "$(release_bin)/atelier-bench" accuracy --model .run/full-size/model --goldens .run/full-size/goldens.safetensors
  exit 0
fi

# prepare_black_box: what the black-box tests need from Debian and PyPI.
prepare_black_box() {
  ensure_packages openssh-server openssh-client chromium chromium-driver fonts-dejavu-core openssl
  # Where a system starts what is installed, nginx would take port 80: there its test is skipped without it.
  [ -d /run/systemd/system ] || ensure_packages nginx
  ensure_venv .venv-tests Tests/requirements.txt
}

# Downloads go on while the compiler works; what they say is shown when they are waited for.
preparing="" prepared="$ROOT/.run/prepare.log"
if [ "$fast" = no ]; then
  mkdir -p "$ROOT/.run"
  prepare_black_box >"$prepared" 2>&1 &
  preparing=$!
  # An installation is not cut short when a test fails.
  trap 'wait' EXIT
fi

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
wait "$preparing" || { cat "$prepared" >&2; die "could not prepare the black-box tests"; }
cat "$prepared"
build_release
ATELIER_BIN="$(release_bin)" ATELIER_DEBUG_BIN="$(swift build --show-bin-path)" ATELIER_SLOW="$slow" \
  .venv-tests/bin/python -m pytest -q -p no:cacheprovider --numprocesses 2 --dist loadfile \
  Tests/CUDA Tests/Tiers Tests/EndToEnd Tests/Browser
