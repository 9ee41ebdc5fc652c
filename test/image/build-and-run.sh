#!/usr/bin/env bash
# Builds the Dockerfile and runs the image for real on a machine without a Docker engine; needs root on a Debian.
#   build-and-run.sh            says what is missing, if anything is, and ends with 69
#   build-and-run.sh --install  installs it first
# A Debian made on the spot with the Node.js that package-lock.json pins stands in for node:24-slim. What is proven goes to
# standard output, a line each; what is left behind is nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."

readonly UNAVAILABLE=69
readonly BASE=docker.io/library/node:24-slim
readonly SUITE=bookworm
declare -rA PACKAGE_OF=([buildah]=buildah [debootstrap]=debootstrap [ip]=iproute2 [setpriv]=util-linux)

stop_with() {
  echo "build-and-run: $1" >&2
  exit "$UNAVAILABLE"
}

# Whether there is such a program: `command -v` would find our function buildah as well.
has() { [ -n "$(type -P "$1")" ]; }

must_be_root() {
  if [ "$(id -u)" -ne 0 ]; then stop_with "it must be root, to mount and to make a file system"; fi
}

ensure_tools() {
  local missing=() tool
  for tool in "${!PACKAGE_OF[@]}"; do
    has "$tool" || missing+=("${PACKAGE_OF[$tool]}")
  done
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  if [ "$1" != --install ]; then
    stop_with "${missing[*]} missing; test/image/build-and-run.sh --install brings it, or: apt-get install ${missing[*]}"
  fi
  must_be_root
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# The archive that this machine's apt is set up to use; no host of ours.
archive() {
  apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1
}

make_base() {
  local site root npm
  site=$(archive)
  if [ -z "$site" ]; then stop_with "apt knows no Debian archive; run apt-get update"; fi
  buildah from --name base scratch >/dev/null
  root=$(buildah mount base)
  debootstrap --variant=minbase "$SUITE" "$root" "$site" >"$work/debootstrap.log" 2>&1 || {
    tail -n 20 "$work/debootstrap.log" >&2
    return 1
  }
  # As node:24-slim has it: the user, Node.js and npm below /usr/local, no certificates beside Node's own.
  chroot "$root" groupadd --gid 1000 node
  chroot "$root" useradd --uid 1000 --gid node --shell /bin/bash --create-home node
  install -m 755 "$(realpath node_modules/.bin/node)" "$root/usr/local/bin/node"
  npm=$(dirname "$(dirname "$(realpath "$(command -v npm)")")")
  mkdir -p "$root/usr/local/lib/node_modules"
  cp -a "$npm" "$root/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
  buildah umount base >/dev/null
  buildah config --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin --cmd node base
  buildah commit --quiet --rm base "$BASE" >/dev/null
}

# How this machine reaches its registry, for one step of the build: as secrets it is in no layer. Files in the order of their rank.
write_registry_secrets() {
  local file ca
  for file in "$(npm config get globalconfig 2>/dev/null)" "$(npm config get userconfig 2>/dev/null)"; do
    if [ -f "$file" ]; then cat "$file" && echo; fi
  done >"$work/npmrc"
  ca=$(npm config get cafile 2>/dev/null)
  : >"$work/npm-ca"
  echo "registry=$(npm config get registry 2>/dev/null)" >>"$work/npmrc"
  if [ -f "$ca" ]; then
    cat "$ca" >"$work/npm-ca"
    echo "cafile=/run/secrets/npm-ca" >>"$work/npmrc"
  fi
}

build_image() {
  # The docker format: the other one has no place for a HEALTHCHECK.
  buildah bud --isolation chroot --format docker --pull-never --quiet \
    --secret "id=npmrc,src=$work/npmrc" --secret "id=npm-ca,src=$work/npm-ca" --tag storewalk . >"$work/build.log" 2>&1 || {
    tail -n 40 "$work/build.log" >&2
    return 1
  }
}

# A network of its own that has nothing but loopback: the image's 0.0.0.0 is open to nobody, and nothing can call out.
check_image() {
  local container root
  buildah inspect --type image storewalk >"$work/image.json"
  container=$(buildah from --pull-never storewalk)
  root=$(buildah mount "$container")
  unshare --net bash -c 'ip link set lo up && exec "$@"' bash \
    node_modules/.bin/node --disable-warning=ExperimentalWarning test/image/check-image.ts "$root" "$work/image.json" "$work"
}

clean_up() {
  if has buildah; then buildah rm --all >/dev/null 2>&1 || true; fi
  umount "$work/storage/overlay" 2>/dev/null || true
  rm -rf "$work"
}

work=$(mktemp -d "${TMPDIR:-/tmp}/storewalk-image-XXXXXX")
trap clean_up EXIT
trap 'exit 130' INT TERM
# Everything of buildah's stays in the folder that goes away; a buildah of the machine's own user is not touched.
buildah() { command buildah --root "$work/storage" --runroot "$work/run" "$@"; }
export TMPDIR=$work

ensure_tools "${1:-}"
must_be_root
if [ ! -x node_modules/.bin/node ]; then stop_with "run npm ci first; the Node.js it brings goes into the image"; fi

started=$SECONDS
echo "Making the stand-in for node:24-slim …" >&2
make_base
write_registry_secrets
echo "Building the image …" >&2
build_image
check_image
echo "It took $((SECONDS - started)) s." >&2
