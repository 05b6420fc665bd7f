#!/usr/bin/env bash
# One measurement of a (unit, option) pair against one forward pass of transformers on the same tokens, in one run:
# the peer before and after ours, so that a machine that changed its speed meanwhile shows.
#
# Usage: bench_measure_vs_peer.sh BUILD PYTHON MODEL IDS [options of bench_measure]
set -euo pipefail
build=$1 python=$2 model=$3 ids=$4
shift 4
peer() { "$python" "$(dirname "$0")/peer_forward.py" "$model" --ids "$ids"; }
peer
"$build/tests/bench_measure" "$model" --ids "$ids" "$@"
peer
