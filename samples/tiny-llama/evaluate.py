#!/usr/bin/env python3
"""Held-out bits per byte of tiny-llama at bfloat16 and after round-to-nearest of its block linears; the card's numbers.

Usage: evaluate.py TEXT.txt [MODEL_DIR] [--json] [--threads N]

Held-out chapters (text_data.py), every second non-overlapping window of 256 bytes; the first byte of a window is given, the
other 255 are predicted. Round-to-nearest is asymmetric, group 128 along the inputs: lo = min(0, min), hi = max(0, max), scale
(hi - lo) / (2^b - 1), integer zero point. It is applied to the seven linear layers of every block; embedding, head and norms
stay as they are. Weights are the bfloat16 of the file, arithmetic is float32.
"""
import argparse
import json
import math
import pathlib
import time

import torch
import transformers

from text_data import byte_tensor, load_split

GROUP = 128


def round_to_nearest(weight, bits, group=GROUP):
    """Asymmetric round-to-nearest of an out x in matrix, dequantized."""
    w = weight.reshape(weight.shape[0], -1, group)
    low, high = w.amin(-1, keepdim=True).clamp(max=0), w.amax(-1, keepdim=True).clamp(min=0)
    scale = (high - low) / (2**bits - 1)
    scale[scale == 0] = 1
    zero = (-low / scale).round()
    code = ((w / scale).round() + zero).clamp(0, 2**bits - 1)
    return ((code - zero) * scale).reshape(weight.shape)


def bits_per_byte(model, ids):
    """Mean code length in bits over the predicted bytes of windows x 256 ids."""
    total = 0.0
    with torch.no_grad():
        for window in ids.split(32):
            logits = model(input_ids=window).logits[:, :-1].flatten(0, 1)
            total += float(torch.nn.functional.cross_entropy(logits, window[:, 1:].flatten(), reduction="sum"))
    return total / (ids.shape[0] * (ids.shape[1] - 1)) / math.log(2)


def held_out_windows(text, length=256):
    ids = byte_tensor(load_split(text)[1])
    return ids[: len(ids) // length * length].view(-1, length)[::2]


def evaluate(model, ids, widths=(8, 4, 3, 2)):
    """{"bf16": ..., "8": ..., ...}; the model's weights are as before afterwards."""
    linears = {n: m for n, m in model.model.layers.named_modules() if isinstance(m, torch.nn.Linear)}
    original = {n: m.weight.detach().clone() for n, m in linears.items()}
    result = {"bf16": bits_per_byte(model, ids)}
    for bits in widths:
        for name, module in linears.items():
            module.weight.data = round_to_nearest(original[name], bits)
        result[str(bits)] = bits_per_byte(model, ids)
    for name, module in linears.items():
        module.weight.data = original[name]
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path, nargs="?", default=pathlib.Path(__file__).resolve().parent)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model = transformers.LlamaForCausalLM.from_pretrained(options.model, dtype=torch.float32).eval()
    ids = held_out_windows(options.text)
    start = time.monotonic()
    result = evaluate(model, ids)
    if options.json:
        print(json.dumps({"bits_per_byte": result, "windows": len(ids), "seconds": time.monotonic() - start}))
        return
    print(f"{ids.shape[0]} windows of {ids.shape[1]} bytes, {ids.shape[0] * (ids.shape[1] - 1)} predicted bytes")
    for name, value in result.items():
        print(f"{name + ' bit' if name != 'bf16' else name:>6}: {value:.4f} bits per byte")


if __name__ == "__main__":
    main()
