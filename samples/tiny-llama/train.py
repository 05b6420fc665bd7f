#!/usr/bin/env python3
"""Train tiny-llama, the byte-level Llama model that Bitwright bundles, and write it as a Hugging Face folder.

Usage: train.py TEXT.txt OUT_DIR [--steps N] [--seed S] [--threads N]

TEXT.txt comes from extract_text.sh; nothing else is read and nothing is fetched. The model is written for training in a
few lines of its own (bfloat16 arithmetic, float32 master weights) under the parameter names of transformers'
LlamaForCausalLM, which loads the result; tests/interop/check_sample.py proves that both compute the same.
"""
import argparse
import json
import math
import os
import pathlib
import sys
import time

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

from text_data import byte_tensor, load_split

CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "vocab_size": 256,
    "hidden_size": 256,
    "intermediate_size": 512,
    "num_hidden_layers": 5,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "hidden_act": "silu",
    "max_position_embeddings": 256,
    "rope_theta": 10000.0,
    "rms_norm_eps": 1e-5,
    "attention_bias": False,
    "mlp_bias": False,
    "tie_word_embeddings": False,
    "bos_token_id": None,
    "eos_token_id": None,
    "pad_token_id": None,
    "torch_dtype": "bfloat16",
}


class Linear(nn.Linear):
    """A bias-free linear layer that multiplies in bfloat16 and keeps its weight in float32."""

    def __init__(self, inputs, outputs):
        super().__init__(inputs, outputs, bias=False)

    def forward(self, x):
        return F.linear(x, self.weight.to(torch.bfloat16))


class RMSNorm(nn.Module):
    def __init__(self, width, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        return F.rms_norm(x, x.shape[-1:], self.weight.to(x.dtype), self.eps)


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.heads, self.kv_heads, self.width = c["num_attention_heads"], c["num_key_value_heads"], c["head_dim"]
        self.q_proj = Linear(c["hidden_size"], self.heads * self.width)
        self.k_proj = Linear(c["hidden_size"], self.kv_heads * self.width)
        self.v_proj = Linear(c["hidden_size"], self.kv_heads * self.width)
        self.o_proj = Linear(self.heads * self.width, c["hidden_size"])

    def forward(self, x, cos, sin):
        batch, length, _ = x.shape
        q = self.q_proj(x).view(batch, length, self.heads, self.width).transpose(1, 2)
        k = self.k_proj(x).view(batch, length, self.kv_heads, self.width).transpose(1, 2)
        v = self.v_proj(x).view(batch, length, self.kv_heads, self.width).transpose(1, 2)
        repeat = self.heads // self.kv_heads
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        k, v = k.repeat_interleave(repeat, 1), v.repeat_interleave(repeat, 1)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o_proj(y.transpose(1, 2).reshape(batch, length, -1))


class Mlp(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.gate_proj = Linear(c["hidden_size"], c["intermediate_size"])
        self.up_proj = Linear(c["hidden_size"], c["intermediate_size"])
        self.down_proj = Linear(c["intermediate_size"], c["hidden_size"])

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.input_layernorm = RMSNorm(c["hidden_size"], c["rms_norm_eps"])
        self.self_attn = Attention(c)
        self.post_attention_layernorm = RMSNorm(c["hidden_size"], c["rms_norm_eps"])
        self.mlp = Mlp(c)

    def forward(self, x, cos, sin):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x))


class Decoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.embed_tokens = nn.Embedding(c["vocab_size"], c["hidden_size"])
        self.layers = nn.ModuleList(Block(c) for _ in range(c["num_hidden_layers"]))
        self.norm = RMSNorm(c["hidden_size"], c["rms_norm_eps"])


