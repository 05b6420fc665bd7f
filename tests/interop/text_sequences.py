"""Token sequences of a text and the perplexity of a causal language model over them, shared by the interop scripts."""
import math
import pathlib

import torch


def sequences_of(tokenizer, path, length=512, maximum=None):
    """Non-overlapping pieces of `length` tokens, int64. Each starts with BOS where the tokenizer adds one by itself.

    BOS counts toward `length`. Without a tokenizer a token is a byte. `maximum` limits the tokens of the text.
    """
    data = pathlib.Path(path).read_bytes()
    if tokenizer is None:
        start, ids = [], list(data)
    else:
        bos = tokenizer.bos_token_id
        start = [bos] if bos is not None and tokenizer("a")["input_ids"][:1] == [bos] else []
        ids = tokenizer(data.decode("utf-8"), add_special_tokens=False, verbose=False)["input_ids"]
    ids, step = ids[:maximum], length - len(start)
    pieces = [start + ids[i: i + step] for i in range(0, len(ids), step)]
    return [torch.tensor([p]) for p in pieces if len(p) > 1]


def perplexity(model, sequences):
    """exp of the mean next-token cross-entropy (nats) over every predicted token of all sequences.

    The first token of a sequence is never predicted. Returns {"perplexity", "nats_per_token", "predicted_tokens"}.
    """
    total, count = 0.0, 0
    with torch.no_grad():
        for ids in sequences:
            logits = model(input_ids=ids).logits[0, :-1].float()
            total += float(torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="sum"))
            count += ids.shape[1] - 1
    mean = total / count
    return {"perplexity": math.exp(mean), "nats_per_token": mean, "predicted_tokens": count}
