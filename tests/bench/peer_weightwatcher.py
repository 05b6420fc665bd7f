#!/usr/bin/env python3
"""Runs WeightWatcher with the power-law and the Marchenko-Pastur fit on a safetensors model, for comparison with bench_spectra.

Usage: peer_weightwatcher.py MODEL.safetensors [OURS]; needs weightwatcher, torch and safetensors. OURS is the output of
`bench_spectra MODEL --side 0 --alphas`. Prints seconds for the power law alone and for both fits, and per value the largest difference
to OURS. The matrices are wrapped into bias-free Linear layers, so that WeightWatcher sees exactly the 2-D tensors of the file.
"""
import contextlib
import io
import logging
import math
import sys
import time
import warnings

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
import matplotlib  # noqa: E402

matplotlib.use("Agg")
import torch  # noqa: E402
from safetensors.torch import load_file  # noqa: E402
import weightwatcher  # noqa: E402


def build_model(path):
    """Returns a module whose layers m0, m1... hold the 2-D tensors, and their names."""
    model, names = torch.nn.Module(), []
    for name, tensor in load_file(path).items():
        if tensor.dim() != 2:
            continue
        layer = torch.nn.Linear(tensor.shape[1], tensor.shape[0], bias=False)
        layer.weight.data = tensor.float()
        model.add_module(f"m{len(names)}", layer)
        names.append(name)
    return model, names


def analyze(model, **options):
    watcher = weightwatcher.WeightWatcher(model=model)
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        details = watcher.analyze(**options)
    return time.perf_counter() - start, details


def read_ours(path):
    rows, header = {}, None
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if words and words[0] == "name":
                header = words
            elif header and len(words) == len(header):
                rows[words[0]] = dict(zip(header[1:], map(float, words[1:])))
    return rows


def compare(details, names, ours):
    columns = {"alpha": "alpha", "xmin": "xmin", "D": "D", "num_spikes": "spikes", "sigma_mp": "sigma_mp",
               "mp_softrank": "softrank", "stable_rank": "stable_rank", "entropy": "entropy",
               "log_alpha_norm": "log_alpha_norm"}
    for theirs, mine in columns.items():
        worst, where, count, unfitted = 0.0, "-", 0, []
        for row in details.to_dict("records"):
            name = names[int(str(row["name"]).removeprefix("m"))]
            if name not in ours or theirs not in row:
                continue
            difference = abs(row[theirs] - ours[name][mine]) / max(1.0, abs(row[theirs]))
            if math.isnan(difference):
                unfitted.append(f"{name} ({row[theirs]:.6g} there)")
                continue
            count += 1
            if difference > worst:
                worst, where = difference, f"{name}: {row[theirs]:.9g} against {ours[name][mine]:.9g}"
        print(f"  {theirs:15s} {count:3d} compared, largest difference {worst:.3g}  {where}"
              + (f"; no fit here: {', '.join(unfitted)}" if unfitted else ""))


def main() -> int:
    model, names = build_model(sys.argv[1])
    alone, details = analyze(model)
    print(f"WeightWatcher {weightwatcher.__version__}: {len(details)} layers, power law {alone:.2f} s")
    both, details = analyze(model, mp_fit=True)
    print(f"power law and Marchenko-Pastur {both:.2f} s")
    if len(sys.argv) > 2:
        compare(details, names, read_ours(sys.argv[2]))
    else:
        print(details[["name", "alpha", "num_spikes"]].to_string())
    return 0


if __name__ == "__main__":
    sys.exit(main())
