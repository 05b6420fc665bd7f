#!/usr/bin/env bash
# Record activation dumps of the real models: MiniLM over sentences, and the 270 M language model over the text of the GPL.
#
# Usage: make_dumps.sh VENV MODELS     (after make_venv.sh VENV full and make_real_models.sh MODELS VENV; 2 to 4 minutes)
#   MODELS/minilm-dump.h5   tests/interop/data/sentences.txt, one sequence per line, Grams up to 1536
#   MODELS/gemma-dump.h5    2,048 tokens in sequences of 512, gradients, Grams up to 2048, 512 sample rows
# A dump that exists is left alone. Prints the seconds that each one took.
set -euo pipefail

venv=${1:?usage: make_dumps.sh VENV MODELS}
models=${2:?usage: make_dumps.sh VENV MODELS}
here=$(cd "$(dirname "$0")" && pwd)
capture="$here/../../samples/capture/capture_activations.py"
gpl=/usr/share/common-licenses/GPL-3
[ -f "$gpl" ] || gpl="$here/../../LICENSE"

# record NAME ARGUMENTS... : the capture script writes atomically, so an existing file is a whole one.
record() {
    local out="$models/$1" start=$SECONDS
    shift
    if [ -f "$out" ]; then
        echo "$out is there"
        return
    fi
    "$venv/bin/python" "$capture" "$@" -o "$out"
    echo "$out: $((SECONDS - start)) s"
}

record minilm-dump.h5 "$models/minilm" --text "$here/data/sentences.txt" --lines --sequence-length 128 --batch-size 16 \
    --max-tokens 100000 --gram-max-width 1536 --samples 512
record gemma-dump.h5 "$models/gemma-hf" --text "$gpl" --dataset GPL-3 --max-tokens 2048 --sequence-length 512 --batch-size 1 \
    --gram-max-width 2048 --samples 512 --gradients
