#!/usr/bin/env bash
# What a container engine does with `--read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges`, by hand.
#   run ROOT DATA IDS WORKDIR COMMAND …   in namespaces of its own, which the caller has made; COMMAND is its first process
#   exec PID IDS WORKDIR COMMAND …        beside it, as `docker exec`
# The environment given is the command's whole environment.
set -euo pipefail

way=$1
shift

# setpriv and env are the image's own: they run behind the chroot.
as_user() {
  local ids=$1 folder=$2
  shift 2
  command=(/usr/bin/setpriv --reuid "${ids%:*}" --regid "${ids#*:}" --clear-groups --no-new-privs
    --bounding-set=-all --inh-caps=-all /usr/bin/env -C "$folder" "$@")
}

case $way in
  run)
    root=$1 data=$2
    shift 2
    mount --bind "$root" "$root"
    mount -o remount,bind,ro "$root"
    mount -t proc proc "$root/proc"
    mount -t tmpfs tmpfs "$root/tmp"
    mount --rbind /dev "$root/dev"
    mount --bind "$data" "$root/data"
    as_user "$@"
    exec /usr/sbin/chroot "$root" "${command[@]}"
    ;;
  exec)
    pid=$1
    shift
    as_user "$@"
    exec /usr/bin/nsenter --target "$pid" --mount --pid --root "${command[@]}"
    ;;
  *)
    echo "container.sh: run or exec, got \"$way\"" >&2
    exit 64
    ;;
esac