class TinyLlama(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.model = Decoder(c)
        self.lm_head = Linear(c["hidden_size"], c["vocab_size"])
        self.rope = rope_tables(c)
        for name, p in self.named_parameters():
            if p.dim() != 2:
                continue
            deviation = 0.5 if "embed_tokens" in name else p.shape[1] ** -0.5
            if name.endswith(("o_proj.weight", "down_proj.weight")):
                # The stream sums 2 L contributions; scaling them keeps its variance of order one at the start.
                deviation *= (2 * c["num_hidden_layers"]) ** -0.5
            nn.init.normal_(p, std=deviation)

    def forward(self, ids):
        """ids: batch x length, int64. Returns float32 logits, batch x length x vocabulary."""
        cos, sin = (t[: ids.shape[1]] for t in self.rope)
        x = self.model.embed_tokens(ids).to(torch.bfloat16)
        for layer in self.model.layers:
            x = layer(x, cos, sin)
        return self.lm_head(self.model.norm(x)).float()


def rope_tables(c):
    """cos and sin, length x head width, in the half-split layout of Hugging Face checkpoints."""
    half = c["head_dim"] // 2
    frequency = c["rope_theta"] ** (-torch.arange(half, dtype=torch.float64) / half)
    angle = torch.arange(c["max_position_embeddings"], dtype=torch.float64)[:, None] * frequency
    angle = torch.cat([angle, angle], 1)
    return angle.cos().to(torch.bfloat16), angle.sin().to(torch.bfloat16)


def rotate(x, cos, sin):
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin


def learning_rate(step, steps, peak):
    """Linear warm-up over 4 % of the steps, then a cosine to 1 % of the peak."""
    warm = max(1, steps // 25)
    if step < warm:
        return peak * (step + 1) / warm
    return peak * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (step - warm) / (steps - warm))))


def held_out_bits(model, data, length, windows):
    """Bits per byte over the first windows of the held-out text; for the training log only."""
    total = 0.0
    with torch.no_grad():
        for ids in data[: windows * length].view(-1, length).split(64):
            loss = F.cross_entropy(model(ids)[:, :-1].flatten(0, 1), ids[:, 1:].flatten(), reduction="sum")
            total += float(loss)
    return total / (windows * (length - 1)) / math.log(2)


def train(text, steps, seed, batch, peak):
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    training, held_out = (byte_tensor(t) for t in load_split(text))
    length = CONFIG["max_position_embeddings"]
    model = TinyLlama(CONFIG)
    matrices = [p for n, p in model.named_parameters() if p.dim() == 2 and "embed_tokens" not in n]
    others = [p for n, p in model.named_parameters() if p.dim() != 2 or "embed_tokens" in n]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}],
        lr=peak, betas=(0.9, 0.97), fused=True)
    start, average = time.monotonic(), None
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, steps, peak)
        first = torch.randint(len(training) - length, (batch,), generator=generator)
        ids = training[first[:, None] + torch.arange(length + 1)]
        loss = F.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        value = float(loss.detach()) / math.log(2)
        average = value if average is None else 0.95 * average + 0.05 * value
        if step % 50 == 49 or step == steps - 1:
            seconds = time.monotonic() - start
            rate = (step + 1) * batch * length / seconds
            held = f"  held out {held_out_bits(model, held_out, length, 64):.3f}" if step % 500 == 499 else ""
            print(f"step {step + 1}/{steps}  {average:.3f} bits per byte  {rate:.0f} bytes/s  {seconds:.0f} s{held}",
                  file=sys.stderr, flush=True)
    return model


def write_folder(model, folder):
    """config.json and model.safetensors in bfloat16, each renamed into place when complete."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {n: p.detach().to(torch.bfloat16).contiguous() for n, p in model.state_dict().items()}
    save_file(tensors, folder / "model.safetensors.part", metadata={"format": "pt"})
    os.replace(folder / "model.safetensors.part", folder / "model.safetensors")
    (folder / "config.json.part").write_text(json.dumps(CONFIG, indent=2) + "\n")
    os.replace(folder / "config.json.part", folder / "config.json")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--batch", type=int, default=32, help="sequences per step")
    parser.add_argument("--peak", type=float, default=4e-3, help="peak learning rate")
    parser.add_argument("--seed", type=int, default=1611)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    model = train(options.text, options.steps, options.seed, options.batch, options.peak)
    write_folder(model, options.out)


if __name__ == "__main__":
    main()
