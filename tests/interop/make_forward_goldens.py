#!/usr/bin/env python3
"""Tiny random models of every family with the logits that transformers computes for them, for tst_forward_golden.

Usage: make_forward_goldens.py [OUT, default tests/data/forward] [FAMILY...]

OUT/FAMILY holds config.json, model.safetensors (bfloat16; llama float32) and expected.safetensors: `ids.N` (1 x tokens,
int64) and `logits.N` (tokens x vocabulary, float32; for an encoder the last hidden states). The weights are rounded to the
stored type first, then everything is computed in float32 by the eager attention. Folders `rope-KIND` hold a config.json and
expected values only; their weights are those of `llama`. Seeds are fixed; torch and transformers decide the last bits.
"""
import json
import pathlib
import shutil
import sys

import torch
import transformers as t
from safetensors.torch import save_file

VOCABULARY = 96
SHARED = dict(vocab_size=VOCABULARY, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48,
              max_position_embeddings=64, pad_token_id=0, bos_token_id=1, eos_token_id=2)
LLAMA = dict(SHARED, num_key_value_heads=2)
MOE = dict(LLAMA, num_experts=4, num_experts_per_tok=2, moe_intermediate_size=24)
SLIDING = dict(use_sliding_window=True, sliding_window=7, max_window_layers=1)

