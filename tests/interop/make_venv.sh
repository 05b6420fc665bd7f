#!/usr/bin/env bash
# Create the Python environment with the readers that the interop tests and benchmarks compare Bitwright against.
#
# Usage: make_venv.sh DEST [light|full]
#   light  numpy, h5py, safetensors, gguf, onnx, onnxruntime, highspy, cyllama     (about 0.4 GB)
#   full   light plus torch, transformers, compressed-tensors, gptqmodel, weightwatcher  (about 6 GB)
#
# Idempotent: a level that is already complete is recognized by a stamp that holds the package list, so that a change
# of the list below brings an old environment up to date. The stamp is written last; a killed run is simply continued.
set -euo pipefail

dest=${1:?usage: make_venv.sh DEST [light|full]}
level=${2:-light}
python=${PYTHON:-python3}

light_packages=(numpy==2.4.6 h5py safetensors==0.8.0 gguf==0.19.0 onnx onnxruntime==1.31.1 highspy==1.15.1 cyllama==0.2.18)
full_packages=(torch==2.15.0 transformers==5.23.0 accelerate compressed-tensors==0.20.0 gptqmodel==7.7.0 weightwatcher==0.7.7
    sentencepiece==0.2.3)

case $level in
    light | full) ;;
    *)
        echo "make_venv.sh: unknown level '$level', expected light or full" >&2
        exit 2
        ;;
esac

# stamp_matches LEVEL PACKAGE... : true when the level was completed with exactly this list.
stamp_matches() {
    local stamp="$dest/.bitwright-$1"
    shift
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$*" ]
}

# install LEVEL PACKAGE... : one retry, because a registry answers badly now and then.
install() {
    local stamp="$dest/.bitwright-$1"
    shift
    if ! "$dest/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; then
        echo "make_venv.sh: pip failed, trying once more" >&2
        sleep 5
        "$dest/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
    fi
    printf '%s' "$*" >"$stamp.part"
    mv -f "$stamp.part" "$stamp"
}

# One maker at a time per destination: two tests may ask for the same environment at once.
mkdir -p "$dest"
exec 9>"$dest/.bitwright-lock"
flock 9

"$dest/bin/python" -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear "$dest"
stamp_matches light "${light_packages[@]}" || install light "${light_packages[@]}"
if [ "$level" = full ]; then
    # The light pins are repeated so that a dependency of the full set cannot move them.
    stamp_matches full "${light_packages[@]}" "${full_packages[@]}" || install full "${light_packages[@]}" "${full_packages[@]}"
fi
echo "interop environment ($level) is ready in $dest"
