#!/usr/bin/env python3
"""Times GPTQModel's GPTQ on one layer on the CPU, beside bench_gptq.

Usage: peer_gptq.py make W.npy X.npy [--size 2048]      writes a seeded layer with correlated inputs
       peer_gptq.py run W.npy X.npy [--bits 4] [--group 128] [--threads 2] [--repeat 3]

W: outputs x inputs, X: rows x inputs, float32. `run` prints one JSON line with the fields of bench_gptq: seconds and
cpu_seconds of the fastest run (from the Gram to the quantized weight), loss tr(dW H dW^T) / outputs with H = X^T X / rows.
"""
import argparse
import contextlib
import json
import os
import sys
import time

import numpy as np


def make_layer(weight_path, input_path, size):
    """Writes Gaussian weights and inputs with a decaying spectrum and channels of different size."""
    rng = np.random.default_rng(1)
    directions = size // 4
    mix = rng.standard_normal((directions, size)) / (1.0 + 0.05 * np.arange(directions))[:, None]
    inputs = rng.standard_normal((2 * size, directions)) @ mix * np.exp(0.5 * rng.standard_normal(size))
    inputs += 0.1 * rng.standard_normal(inputs.shape)
    np.save(weight_path, (0.02 * rng.standard_normal((size, size))).astype(np.float32))
    np.save(input_path, inputs.astype(np.float32))


def quantize_once(weight, inputs, bits, group):
    """Returns (quantized weight, wall seconds, CPU seconds) of one GPTQModel run; making the Gram is not timed."""
    import torch
    from gptqmodel.quantization.config import QuantizeConfig
    from gptqmodel.quantization.gptq import GPTQ

    layer = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    with torch.no_grad():
        layer.weight.copy_(weight)
    task = GPTQ(layer, qcfg=QuantizeConfig(bits=bits, group_size=group, desc_act=False, sym=True))
    task.quantizer.configure(perchannel=True)
    with torch.no_grad():
        task.add_batch(inputs[None], layer(inputs)[None])
    if hasattr(task, "finalize_hessian"):
        task.finalize_hessian()
    wall, cpu = time.perf_counter(), time.process_time()
    result = task.quantize()[0].float()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return (result if result.shape == weight.shape else result.t()), wall, cpu


def run(arguments):
    import torch

    torch.set_num_threads(arguments.threads)
    weight = torch.from_numpy(np.load(arguments.weights))
    inputs = torch.from_numpy(np.load(arguments.inputs))
    fastest = None
    for _ in range(arguments.repeat):
        attempt = quantize_once(weight, inputs, arguments.bits, arguments.group)
        if fastest is None or attempt[1] < fastest[1]:
            fastest = attempt
    error = (fastest[0] - weight).double()
    gram = inputs.double().T @ inputs.double() / inputs.shape[0]
    loss = float(((error @ gram) * error).sum() / weight.shape[0])
    return {"shape": list(weight.shape), "bits": arguments.bits, "group": arguments.group, "seconds": fastest[1],
            "cpu_seconds": fastest[2], "loss": loss}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["make", "run"])
    parser.add_argument("weights")
    parser.add_argument("inputs")
    parser.add_argument("--size", type=int, default=2048)
    parser.add_argument("--bits", type=int, default=4)
    parser.add_argument("--group", type=int, default=128)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.command == "make":
        make_layer(arguments.weights, arguments.inputs, arguments.size)
        return 0
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    with contextlib.redirect_stdout(sys.stderr):  # the peer's own log
        report = run(arguments)
    print(json.dumps(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
