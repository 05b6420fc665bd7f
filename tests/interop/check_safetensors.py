#!/usr/bin/env python3
"""What the reference safetensors reader says about files.

Usage: check_safetensors.py FILE...            exit code 0 when every file is accepted and all its data can be read
       check_safetensors.py --judge DIR        every *.safetensors file below DIR: {"name": {"accepted": bool, "error": text}}

The second form never fails on account of a file: it is the oracle to compare another reader's decisions with.
"""
import argparse
import json
import pathlib
import sys

from safetensors import safe_open


def judge(path):
    """{"accepted", "tensors", "bytes"} or {"accepted": False, "error"}; opens by header, then touches every tensor."""
    try:
        size = count = 0
        # Dtypes that numpy lacks (bfloat16, FP8) need torch; the header check is the same for both.
        with safe_open(path, framework()) as file:
            for name in file.keys():
                tensor = file.get_tensor(name)
                size += tensor.numel() * tensor.element_size() if hasattr(tensor, "numel") else tensor.nbytes
                count += 1
    except Exception as error:  # the reader raises its own type, OSError, and what its bindings let through
        return {"accepted": False, "error": f"{type(error).__name__}: {error}"}
    return {"accepted": True, "tensors": count, "bytes": size}


def framework():
    try:
        import torch  # noqa: F401  (only looked for)
    except ImportError:
        return "np"
    return "pt"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    parser.add_argument("--judge", type=pathlib.Path, metavar="DIR")
    options = parser.parse_args()
    if options.judge:
        root = options.judge
        print(json.dumps({str(p.relative_to(root)): judge(p) for p in sorted(root.rglob("*.safetensors"))}, indent=1))
        return 0
    if not options.files:
        parser.error("name files, or --judge DIR")
    results = {str(p): judge(p) for p in options.files}
    print(json.dumps(results, indent=1))
    return 0 if all(r["accepted"] for r in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
