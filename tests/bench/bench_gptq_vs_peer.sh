#!/usr/bin/env bash
# GPTQ of ours against GPTQModel on the same weights and inputs, in turn, in one run.
# Usage: bench_gptq_vs_peer.sh BENCH_GPTQ PYTHON [SIZE] [BITS] [GROUP]
#   BENCH_GPTQ  the built program (ninja bench_gptq)
#   PYTHON      an interpreter with numpy, torch and gptqmodel (tests/interop/make_venv.sh)
# Prints both JSON lines and the ratios. Exit 1 when the bar does not hold: time <= 0.3 of the peer's, loss not above it.
set -euo pipefail
bench=${1:?usage: bench_gptq_vs_peer.sh BENCH_GPTQ PYTHON [SIZE] [BITS] [GROUP]}
python=${2:?usage: bench_gptq_vs_peer.sh BENCH_GPTQ PYTHON [SIZE] [BITS] [GROUP]}
size=${3:-2048} bits=${4:-4} group=${5:-128}
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export OMP_NUM_THREADS=2 OPENBLAS_NUM_THREADS=2 MKL_NUM_THREADS=2

"$python" "$here/peer_gptq.py" make "$folder/w.npy" "$folder/x.npy" --size "$size"
for turn in 1 2; do # in turn, so that a busy moment of the machine hits both
    "$bench" --weights "$folder/w.npy" --inputs "$folder/x.npy" --option "int$bits-sym-g$group" --threads 2 \
        > "$folder/ours.$turn"
    "$python" "$here/peer_gptq.py" run "$folder/w.npy" "$folder/x.npy" --bits "$bits" --group "$group" --threads 2 \
        > "$folder/peer.$turn" 2> "$folder/peer.log" || { tail -5 "$folder/peer.log" >&2; exit 3; }
done
"$python" - "$folder" <<'PYTHON'
import json, sys
best = {}
for side in ("ours", "peer"):
    runs = [json.load(open(f"{sys.argv[1]}/{side}.{turn}")) for turn in (1, 2)]
    best[side] = min(runs, key=lambda run: run["seconds"])
    print(side, json.dumps(best[side]))
ours, peer = best["ours"], best["peer"]
wall, cpu, loss = (ours[key] / peer[key] for key in ("seconds", "cpu_seconds", "loss"))
holds = wall <= 0.3 and loss <= 1.0
print(f"time ratio {wall:.3f} (bar 0.3), CPU time ratio {cpu:.3f}, loss ratio {loss:.4f} (bar 1):", "holds" if holds else "FAILS")
sys.exit(0 if holds else 1)
PYTHON
