#!/usr/bin/env python3
"""Hold an export of the window against what it promised: perplexity by transformers, on the very tokens that were measured.

Usage: check_promise.py PROMISE.json

PROMISE.json is what tests/app/tst_harm_journey.cpp wrote: folder of the model and of the export, token ids of every sequence, and the
perplexities that the program measured by running the model itself. Both have to be those of transformers in float32 to four digits
(relative difference below 5e-5).
"""
import json
import pathlib
import sys

import torch
from transformers import AutoModelForCausalLM

from text_sequences import perplexity

LIMIT = 5e-5


def main():
    torch.set_num_threads(2)
    promise = json.loads(pathlib.Path(sys.argv[1]).read_text())
    sequences = [torch.tensor([ids]) for ids in promise["sequences"] if len(ids) > 1]
    report, held = {}, True
    for folder, promised in ((promise["model"], promise["reference_perplexity"]), (promise["export"], promise["perplexity"])):
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
        measured = perplexity(model, sequences)["perplexity"]
        difference = abs(measured - promised) / measured
        held = held and difference < LIMIT
        report[folder] = {"promised": promised, "transformers": measured, "relative difference": difference}
    print(json.dumps(report, indent=1))
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
