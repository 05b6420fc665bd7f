#!/usr/bin/env python3
"""Check the bundled sample as a stranger would: transformers loads it, its card tells the truth, its dump fits the model.

Usage: check_sample.py [--text KJV.txt] [--sample DIR]

Without --text (samples/tiny-llama/extract_text.sh makes it) the held-out bits per byte are not recomputed; everything else is.
Exit code 1 and the failed assertion on stderr when something does not hold.
"""
import argparse
import pathlib
import re
import sys

import h5py
import numpy as np
import torch
import transformers
from safetensors import safe_open

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
LIMIT = 6 * 1024 * 1024  # bytes, for the model and for the dump
TOLERANCE = 2e-3  # bits per byte: rounding of the card and summation order


def check_model(folder):
    """transformers' own class loads every tensor of the file, and the tokenizer maps bytes to their values."""
    model, report = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    assert type(model).__name__ == "LlamaForCausalLM", type(model)
    assert not any(report[k] for k in ("missing_keys", "unexpected_keys", "mismatched_keys")), report
    with safe_open(folder / "model.safetensors", "pt") as file:
        names = set(file.keys())
        assert {file.get_slice(n).get_dtype() for n in names} == {"BF16"}
    size = sum((folder / f).stat().st_size for f in ("model.safetensors", "config.json"))
    assert size <= LIMIT, size
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    text = "And the light shineth in darkness;\n\n  naïve 日本\x00\x7f"
    assert tokenizer(text)["input_ids"] == list(text.encode())
    assert tokenizer.decode(list(text.encode())) == text
    return model.eval(), names


def card_numbers(folder):
    """{"bf16": bits, "8": ..., ...} out of the card's table."""
    rows = re.findall(r"^\| (bf16|\d)(?: bit)? \| ([\d.]+) \|", (folder / "README.md").read_text(), re.M)
    assert [r[0] for r in rows] == ["bf16", "8", "4", "3", "2"], rows
    return {name: float(value) for name, value in rows}


def check_card(folder, model, text):
    sys.path.insert(0, str(folder))
    import evaluate

    card = card_numbers(folder)
    found = evaluate.evaluate(model, evaluate.held_out_windows(text))
    for name, value in card.items():
        assert abs(found[name] - value) <= TOLERANCE, f"{name}: card says {value}, measured {found[name]:.4f}"
    assert found["bf16"] < 2.0
    assert found["4"] < found["3"] < found["2"] and found["3"] > found["bf16"] + 0.01, found
    return found


def check_dump(folder, model, names):
    path = folder / "activations.h5"
    assert path.stat().st_size <= LIMIT, path.stat().st_size
    shapes = {n: tuple(p.shape) for n, p in model.named_parameters()}
    fed, sampled = set(), set()
    with h5py.File(path) as file:
        assert (file.attrs["schema"], file.attrs["version"]) == ("bitwright-activations", 1)
        for group in file["sites"].values():
            a = group.attrs
            assert a["count"] == file.attrs["tokens"] and len(group["abs_max"]) == a["channels"]
            for tensor in a["tensors"]:
                assert tensor in names, tensor
                axis = 1 if a["kind"] == "input_of" else 0
                assert shapes[tensor][axis] == a["channels"], (a["name"], tensor)
                fed |= {tensor} if axis else set()
            if "samples" in group:
                sampled.add((tuple(group["sample_sequence"][:]), tuple(group["sample_position"][:])))
            if "gram" in group:
                diagonal = group["gram"][:][np.cumsum(np.arange(1, a["channels"] + 1)) - 1]
                np.testing.assert_allclose(diagonal, group["sum_sq"][:], rtol=1e-4)
            assert group["hist_log10_abs"][:].sum() == a["count"] * a["channels"]
        assert len(sampled) == 1, "sites have different sample tokens"
        linear = {f"{n}.weight" for n, m in model.named_modules() if isinstance(m, torch.nn.Linear)}
        assert fed == linear, fed ^ linear
        gradients = {g.attrs["tensor"]: (len(g["row_mean_sq"]), len(g["col_mean_sq"])) for g in file["gradients"].values()}
        assert gradients == {n: shapes[n] for n in linear}
        check_recorded_values(file, model)


def check_recorded_values(file, model):
    """The recorded inputs of one layer are what the model computes from the recorded token ids."""
    ids = torch.tensor(file["tokens/input_ids"][:]).long()
    (site,) = [g for g in file["sites"].values() if g.attrs["kind"] == "input_of"
               and "model.layers.2.mlp.down_proj.weight" in g.attrs["tensors"]]
    seen = []
    handle = model.model.layers[2].mlp.down_proj.register_forward_pre_hook(lambda m, x: seen.append(x[0]))
    with torch.no_grad():
        model(input_ids=ids)
    handle.remove()
    x = seen[0].flatten(0, 1).numpy()
    np.testing.assert_allclose(site["abs_max"][:], np.abs(x).max(0), rtol=1e-3)
    rows = site["sample_sequence"][:] * ids.shape[1] + site["sample_position"][:]
    np.testing.assert_allclose(site["samples"][:], x[rows], rtol=2e-3, atol=1e-4)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=pathlib.Path)
    parser.add_argument("--sample", type=pathlib.Path, default=REPOSITORY / "samples" / "tiny-llama")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model, names = check_model(options.sample)
    check_dump(options.sample, model, names)
    print("model and dump: sound")
    card = card_numbers(options.sample)
    if options.text:
        found = check_card(options.sample, model, options.text)
        print("bits per byte as on the card:", {k: round(v, 4) for k, v in found.items()})
    else:
        print("bits per byte not recomputed (no --text); card:", card)


if __name__ == "__main__":
    main()
