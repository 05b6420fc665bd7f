#!/usr/bin/env python3
"""Mean squared gradients of models with routed experts: autograd against `bitwright-cli capture --gradients`.

Usage: check_expert_gradients.py CLI OUT [--tolerance 1e-3]

Runs the tiny models of tests/data/forward that have experts, and variants that are made in OUT: chosen probabilities divided by
their sum or not, one expert per token (and fewer tokens than experts, so that some have no gradient), and experts stacked in one tensor.
transformers stacks experts in memory whatever the file does; the gradients are taken apart again by the file's names, a stacked
tensor's experts being "tensor[3]". Factors are compared relative to the largest of their list; zeros must be zeros.
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys

import h5py
import numpy as np
import torch
import transformers
from safetensors.torch import load_file, save_file

DATA = pathlib.Path(__file__).resolve().parent.parent / "data" / "forward"
VARIANTS = [  # name, model, changes of config.json, experts stacked ("one expert" runs on three tokens: some are left out)
    ("mixtral", "mixtral", {}, False),
    ("qwen2-moe", "qwen2-moe", {}, False),
    ("qwen2-moe normalized", "qwen2-moe", {"norm_topk_prob": True}, False),
    ("qwen2-moe one expert", "qwen2-moe", {"num_experts_per_tok": 1}, False),
    ("qwen3-moe", "qwen3-moe", {}, False),
    ("qwen3-moe unnormalized", "qwen3-moe", {"norm_topk_prob": False}, False),
    ("qwen2-moe stacked", "qwen2-moe", {}, True),
    ("qwen3-moe stacked", "qwen3-moe", {}, True),
]
LENGTH = 12
SEQUENCES = 6


def stack_experts(tensors):
    """mlp.experts.E.{gate,up,down}_proj.weight as mlp.experts.gate_up_proj and mlp.experts.down_proj."""
    stacked, experts = {}, {}
    for name, value in tensors.items():
        match = re.fullmatch(r"(.*\.mlp\.experts)\.(\d+)\.(gate|up|down)_proj\.weight", name)
        if match:
            experts.setdefault(match[1], {}).setdefault(int(match[2]), {})[match[3]] = value
        else:
            stacked[name] = value
    for prefix, parts in experts.items():
        ordered = [parts[e] for e in sorted(parts)]
        stacked[prefix + ".gate_up_proj"] = torch.stack([torch.cat([p["gate"], p["up"]]) for p in ordered])
        stacked[prefix + ".down_proj"] = torch.stack([p["down"] for p in ordered])
    return stacked


def make_variant(folder, source, changes, stacked):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    config = json.loads((DATA / source / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(dict(config, **changes), indent=1))
    tensors = load_file(DATA / source / "model.safetensors")
    save_file(stack_experts(tensors) if stacked else tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return set(load_file(folder / "model.safetensors"))


def in_file(name, gradient, names):
    """[(name in the file, gradient)] of one parameter in memory."""
    moe = "block_sparse_moe" if any("block_sparse_moe" in n for n in names) else "mlp"
    if not name.endswith(("experts.gate_up_proj", "experts.down_proj")):
        return [(name.replace(".mlp.", f".{moe}."), gradient)]
    if name in names:
        return [(f"{name}[{e}]", gradient[e]) for e in range(len(gradient))]
    prefix = name.rsplit(".", 1)[0].replace(".mlp.", f".{moe}.")
    gate, up, down = ("w1", "w3", "w2") if moe == "block_sparse_moe" else ("gate_proj", "up_proj", "down_proj")
    parts = []
    for e, matrix in enumerate(gradient):
        if name.endswith("down_proj"):
            parts.append((f"{prefix}.{e}.{down}.weight", matrix))
        else:
            half = len(matrix) // 2
            parts += [(f"{prefix}.{e}.{gate}.weight", matrix[:half]), (f"{prefix}.{e}.{up}.weight", matrix[half:])]
    return parts


def write_ids(path, sequences):
    path.write_text("".join(" ".join(map(str, ids)) + "\n" for ids in sequences))
    return sequences


def autograd_factors(folder, names, sequences):
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    factors = {}
    for ids in sequences:
        model.zero_grad()
        logits = model(input_ids=torch.tensor([ids])).logits[0, :-1]
        torch.nn.functional.cross_entropy(logits, torch.tensor(ids[1:])).backward()
        for parameter, value in model.named_parameters():
            if value.dim() < 2 or "embed" in parameter:
                continue
            gradient = torch.zeros_like(value) if value.grad is None else value.grad
            for name, part in in_file(parameter, gradient.double().square(), names):
                row, column = factors.setdefault(name, (0, 0))
                factors[name] = (row + part.mean(1) / len(sequences), column + part.mean(0) / len(sequences))
    return {name: (row.numpy(), column.numpy()) for name, (row, column) in factors.items()}


def relative(expected, found):
    scale = np.abs(expected).max()
    difference = np.abs(expected - found).max()
    return float(difference / scale) if scale else float("inf") if difference else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cli")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--tolerance", type=float, default=1e-3)
    options = parser.parse_args()
    generator = np.random.default_rng(7)
    text = generator.integers(3, 96, (SEQUENCES, LENGTH)).tolist()
    options.out.mkdir(parents=True, exist_ok=True)
    failed = False
    for label, source, changes, stacked in VARIANTS:
        folder = options.out / label.replace(" ", "-")
        names = make_variant(folder, source, changes, stacked)
        few = "one expert" in label
        sequences = write_ids(options.out / "ids.txt", [text[0][:3]] if few else text)
        subprocess.run([options.cli, "--quiet", "capture", str(folder), "--tokens", str(options.out / "ids.txt"), "--gradients",
                        "-o", str(options.out / "own.h5")], check=True, stdout=subprocess.DEVNULL)
        expected = autograd_factors(folder, names, sequences)
        with h5py.File(options.out / "own.h5") as dump:
            found = {g.attrs["tensor"]: (g["row_mean_sq"][:], g["col_mean_sq"][:], int(g["batches"][()]), float(g["mean_sq"][()]))
                     for g in dump["gradients"].values()}
        problems = [f"{name} is in one only" for name in sorted(set(expected) ^ set(found))]
        worst, zeros = (-1.0, ""), 0
        for name in sorted(set(expected) & set(found)):
            row, column = expected[name]
            error = max(relative(row, found[name][0]), relative(column, found[name][1]),
                        relative(np.array([row.mean()]), np.array([found[name][3]])))
            zeros += not row.any()
            worst = max(worst, (error, name))
            if not error <= options.tolerance or found[name][2] != len(sequences):
                problems.append(f"{name} differs by {error:.2e}, {found[name][2]} batches")
        if bool(zeros) != few:
            problems.append(f"{zeros} gradients are zero")
        failed = failed or bool(problems)
        print(f"{label}: {len(expected)} gradients ({zeros} zero), worst {worst[0]:.1e} {worst[1]}", flush=True)
        for problem in problems[:20]:
            print(f"  {problem}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
