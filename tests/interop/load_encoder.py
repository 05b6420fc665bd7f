#!/usr/bin/env python3
"""Load a compressed-tensors export of an encoder in transformers by the default route and compare its sentence embeddings.

Usage: load_encoder.py EXPORT --against MODEL --text FILE [--sentences 64]
Prints JSON: packed layers, mean and least cosine between the embeddings (mean over tokens) of the export and of the source model.
Exit 0 only if layers are packed and every cosine is above 0.8: enough to tell a working model from a wrongly decoded one.
"""
import argparse, json, sys
import torch
from transformers import AutoModel, AutoTokenizer

p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
p.add_argument("export"); p.add_argument("--against", required=True); p.add_argument("--text", required=True)
p.add_argument("--sentences", type=int, default=64)
a = p.parse_args()
lines = [line.strip() for line in open(a.text, encoding="utf-8") if len(line.split()) > 3][:a.sentences]
tokenizer = AutoTokenizer.from_pretrained(a.against)


def embed(model):
    """Mean over tokens of the last hidden state, one row per sentence."""
    batch = tokenizer(lines, padding=True, truncation=True, max_length=128, return_tensors="pt")
    with torch.no_grad():
        hidden = model(**batch).last_hidden_state
    mask = batch["attention_mask"].unsqueeze(-1)
    return (hidden * mask).sum(1) / mask.sum(1)


model = AutoModel.from_pretrained(a.export).eval()
packed = sum(1 for name, _ in model.named_parameters() if name.endswith("weight_packed")) \
    + sum(1 for name, _ in model.named_buffers() if name.endswith("weight_packed"))
cosine = torch.nn.functional.cosine_similarity(embed(model), embed(AutoModel.from_pretrained(a.against).eval()))
result = dict(packed_layers=packed, sentences=len(lines), mean_cosine=float(cosine.mean()), least_cosine=float(cosine.min()))
print(json.dumps(result, indent=1))
sys.exit(0 if packed > 0 and cosine.min() > 0.8 else 1)
