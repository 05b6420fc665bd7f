#!/usr/bin/env python3
"""Times transformers' forward pass, logits included, in float32: the peer of bench_measure.

Usage: peer_forward.py MODEL --ids FILE [--tokens 512] [--threads 2] [--repeat 5]

FILE holds token ids (whitespace between them), of which the first --tokens are one sequence. Runs with the faster of
transformers' ways of attention (sdpa). Prints one line of JSON: shortest and median seconds of the repetitions, after one
that is not counted.
"""
import argparse
import json
import pathlib
import statistics
import time

import torch
from transformers import AutoModelForCausalLM


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--ids", required=True)
    parser.add_argument("--tokens", type=int, default=512)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    ids = [int(word) for word in pathlib.Path(options.ids).read_text().split()][: options.tokens]
    model = AutoModelForCausalLM.from_pretrained(options.model, dtype=torch.float32, attn_implementation="sdpa").eval()
    seconds = []
    with torch.no_grad():
        for _ in range(options.repeat + 1):
            start = time.monotonic()
            model(input_ids=torch.tensor([ids]))
            seconds.append(time.monotonic() - start)
    print(json.dumps({"peer": "transformers", "tokens": len(ids), "forward": round(min(seconds[1:]), 3),
                      "forward_median": round(statistics.median(seconds[1:]), 3)}))


if __name__ == "__main__":
    main()
