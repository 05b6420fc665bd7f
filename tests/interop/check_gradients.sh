#!/usr/bin/env bash
# Dumps with gradients of the tiny models of tests/data/forward: the PyTorch script's (autograd) against bitwright-cli's.
# Routed experts, which the script does not see, against autograd itself (check_expert_gradients.py).
# Usage: check_gradients.sh PYTHON CLI OUT
set -euo pipefail
python=${1:?usage: check_gradients.sh PYTHON CLI OUT}
cli=${2:?usage: check_gradients.sh PYTHON CLI OUT}
out=${3:?usage: check_gradients.sh PYTHON CLI OUT}
root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$out"
# Byte values below 96, the vocabulary of these models.
head -c 4000 "$root/samples/text/calibration.txt" | tr 'a-z' 'A-Z' | tr -d '\n' | LC_ALL=C tr -cd ' -_' | head -c 150 >"$out/text.txt"
for family in llama llama-biases mistral qwen2 qwen3 gemma2 gemma3 phi3 gpt2 opt opt-post; do
    arguments=("$root/tests/data/forward/$family" --text "$out/text.txt" --bytes --sequence-length 48 --gram-max-width 256 --gradients)
    "$python" "$root/samples/capture/capture_activations.py" "${arguments[@]}" --batch-size 1 -o "$out/reference.h5" 2>/dev/null
    "$cli" --quiet capture "${arguments[@]}" -o "$out/own.h5" >/dev/null
    "$python" "$root/tests/interop/compare_dumps.py" "$out/reference.h5" "$out/own.h5" >"$out/log" || { cat "$out/log"; exit 1; }
    echo "$family: $(tail -n 1 "$out/log")"
done
"$python" "$root/tests/interop/check_expert_gradients.py" "$cli" "$out/experts" 2>/dev/null
