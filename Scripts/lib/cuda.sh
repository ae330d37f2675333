# What start.sh and gpu-check.sh share about NVIDIA's libraries; sourced after common.sh.
# shellcheck shell=bash

# The folder of the project that fetched libraries are in.
CUDA_FOLDER="$ROOT/.cuda"

# use_cuda_folder: lets the tools find what was fetched.
use_cuda_folder() {
  [ -d "$CUDA_FOLDER" ] || return 0
  export ATELIER_CUDA_PATH="${ATELIER_CUDA_PATH:+$ATELIER_CUDA_PATH:}$CUDA_FOLDER"
}

# cuda_devices BIN: the GPUs that its worker can use, a name a line.
cuda_devices() {
  "$1/atelier-worker" --list-devices | awk -F '\t' '$1 ~ /^cuda/ && $2 != "-" { print $1 }'
}

# cuda_wheels: the wheels for this host's driver, by the CUDA version nvidia-smi says.
cuda_wheels() {
  local major
  major="$(nvidia-smi | sed -n 's/.*CUDA Version: \([0-9]*\)\..*/\1/p' | head -n 1)"
  if [ "${major:-12}" -ge 13 ]; then
    printf '%s\n' 'nvidia-cuda-nvrtc>=13,<14' 'nvidia-cublas>=13,<14' 'nvidia-cudnn-cu13>=9,<10'
  else
    printf '%s\n' 'nvidia-cuda-nvrtc-cu12' 'nvidia-cublas-cu12' 'nvidia-cudnn-cu12>=9,<10'
  fi
}

# fetch_cuda: puts the wheels into the project's folder, whole or not at all.
fetch_cuda() {
  local wheels
  mapfile -t wheels < <(cuda_wheels)
  say "Fetching ${wheels[*]} into .cuda …"
  command -v python3 >/dev/null || ensure_packages python3 python3-pip
  rm -rf "$CUDA_FOLDER.new"
  python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$CUDA_FOLDER.new" "${wheels[@]}" ||
    die "pip could not fetch ${wheels[*]}"
  rm -rf "$CUDA_FOLDER"
  mv "$CUDA_FOLDER.new" "$CUDA_FOLDER"
  use_cuda_folder
}

# missing_cuda BIN: a sentence about what a GPU of this host lacks, nothing where it lacks nothing. What stands before
# the first ':' is what is done without it.
missing_cuda() {
  local line
  line="$("$1/atelier-worker" --list-devices | awk -F '\t' '$1 == "cuda"')"
  case "$line" in
  *$'\t-\t'*) printf 'The GPU is not used: %s\n' "${line##*$'\t'}" ;;
  *cuDNN*cuBLASLt* | *cuBLASLt*cuDNN*) ;;
  *cuBLASLt*) printf 'The GPU convolves by Atelier'"'"'s own kernels alone: libcudnn.so.9 was not found\n' ;;
  cuda*) printf 'The GPU multiplies by Atelier'"'"'s own kernels alone: libcublasLt was not found\n' ;;
  esac
}

# offer_cuda BIN BACKEND FETCH: where a GPU answers but its libraries are missing, fetches them if FETCH is yes or a
# person at the terminal says so; otherwise says how. Without them the processor or the own kernels do the work.
offer_cuda() {
  local answer='' reason
  case "$2" in auto | cuda*) ;; *) return 0 ;; esac
  command -v nvidia-smi >/dev/null && nvidia-smi >/dev/null 2>&1 || return 0
  reason="$(missing_cuda "$1")"
  case "$reason" in
  '') return 0 ;;
  *libnvrtc* | *libcudnn* | *libcublasLt*) ;;
  *)
    say "$reason."
    return 0
    ;;
  esac
  if [ "$3" = no ] && [ -t 0 ] && [ -t 1 ]; then
    say "This host has an NVIDIA GPU, but libraries for it are missing. $reason."
    read -r -p "Fetch them from PyPI (1 GB, into the folder .cuda)? [y/N] " answer || answer=''
  fi
  case "$3$answer" in
  yes* | no[yY]*) fetch_cuda ;;
  *) say "$reason. Scripts/start.sh --fetch-cuda fetches it." ;;
  esac
}
