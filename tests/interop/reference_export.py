#!/usr/bin/env python3
"""Round-to-nearest export of a Hugging Face model made by the compressed_tensors library alone: the baseline of our exports.

Usage: reference_export.py MODEL_DIR OUT_DIR [--bits 4] [--group 128] [--symmetric] [--rule REGEX=BITS]... [--fake OUT_DIR2]

All linear layers except the head, and those whose width the group does not divide (kept and put on the ignore list). The
first --rule that matches a module's name decides its bits. --fake writes the dequantized values as a plain checkpoint.
"""
import argparse
import json
import pathlib
import re
import shutil

import torch
import transformers
from compressed_tensors.compressors import PackedQuantizationCompressor
from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme
from compressed_tensors.quantization.utils import calculate_qparams
from safetensors import safe_open
from safetensors.torch import save_file


def linear_names(folder):
    """Paths of all linear layers but the output head, from an empty copy of the model."""
    config = transformers.AutoConfig.from_pretrained(folder)
    kind = getattr(transformers, config.architectures[0])
    with torch.device("meta"):
        model = kind(config)
    head = model.get_output_embeddings() if hasattr(model, "get_output_embeddings") else None
    return [n for n, m in model.named_modules() if isinstance(m, torch.nn.Linear) and m is not head]


def compress(weight, scheme):
    """(packed state, dequantized weight in the weight's dtype) of an out x in matrix."""
    arguments = scheme.weights
    groups = weight.float().reshape(weight.shape[0], -1, arguments.group_size)
    scale, zero = calculate_qparams(groups.amin(-1), groups.amax(-1), arguments)
    state = {"weight": weight.float(), "weight_scale": scale.to(weight.dtype).float(), "weight_zero_point": zero}
    packed = PackedQuantizationCompressor.compress(state, scheme)
    plain = PackedQuantizationCompressor.decompress(dict(packed), scheme)["weight"]
    packed["weight_scale"] = packed["weight_scale"].to(weight.dtype)
    return {n: t.contiguous() for n, t in packed.items() if t is not None}, plain.to(weight.dtype)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--bits", type=int, default=4)
    parser.add_argument("--group", type=int, default=128)
    parser.add_argument("--symmetric", action="store_true")
    parser.add_argument("--rule", action="append", default=[], metavar="REGEX=BITS")
    parser.add_argument("--fake", type=pathlib.Path)
    options = parser.parse_args()
    rules = [(re.compile(r.rpartition("=")[0]), int(r.rpartition("=")[2])) for r in options.rule]
    with safe_open(options.model / "model.safetensors", "pt") as file:
        tensors = {n: file.get_tensor(n) for n in file.keys()}
    exported, fake, groups, ignored = dict(tensors), dict(tensors), {}, []
    for name in linear_names(options.model):
        weight = tensors[f"{name}.weight"]
        if weight.shape[1] % options.group:
            ignored.append(name)
            continue
        bits = next((b for pattern, b in rules if pattern.search(name)), options.bits)
        arguments = QuantizationArgs(num_bits=bits, type="int", symmetric=options.symmetric, strategy="group",
                                     group_size=options.group)
        packed, plain = compress(weight, QuantizationScheme(targets=["Linear"], weights=arguments))
        del exported[f"{name}.weight"]
        exported.update({f"{name}.{part}": tensor for part, tensor in packed.items()})
        fake[f"{name}.weight"] = plain
        groups.setdefault(bits, []).append(name)
    weights = {"type": "int", "symmetric": options.symmetric, "strategy": "group", "group_size": options.group, "dynamic": False}
    config = json.loads((options.model / "config.json").read_text())
    quantization = {
        "quant_method": "compressed-tensors", "format": "pack-quantized", "quantization_status": "compressed",
        "ignore": ["lm_head", *ignored],
        "config_groups": {f"group_{i}": {"targets": names, "weights": {"num_bits": bits, **weights}}
                          for i, (bits, names) in enumerate(sorted(groups.items()))}}
    write(options.model, options.out, exported, {**config, "quantization_config": quantization})
    if options.fake:
        write(options.model, options.fake, fake, config)


def write(source, folder, tensors, config):
    folder.mkdir(parents=True, exist_ok=True)
    for side in source.glob("*.json"):
        shutil.copy(side, folder)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


if __name__ == "__main__":
    main()
