#!/usr/bin/env bash
# Installs the service on this host: programs, users, folders and systemd units.
set -euo pipefail
# shellcheck source=Scripts/lib/common.sh
source "$(dirname "$0")/lib/common.sh"

usage() {
  cat <<'USAGE'
Usage: sudo Scripts/install.sh [options]

Builds what is needed and installs it: programs and page in /usr/local/lib/atelier, systemd units
atelier-server and atelier-worker (each a user of its own, nothing else of the host writable), their
flags in /etc/atelier. Run it again to upgrade; what is in /etc/atelier and /var/lib stays.

  --server-args ARGS  flags of the server, for a new /etc/atelier/server.env
                      (for example: --server-args "--listen 0.0.0.0 --access open")
  --worker-args ARGS  flags of the worker, for a new /etc/atelier/worker.env
  --no-start          install only
  --uninstall         stop and remove programs and units; data and flags stay
  --destdir DIR       put everything below DIR, for packages: no users, no start
  --help              this text
USAGE
}

server_args='' worker_args='' start=yes uninstall=no destdir=''
while [ $# -gt 0 ]; do
  case "$1" in
  --help | -h)
    usage
    exit 0
    ;;
  --no-start)
    start=no
    shift
    ;;
  --uninstall)
    uninstall=yes
    shift
    ;;
  --server-args | --worker-args | --destdir)
    need_value "$1" $#
    case "$1" in
    --server-args) server_args="$2" ;;
    --worker-args) worker_args="$2" ;;
    --destdir) destdir="$2" ;;
    esac
    shift 2
    ;;
  *) usage_error "unknown option '$1'" ;;
  esac
done

lib=/usr/local/lib/atelier
units=/etc/systemd/system
programs=(atelier atelier-server atelier-worker)
[ -n "$destdir" ] || [ "$(id -u)" -eq 0 ] || die "must run as root; try: sudo Scripts/install.sh"

if [ "$uninstall" = yes ]; then
  if [ -z "$destdir" ]; then
    systemctl disable --now atelier-worker atelier-server 2>/dev/null || true
  fi
  rm -f "$destdir$units"/atelier-{server,worker}.service
  for name in "${programs[@]}"; do rm -f "$destdir/usr/local/bin/$name"; done
  rm -rf "$destdir${lib:?}"
  [ -n "$destdir" ] || systemctl daemon-reload
  say "Removed. Jobs and pictures are still in /var/lib/atelier, flags in /etc/atelier."
  exit 0
fi

# Who ran sudo owns the checkout: root builds nothing in it.
as_builder() {
  if [ "$(id -u)" -eq 0 ] && [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ]; then
    sudo -u "$SUDO_USER" --preserve-env=PATH "$@"
  else
    "$@"
  fi
}
common="source '$ROOT/Scripts/lib/common.sh'"
as_builder bash -c "$common; build_release"
bin="$(as_builder bash -c "$common; release_bin")"

# Everything is put beside the old version, which goes when the new one is whole.
new="$destdir$lib.new"
rm -rf "$new"
install -d -m 0755 "$new" "$destdir$units" "$destdir/usr/local/bin" "$destdir/etc/atelier"
for name in "${programs[@]}"; do install -m 0755 "$bin/$name" "$new/$name"; done
cp -r "$bin/atelier_Worker.resources" "$ROOT/Public" "$ROOT/README.md" "$ROOT/LICENSE" "$new/"
chmod -R u=rwX,go=rX "$new"
rm -rf "$destdir${lib:?}"
mv "$new" "$destdir$lib"
for name in "${programs[@]}"; do ln -sfn "$lib/$name" "$destdir/usr/local/bin/$name"; done
for unit in server worker; do
  sed "s|@LIB@|$lib|g" "$ROOT/Scripts/systemd/atelier-$unit.service" >"$destdir$units/atelier-$unit.service"
  chmod 0644 "$destdir$units/atelier-$unit.service"
done

# flags_file NAME VARIABLE ARGS: writes a new file of flags; one that is there stays.
flags_file() {
  local file="$destdir/etc/atelier/$1.env"
  if [ -e "$file" ]; then return 0; fi
  printf '# Flags of atelier-%s; atelier-%s --help lists them.\n%s="%s"\n' "$1" "$1" "$2" "$3" >"$file"
  chmod 0644 "$file"
}
flags_file server ATELIER_SERVER_ARGS "$server_args"
flags_file worker ATELIER_WORKER_ARGS "$worker_args"

if [ -n "$destdir" ]; then
  say "Installed below $destdir."
  exit 0
fi
for user in atelier atelier-worker; do
  id "$user" >/dev/null 2>&1 ||
    useradd --system --user-group --home-dir "/var/lib/$user" --no-create-home --shell /usr/sbin/nologin "$user"
done
install -d -o atelier -g atelier -m 0700 /var/lib/atelier
for group in video render; do
  if getent group "$group" >/dev/null; then usermod -a -G "$group" atelier-worker; fi
done
systemctl daemon-reload
if [ "$start" = no ]; then
  say "Installed. Start with: systemctl enable --now atelier-server atelier-worker"
  exit 0
fi

# shellcheck disable=SC1091
args="$(. /etc/atelier/server.env && printf '%s' "${ATELIER_SERVER_ARGS:-}")"
# shellcheck disable=SC2086 # flags, split as systemd splits them
runuser -u atelier -- "$lib/atelier-server" check --data /var/lib/atelier $args | grep -v '^ok: ' || true
systemctl enable atelier-server atelier-worker
systemctl restart atelier-server atelier-worker
is_up() { systemctl is-active --quiet atelier-server; }
wait_for 30 is_up || die "the server did not start; see: journalctl -u atelier-server"
say "Installed and started; systemctl status atelier-server atelier-worker"
