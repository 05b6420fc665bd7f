#!/usr/bin/env python3
"""Train tiny-llama, the byte-level Llama model that Bitwright bundles, and write it as a Hugging Face folder.

Usage: train.py TEXT.txt OUT_DIR [--checkpoint FILE] [--steps N] [--seed S] [--threads N]

With --checkpoint the state is saved every 50 steps, and a run that was stopped goes on where it was.

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


def learning_rate(step, options):
    """Warm-up over 80 steps, a cosine that would reach 1 % at `horizon`, and a last `cooldown` that falls linearly to 0."""
    cosine = 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, max(0.0, (step - 80) / (options.horizon - 80)))))
    return options.peak * min(1.0, (step + 1) / 80) * cosine * min(1.0, (options.steps - step) / options.cooldown)


def held_out_bits(model, data, length, windows):
    """Bits per byte over the first windows of the held-out text; for the training log only."""
    total = 0.0
    with torch.no_grad():
        for ids in data[: windows * length].view(-1, length).split(64):
            loss = F.cross_entropy(model(ids)[:, :-1].flatten(0, 1), ids[:, 1:].flatten(), reduction="sum")
            total += float(loss)
    return total / (windows * (length - 1)) / math.log(2)


class Trainer:
    """Model, optimizer and the generator that picks the windows; everything that a checkpoint holds."""

    def __init__(self, options):
        torch.manual_seed(options.seed)
        self.options, self.step = options, 0
        self.generator = torch.Generator().manual_seed(options.seed)
        self.model = TinyLlama(CONFIG)
        matrices = [p for n, p in self.model.named_parameters() if p.dim() == 2 and "embed_tokens" not in n]
        others = [p for n, p in self.model.named_parameters() if p.dim() != 2 or "embed_tokens" in n]
        self.optimizer = torch.optim.AdamW(
            [{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}],
            lr=options.peak, betas=(0.9, 0.97), fused=True)

    def load(self, path):
        state = torch.load(path, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.generator.set_state(state["generator"])
        self.step = state["step"]

    def save(self, path):
        partial = path.with_name(path.name + ".part")
        torch.save({"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(),
                    "generator": self.generator.get_state(), "step": self.step}, partial)
        os.replace(partial, path)

    def advance(self, training):
        """One step over `batch` random windows of the training text. Returns the loss in bits per byte."""
        length = CONFIG["max_position_embeddings"]
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.step, self.options)
        first = torch.randint(len(training) - length, (self.options.batch,), generator=self.generator)
        ids = training[first[:, None] + torch.arange(length + 1)]
        loss = F.cross_entropy(self.model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        return float(loss.detach()) / math.log(2)


def train(options):
    training, held_out = (byte_tensor(t) for t in load_split(options.text))
    trainer = Trainer(options)
    if options.checkpoint and options.checkpoint.exists():
        trainer.load(options.checkpoint)
    start, losses = time.monotonic(), []
    while trainer.step < options.steps:
        losses.append(trainer.advance(training))
        if trainer.step % 50 == 0 or trainer.step == options.steps:
            if options.checkpoint:
                trainer.save(options.checkpoint)
            rate = len(losses) * options.batch * CONFIG["max_position_embeddings"] / (time.monotonic() - start)
            recent = losses[-50:]
            print(f"step {trainer.step}/{options.steps}  {sum(recent) / len(recent):.3f} bits per byte  {rate:.0f} bytes/s",
                  file=sys.stderr, flush=True)
    print(f"held out, first 64 windows: {held_out_bits(trainer.model, held_out, 256, 64):.3f}", file=sys.stderr)
    return trainer.model


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
    parser.add_argument("--checkpoint", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=1150)
    parser.add_argument("--horizon", type=int, default=2000, help="step at which the cosine would end")
    parser.add_argument("--cooldown", type=int, default=250, help="last steps, in which the rate falls to 0")
    parser.add_argument("--batch", type=int, default=32, help="sequences per step")
    parser.add_argument("--peak", type=float, default=4e-3, help="peak learning rate")
    parser.add_argument("--seed", type=int, default=1611)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    write_folder(train(options), options.out)


if __name__ == "__main__":
    main()