FAMILIES = {
    "llama": (t.LlamaConfig, t.LlamaForCausalLM, dict(LLAMA, num_hidden_layers=3, rms_norm_eps=1e-5)),
    "llama-biases": (t.LlamaConfig, t.LlamaForCausalLM, dict(LLAMA, attention_bias=True, mlp_bias=True, head_dim=12,
                                                            tie_word_embeddings=True, hidden_act="gelu")),
    "mistral": (t.MistralConfig, t.MistralForCausalLM, dict(LLAMA, sliding_window=6, head_dim=8)),
    "qwen2": (t.Qwen2Config, t.Qwen2ForCausalLM, dict(LLAMA, tie_word_embeddings=True, **SLIDING)),
    "qwen3": (t.Qwen3Config, t.Qwen3ForCausalLM, dict(LLAMA, head_dim=16)),
    "gemma2": (t.Gemma2Config, t.Gemma2ForCausalLM,
               dict(LLAMA, head_dim=12, query_pre_attn_scalar=20, sliding_window=6, final_logit_softcapping=4.0,
                    attn_logit_softcapping=3.0)),
    "gemma3": (t.Gemma3TextConfig, t.Gemma3ForCausalLM,
               dict(LLAMA, num_hidden_layers=3, head_dim=12, query_pre_attn_scalar=24, sliding_window=6,
                    layer_types=["sliding_attention", "full_attention", "sliding_attention"],
                    rope_parameters={"sliding_attention": {"rope_type": "default", "rope_theta": 1e4},
                                     "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1e6}})),
    "phi3": (t.Phi3Config, t.Phi3ForCausalLM,
             dict(LLAMA, original_max_position_embeddings=16, sliding_window=50,
                  rope_parameters={"rope_type": "longrope", "rope_theta": 1e4, "partial_rotary_factor": 0.5,
                                   "short_factor": [1.0, 1.1], "long_factor": [1.5, 3.0]})),
    "gpt2": (t.GPT2Config, t.GPT2LMHeadModel, dict(vocab_size=VOCABULARY, n_embd=32, n_layer=2, n_head=4, n_positions=64)),
    "opt": (t.OPTConfig, t.OPTForCausalLM, dict(SHARED, ffn_dim=48, word_embed_proj_dim=32)),
    "opt-post": (t.OPTConfig, t.OPTForCausalLM, dict(SHARED, ffn_dim=48, word_embed_proj_dim=16,
                                                    do_layer_norm_before=False)),
    "mixtral": (t.MixtralConfig, t.MixtralForCausalLM, dict(LLAMA, intermediate_size=24, num_local_experts=4,
                                                          num_experts_per_tok=2)),
    "qwen2-moe": (t.Qwen2MoeConfig, t.Qwen2MoeForCausalLM, dict(MOE, shared_expert_intermediate_size=40,
                                                             decoder_sparse_step=2, norm_topk_prob=False)),
    "qwen3-moe": (t.Qwen3MoeConfig, t.Qwen3MoeForCausalLM, dict(MOE, head_dim=8, norm_topk_prob=True)),
    "bert": (t.BertConfig, t.BertModel, dict(SHARED)),
}
ROPES = {
    "linear": {"rope_type": "linear", "factor": 2.5},
    "dynamic": {"rope_type": "dynamic", "factor": 3.0},
    "llama3": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
               "original_max_position_embeddings": 32},
    "yarn": {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16},
    "longrope": {"rope_type": "longrope", "factor": 4.0, "original_max_position_embeddings": 30,
                 "short_factor": [1.0, 1.2, 1.4, 1.6], "long_factor": [1.0, 2.0, 4.0, 8.0]},
}


def randomize(model, seed):
    """Draws every parameter anew, so that no norm, bias or gate is trivial."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in model.named_parameters():
            noise = torch.randn(value.shape, generator=generator)
            if value.dim() == 1:
                around = 0.0 if "bias" in name or bool((value == 0).all()) else 1.0
                value.copy_(around + 0.2 * noise)
            elif "embed" in name or name.endswith(("wte.weight", "wpe.weight")):
                value.copy_(0.5 * noise)
            else:
                inputs = value.shape[-2] if name.split(".")[-2] in ("c_attn", "c_proj", "c_fc") else value.shape[-1]
                value.copy_(noise * 1.2 / inputs ** 0.5)


def sequences(long):
    generator = torch.Generator().manual_seed(99)
    lengths = (44, 17, 1) if long else (26, 17, 1)
    return [torch.randint(3, VOCABULARY, (1, n), generator=generator) for n in lengths]


def write_expected(make, folder, long=False):
    """`make` gives a fresh model per sequence: dynamic scaling remembers the longest that it has seen."""
    expected = {}
    with torch.no_grad():
        for i, ids in enumerate(sequences(long)):
            result = make().eval()(input_ids=ids)
            values = result.logits if hasattr(result, "logits") else result.last_hidden_state
            expected[f"ids.{i}"] = ids.clone()
            expected[f"logits.{i}"] = values[0].float().contiguous()
    save_file(expected, str(folder / "expected.safetensors"))


def reference(cls, folder, **changes):
    return cls.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager", **changes)


def make_family(out, name):
    config_class, cls, values = FAMILIES[name]
    folder = out / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    torch.manual_seed(1)
    model = cls(config_class(**values))
    randomize(model, sum(map(ord, name)))
    if name != "llama":
        model = model.to(torch.bfloat16)
    model.save_pretrained(folder)
    for file in folder.glob("generation_config.json"):
        file.unlink()
    write_expected(lambda: reference(cls, folder), folder, long=name == "phi3")


def make_rope(out, kind):
    folder = out / f"rope-{kind}"
    folder.mkdir(parents=True, exist_ok=True)
    config = json.loads((out / "llama" / "config.json").read_text())
    config["rope_parameters"] = dict(ROPES[kind], rope_theta=10000.0)
    if kind == "dynamic":
        config["max_position_embeddings"] = 16
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    write_expected(lambda: reference(t.LlamaForCausalLM, out / "llama", config=t.LlamaConfig(**config)), folder, long=True)


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "data" / "forward"
    wanted = sys.argv[2:]
    for name in FAMILIES:
        if not wanted or name in wanted:
            make_family(out, name)
    for kind in ROPES:
        if not wanted or f"rope-{kind}" in wanted:
            make_rope(out, kind)
    total = sum(f.stat().st_size for f in out.rglob("*") if f.is_file())
    print(json.dumps({"folders": sorted(p.name for p in out.iterdir()), "bytes": total}, indent=1))


if __name__ == "__main__":
    main()
