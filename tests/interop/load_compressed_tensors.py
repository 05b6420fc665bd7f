#!/usr/bin/env python3
"""Load a compressed-tensors export in transformers the way a user does, run it, and print its perplexity as JSON.

Usage: load_compressed_tensors.py MODEL_DIR --text FILE [--sequence-length 512] [--max-tokens N] [--dtype float32] [--bytes]

Weights stay packed until the first forward pass, which is why loading alone proves nothing. Exit code 1 when the export does
not load, when no layer was packed after loading, when a packed tensor of the file was ignored, or when the perplexity is not
finite. The protocol is that of perplexity.py.

Asymmetric exports: transformers 5.23 with compressed-tensors 0.20 refuses every one of them, also those that the library
wrote itself ("weight_zero_point MISMATCH"). It builds the empty model on the meta device, where the library packs the weight
but forgets the zero point, and then finds the packed zero points of the file too small. --work-around packs it there as well;
the JSON says which route was taken.
"""
import json
import math
import pathlib
import sys
import time

import torch
from compressed_tensors.compressors import PackedQuantizationCompressor
from safetensors import safe_open
from transformers import AutoModelForCausalLM, AutoTokenizer

import perplexity as plain
from text_sequences import perplexity, sequences_of


def packed_in_files(folder):
    """Module names of all `.weight_packed` tensors in the folder."""
    names = set()
    for file in sorted(pathlib.Path(folder).glob("*.safetensors")):
        with safe_open(file, "pt") as tensors:
            names.update(n.removesuffix(".weight_packed") for n in tensors.keys() if n.endswith(".weight_packed"))
    return names


def packed_in_model(model):
    return {n for n, m in model.named_modules() if getattr(m, "weight_packed", None) is not None}


def pack_zero_points_on_meta():
    """Make the library give an empty asymmetric layer the zero-point shape that it writes for a real one."""
    original = PackedQuantizationCompressor.compress.__func__

    def compress(cls, state, scheme):
        result, zero = original(cls, state, scheme), state.get("weight_zero_point")
        if state["weight"].device.type == "meta" and zero is not None and not scheme.weights.symmetric:
            rows = math.ceil(zero.shape[0] * scheme.weights.num_bits / 32)
            result["weight_zero_point"] = torch.empty((rows, *zero.shape[1:]), dtype=torch.int32, device="meta")
        return result

    PackedQuantizationCompressor.compress = classmethod(compress)


def main():
    parser = plain.arguments(__doc__)
    parser.add_argument("--work-around", action="store_true", help="load asymmetric exports in spite of the reader's defect")
    options = parser.parse_args()
    if options.work_around:
        pack_zero_points_on_meta()
    torch.set_num_threads(options.threads)
    expected = packed_in_files(options.model)
    start = time.monotonic()
    try:
        model = AutoModelForCausalLM.from_pretrained(options.model, dtype=getattr(torch, options.dtype)).eval()
    except Exception as error:  # whatever the reader's refusal looks like, it is this script's finding
        print(json.dumps({"model": options.model, "problems": [f"does not load: {type(error).__name__}: {error}"]}, indent=1))
        sys.exit(1)
    packed = packed_in_model(model)
    schemes = {}
    for name, module in model.named_modules():
        scheme = getattr(module, "quantization_scheme", None)
        if scheme is not None and scheme.weights is not None and name in expected:
            w = scheme.weights
            key = f"{w.num_bits} bit {'symmetric' if w.symmetric else 'asymmetric'} {getattr(w.strategy, 'value', w.strategy)} {w.group_size}"
            schemes[key] = schemes.get(key, 0) + 1
    loaded = time.monotonic()
    tokenizer = None if options.bytes else AutoTokenizer.from_pretrained(options.model)
    sequences = sequences_of(tokenizer, options.text, options.sequence_length, options.max_tokens)
    with torch.no_grad():
        first = model(input_ids=sequences[0][:, :8]).logits
    result = perplexity(model, sequences)
    problems = []
    if not expected:
        problems.append("the export holds no packed tensor")
    if expected - packed:
        problems.append(f"not packed after loading: {sorted(expected - packed)[:5]}")
    if not bool(torch.isfinite(first).all()) or not math.isfinite(result["perplexity"]):
        problems.append("the output is not finite")
    print(json.dumps({"model": options.model, "route": "work-around" if options.work_around else "default",
                      "packed_layers": len(packed), "schemes": schemes, **result,
                      "sequences": len(sequences), "load_seconds": round(loaded - start, 2),
                      "run_seconds": round(time.monotonic() - loaded, 2), "problems": problems}, indent=1))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
