#!/usr/bin/env python3
"""Compare two activation dumps dataset by dataset: compare_dumps.py REFERENCE OURS [--tolerance 2e-4]

Names, kinds, tensors, order, counts and sample tokens must be equal. Per-channel and per-token numbers are compared relative to
the largest of their dataset (a mean near zero has no digits of its own), Grams by their Frobenius norm, histograms by how many
values moved to another bin, samples by float16's precision. Prints the worst difference of every dataset.
"""
import argparse
import sys

import h5py
import numpy as np

EXACT_ATTRIBUTES = ("name", "kind", "block", "channels", "count")
# float32 forward passes of different libraries differ in the last bits, which moments raise to their power.
POWERS = {"sum_sq": 2, "moment3": 3, "moment4": 4, "gram": 2}


def relative(a, b):
    scale = np.abs(a).max(initial=0)
    return float(np.abs(a - b).max(initial=0) / scale) if scale else float(np.abs(b).max(initial=0))


def folded(counts, largest):
    """Bins whose magnitudes float32 arithmetic cannot tell from zero beside `largest` go to the zeros: the tail of a GELU is
    exactly zero in one library and 1e-9 in another."""
    low = int(np.clip((np.log10(max(largest, 1e-30) * 1e-6) + 8) * 32, 0, 512))
    return np.concatenate([[counts[512] + counts[:low].sum()], counts[low:512]])


def difference(name, a, b, largest):
    """(difference, limit as a multiple of the tolerance)."""
    if name == "hist_log10_abs":
        a, b = folded(a, largest), folded(b, largest)
        if a.sum() != b.sum():
            return float("inf"), 1
        return float(np.abs(np.cumsum(a - b)).max() / a.sum()), 20
    if name == "gram":
        return float(np.linalg.norm(a - b) / np.linalg.norm(a)), POWERS[name]
    if name == "top_index":
        return 0.0, 1  # equal magnitudes may change places; the values are compared
    if name == "top_values":
        return relative(np.abs(a), np.abs(b)), 1
    if name == "samples":
        return relative(a, b), 1 + 1e-3 / 2e-4
    return relative(a, b), POWERS.get(name, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference")
    parser.add_argument("ours")
    parser.add_argument("--tolerance", type=float, default=2e-4)
    parser.add_argument("--gradient-tolerance", type=float, default=1e-3)
    options = parser.parse_args()
    a, b = h5py.File(options.reference), h5py.File(options.ours)
    problems, worst = [], {}
    for name in ("schema", "version", "tokens", "sequences", "seed", "dataset", "model"):
        if a.attrs[name] != b.attrs[name]:
            problems.append(f"/: {name} is {b.attrs[name]!r}, expected {a.attrs[name]!r}")
    if not np.array_equal(a["tokens/input_ids"][:], b["tokens/input_ids"][:]):
        problems.append("/tokens/input_ids differ")
    if len(a["sites"]) != len(b["sites"]):
        problems.append(f"{len(b['sites'])} sites, expected {len(a['sites'])}")
    for i in range(min(len(a["sites"]), len(b["sites"]))):
        x, y = a["sites"][str(i)], b["sites"][str(i)]
        site = f"site {i} {x.attrs['name']} ({x.attrs['kind']})"
        for name in EXACT_ATTRIBUTES:
            if x.attrs[name] != y.attrs[name]:
                problems.append(f"{site}: {name} is {y.attrs[name]!r}, expected {x.attrs[name]!r}")
        if list(x.attrs["tensors"]) != list(y.attrs["tensors"]):
            problems.append(f"{site}: tensors are {list(y.attrs['tensors'])}, expected {list(x.attrs['tensors'])}")
        if set(x) != set(y):
            problems.append(f"{site}: datasets {sorted(set(x) ^ set(y))} are in one only")
        for name in sorted(set(x) & set(y)):
            if x[name].shape != y[name].shape or x[name].dtype != y[name].dtype:
                problems.append(f"{site}: {name} is {y[name].shape} {y[name].dtype}, expected {x[name].shape} {x[name].dtype}")
                continue
            if name in ("sample_sequence", "sample_position", "gram_count"):
                if not np.array_equal(x[name][()], y[name][()]):
                    problems.append(f"{site}: {name} differs")
                continue
            found, limit = difference(name, x[name][()].astype(np.float64), y[name][()].astype(np.float64), x["abs_max"][:].max())
            if found > worst.get(name, (-1, ""))[0]:
                worst[name] = (found, site)
            if not found <= limit * options.tolerance:
                problems.append(f"{site}: {name} differs by {found:.2e}")
    gradients = {g.attrs["tensor"]: g for g in b["gradients"].values()} if "gradients" in b else {}
    expected = {g.attrs["tensor"]: g for g in a["gradients"].values()} if "gradients" in a and gradients else {}
    if expected and set(expected) != set(gradients):
        problems.append(f"gradients of {sorted(set(expected) ^ set(gradients))} are in one only")
    for tensor in set(expected) & set(gradients):
        for name in ("row_mean_sq", "col_mean_sq", "mean_sq", "batches"):
            found = relative(np.atleast_1d(expected[tensor][name][()]), np.atleast_1d(gradients[tensor][name][()]))
            if found > worst.get(name, (-1, ""))[0]:
                worst[name] = (found, tensor)
            if not found <= options.gradient_tolerance:
                problems.append(f"gradient of {tensor}: {name} differs by {found:.2e}")
    for name, (found, site) in sorted(worst.items()):
        print(f"{name:20} {found:9.2e}  {site}")
    print("\n".join(problems[:40]) or f"equal: {len(a['sites'])} sites, {len(expected)} gradients")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
