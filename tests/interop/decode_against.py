#!/usr/bin/env python3
"""Decode a compressed-tensors export with the compressed_tensors library and compare it with a plain checkpoint.

Usage: decode_against.py EXPORT --fake FAKE [--tolerance 0]

FAKE is the fake-quant export of the same plan: the values that the plan promises. Scales are widened to float32 before
decoding, so that the library's arithmetic is exact, and the result is rounded to FAKE's dtype before comparing. Every tensor
of either side must exist on the other. Prints JSON; exit code 1 when anything differs by more than the tolerance.
"""
import argparse
import json
import pathlib
import sys

import torch
from compressed_tensors.compressors import PackedQuantizationCompressor
from compressed_tensors.quantization import QuantizationConfig
from compressed_tensors.utils.match import is_match
from safetensors import safe_open

PARTS = ("weight_packed", "weight_scale", "weight_zero_point", "weight_shape", "weight_g_idx")


class Folder:
    """All tensors of a model folder (or one file) by name, read on demand."""

    def __init__(self, path):
        path = pathlib.Path(path)
        files = [path] if path.is_file() else sorted(path.glob("*.safetensors"))
        if not files:
            sys.exit(f"decode_against.py: no safetensors file in {path}")
        self.place = {}
        for file in files:
            handle = safe_open(file, "pt")
            self.place.update({name: handle for name in handle.keys()})

    def __getitem__(self, name):
        return self.place[name].get_tensor(name)


def scheme_of(module_name, config):
    """The config group of a linear layer: an exact name wins over a regular expression, that over a class name."""
    linear = torch.nn.Linear(1, 1, device="meta")
    if any(is_match(module_name, linear, target) for target in config.ignore or []):
        return None
    kinds = (lambda t: not t.startswith("re:") and t != "Linear", lambda t: t.startswith("re:"), lambda t: t == "Linear")
    for kind in kinds:
        for scheme in config.config_groups.values():
            if any(kind(t) and is_match(module_name, linear, t) for t in scheme.targets):
                return scheme
    return None


def decode(export, module_name, scheme):
    """The weight of one packed layer, out x in, float32."""
    state = {p: export[f"{module_name}.{p}"] for p in PARTS if f"{module_name}.{p}" in export.place}
    state["weight_scale"] = state["weight_scale"].float()
    return PackedQuantizationCompressor.decompress(state, scheme)["weight"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("export", type=pathlib.Path)
    parser.add_argument("--fake", type=pathlib.Path, required=True)
    parser.add_argument("--tolerance", type=float, default=0.0)
    options = parser.parse_args()
    raw = json.loads((options.export / "config.json").read_text())["quantization_config"]
    config = QuantizationConfig.model_validate(raw)
    export, fake = Folder(options.export), Folder(options.fake)
    packed = sorted(n.removesuffix(".weight_packed") for n in export.place if n.endswith(".weight_packed"))
    parts = {f"{m}.{p}" for m in packed for p in PARTS}
    problems, worst, dense = [], (0.0, None), 0
    names = {n for n in export.place if n not in parts} | {f"{m}.weight" for m in packed}
    problems += [f"only in the export: {n}" for n in sorted(names - set(fake.place))]
    problems += [f"only in the plain checkpoint: {n}" for n in sorted(set(fake.place) - names)]
    for name in sorted(names & set(fake.place)):
        module = name.removesuffix(".weight")
        promised = fake[name]
        if module in packed:
            scheme = scheme_of(module, config)
            if scheme is None:
                problems.append(f"packed, but no config group names it: {module}")
                continue
            found = decode(export, module, scheme).to(promised.dtype)
        else:
            found, dense = export[name], dense + 1
        if found.shape != promised.shape:
            problems.append(f"{name}: {list(found.shape)} against {list(promised.shape)}")
            continue
        difference = float((found.double() - promised.double()).abs().max()) if found.numel() else 0.0
        if not difference <= options.tolerance:
            problems.append(f"{name}: differs by {difference:g}")
        if worst[1] is None or difference > worst[0]:
            worst = (difference, name)
    print(json.dumps({"packed": len(packed), "dense": dense, "max_abs_diff": worst[0], "worst": worst[1],
                      "problems": problems[:20]}, indent=1))
    return 1 if problems or not packed else 0


if __name__ == "__main__":
    sys.exit(main())
