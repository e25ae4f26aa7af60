#!/bin/sh
# Installs Debian's (or Ubuntu's) packages for what is missing here, and starts nothing that is in them.
# Usage: tools/debian.sh COMMAND PACKAGE [COMMAND PACKAGE ...]
# A PACKAGE is missing when its COMMAND is not found; the COMMAND - never is. Root gets it installed, anyone else is told what
# to install.
set -eu

say() { echo "seawall: $*" >&2; }

PATH=$PATH:/usr/sbin:/sbin
missing=
while [ $# -gt 1 ]; do
    command -v "$1" >/dev/null || missing="$missing $2"
    shift 2
done
[ -n "$missing" ] || exit 0

advice="Install what is missing (on Debian and Ubuntu: sudo apt-get install --no-install-recommends$missing), then run make again."
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "missing here:$missing. $advice"
    exit 1
fi
say "installing Debian's$missing"
policy=/usr/sbin/policy-rc.d # its 101 means: do not start this; where there is one already, its owner has decided
if [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
fi
apt-get update >&2 || true # what the machine knows already may do
# shellcheck disable=SC2086 # the packages are words
DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $missing >&2 || {
    say "could not install$missing. $advice"
    exit 1
}
