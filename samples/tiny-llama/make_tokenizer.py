#!/usr/bin/env python3
"""Write tokenizer.json and tokenizer_config.json of tiny-llama: 256 tokens, the id of a token is the value of its byte.

Usage: make_tokenizer.py OUT_DIR

A BPE without merges whose vocabulary consists of the byte-fallback tokens alone: every character falls back to its UTF-8
bytes, so that `ids == list(text.encode())`.
"""
import json
import pathlib
import sys

from tokenizers import Tokenizer, decoders, models


def main():
    out = pathlib.Path(sys.argv[1])
    tokenizer = Tokenizer(models.BPE(vocab={f"<0x{i:02X}>": i for i in range(256)}, merges=[], byte_fallback=True))
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.save(str(out / "tokenizer.json"))
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 256, "clean_up_tokenization_spaces": False}
    (out / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


if __name__ == "__main__":
    main()
