#!/usr/bin/env bash
# Configures build/checkin and builds the named targets (none: everything). Usage: build.sh [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/.."
launcher=()
if command -v ccache >/dev/null; then
    launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
fi
if ! cmake --preset checkin "${launcher[@]}" >build.log 2>&1; then
    cat build.log >&2
    exit 1
fi
rm -f build.log
echo "Building in build/checkin (the first time takes some minutes) ..."
cmake --build build/checkin -- "$@"
