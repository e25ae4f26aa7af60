#!/bin/sh
# Makes the virtual environment FOLDER with the newest Python here that is 3.11 or later. One that exists stays if its
# stamp says that it was finished in this very place; a copied, broken or half-made one is made anew.
# Usage: tools/venv.sh FOLDER [PYTHON]
# On Debian the venv module is a package of its own: root gets it installed, anyone else is told what to install.
set -eu

folder=$1
asked=${2:-}

say() { echo "seawall: $*" >&2; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
has_venv() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

choose() {
    for python in ${asked:-python3.13 python3.12 python3.11 python3}; do
        if is_new_enough "$python" && "$@" "$python"; then
            echo "$python"
            return
        fi
    done
    return 1
}

install_venv_module() {
    say "$1 has no venv module"
    "$(dirname "$0")/debian.sh" - "$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
}

if [ "$(cat "$folder/.stamp" 2>/dev/null)" = "$(pwd -P)" ] && is_new_enough "$folder/bin/python"; then
    exit 0
fi
python=$(choose has_venv) || python=$(choose true) || {
    say "Python 3.11 or later is needed, and none works here (tried ${asked:-python3.13, python3.12, python3.11, python3})."
    if found=$("${asked:-python3}" --version 2>&1); then say "${asked:-python3} is $found, which is too old."; fi
    say "Install a newer one, or name it: make PYTHON=/path/to/python"
    exit 1
}
has_venv "$python" || install_venv_module "$python"
say "making $folder with $("$python" --version) ($python)"
"$python" -m venv --clear "$folder"
