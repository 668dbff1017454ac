#!/bin/sh
# Find a Python and let it bring .venv up to date:  sh requirements/prepare.sh run|dev
#
# A name on the PATH proves nothing: a shim may stand for a version that is not
# there, or silently for an older one. So each candidate is asked.
set -eu
cd "$(dirname "$0")/.."

fits() {
    "$1" -c 'import sys, venv; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

for python in .venv/bin/python \
    python3.13 python3.14 python3.12 python3 python \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python \
    "$(uv python find '>=3.12' 2>/dev/null || true)"
do
    if [ -n "$python" ] && fits "$python"; then
        exec "$python" requirements/install.py "$1"
    fi
done

echo "Nenpyo needs Python 3.12 or newer, and this machine has none on its PATH." >&2
echo "Install one (macOS: brew install python@3.13; Debian, Ubuntu: apt-get install python3-venv;" >&2
echo "any system: from python.org) and try again." >&2
exit 1
