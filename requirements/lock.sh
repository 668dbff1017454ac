#!/bin/sh
# Resolve the .in files into hashed locks. No registry's address gets into them.
set -eu
cd "$(dirname "$0")"
command -v uv >/dev/null || { echo "Locking needs uv on the PATH (pip install uv)." >&2; exit 1; }
for name in dev run production objects; do
    # 3.12 is the oldest Python we support; --universal covers the newer ones and macOS.
    uv pip compile --quiet --universal --python-version 3.12 --generate-hashes \
        --no-emit-index-url --no-header --annotation-style line "$@" "$name.in" -o "$name.txt"
done
