#!/usr/bin/env python3
"""Bitwright's forward pass against transformers in float32 on a real model.

Usage: check_forward.py BENCH_FORWARD MODEL --text FILE [--max-tokens 1024] [--threads 2] [--repeat 1]

BENCH_FORWARD is the built program of tests/bench/bench_forward.cpp. The text's first tokens are one sequence, led by BOS where
the tokenizer adds one (counted on top). Compares the final hidden states and, for a language model, the logits that they give
through the head (largest difference over largest magnitude, bound 1e-4), the best word, each token's log probability, and the
perplexity (relative difference below 5e-5, so four digits). Prints times of both as well, on the wall and of the processor:
compare the former on a quiet machine only. --attention sdpa is transformers' faster way.
"""
import argparse
import json
import math
import pathlib
import subprocess
import tempfile
import time

import numpy
import torch
from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, AutoTokenizer


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench")
    parser.add_argument("model")
    parser.add_argument("--text", required=True)
    parser.add_argument("--max-tokens", type=int, default=1024)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--attention", default="eager", choices=["eager", "sdpa"])
    return parser.parse_args()


def ids_of(options):
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    text = pathlib.Path(options.text).read_text()
    ids = tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"][: options.max_tokens]
    bos = tokenizer.bos_token_id
    leads = bos is not None and tokenizer("a")["input_ids"][:1] == [bos]
    return ([bos] if leads else []) + ids


def run_ours(options, ids, folder):
    path = pathlib.Path(folder) / "ids.txt"
    path.write_text(" ".join(map(str, ids)) + "\n")
    command = [options.bench, options.model, "--ids", str(path), "--threads", str(options.threads),
               "--repeat", str(options.repeat), "--out", str(pathlib.Path(folder) / "ours")]
    summary = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    hidden = numpy.fromfile(pathlib.Path(folder) / "ours.hidden.f32", dtype=numpy.float32).reshape(len(ids), -1)
    tokens = numpy.fromfile(pathlib.Path(folder) / "ours.tokens.f64", dtype=numpy.float64).reshape(-1, 3)
    return summary, torch.from_numpy(hidden), torch.from_numpy(tokens)


def relative(ours, theirs):
    return float((ours - theirs).abs().max() / theirs.abs().max())


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    ids = ids_of(options)
    with tempfile.TemporaryDirectory() as folder:
        summary, hidden, tokens = run_ours(options, ids, folder)
    causal = any("CausalLM" in name for name in AutoConfig.from_pretrained(options.model).architectures or [])
    kind = AutoModelForCausalLM if causal else AutoModel
    model = kind.from_pretrained(options.model, dtype=torch.float32, attn_implementation=options.attention).eval()
    best = cpu = math.inf
    with torch.no_grad():
        for _ in range(options.repeat):
            start, cpu_start = time.monotonic(), time.process_time()
            result = model(input_ids=torch.tensor([ids]), output_hidden_states=True)
            best, cpu = min(best, time.monotonic() - start), min(cpu, time.process_time() - cpu_start)
        theirs = result.hidden_states[-1][0]
        report = {"model": options.model, "tokens": len(ids), "hidden_relative_error": relative(hidden, theirs),
                  "ours": summary, "transformers_seconds": round(best, 3),
                  "transformers_cpu_seconds": round(cpu, 3)}
        ok = report["hidden_relative_error"] <= 1e-4
        if causal:
            logits = result.logits[0]
            logs = torch.log_softmax(logits.double(), dim=-1)
            expected = logs[:-1].gather(1, torch.tensor(ids[1:])[:, None])[:, 0]
            report["logits_relative_error"] = relative(model.lm_head(hidden), logits)
            report["same_best"] = int((tokens[:, 1].long() == logits.argmax(-1)).sum())
            report["log_probability_error"] = float((tokens[:-1, 2] - expected).abs().max())
            report["perplexity"] = {"ours": math.exp(-float(tokens[:-1, 2].mean())), "theirs": math.exp(-float(expected.mean()))}
            values = report["perplexity"]
            ok = ok and report["logits_relative_error"] <= 1e-4 and report["same_best"] == len(ids)
            ok = ok and abs(values["ours"] / values["theirs"] - 1) < 5e-5
    report["ok"] = ok
    print(json.dumps(report, indent=1))
    raise SystemExit(0 if ok else 1)


if __name__ == "__main__":
    main()
