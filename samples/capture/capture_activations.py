#!/usr/bin/env python3
"""Record the activations of a Hugging Face model over a text into a Bitwright dump (bitwright-activations, version 1).

    capture_activations.py MODEL_DIR --text FILE -o dump.h5 [--gradients] [--gram-max-width 2048] ...

For any other torch module use the library instead:  from capture_activations import Recorder, RecorderOptions

Memory does not grow with the number of tokens. README.md describes what is recorded and the layout of the file.
"""
import argparse
import importlib
import os
import pathlib
import sys
import time

import torch

from recorder import GradientRecorder, OutputGradientRecorder, Recorder, RecorderOptions  # Recorder and RecorderOptions are the library's names
from site_discovery import checkpoint_tensor_names


def load_model(folder, dtype):
    """The model class that config.json names, without a task head where it names none; evaluation mode, on the CPU."""
    import transformers

    config = transformers.AutoConfig.from_pretrained(folder)
    kind = getattr(transformers, (getattr(config, "architectures", None) or ["AutoModel"])[0], transformers.AutoModel)
    return kind.from_pretrained(folder, dtype=dtype).eval()


def byte_sequences(text, length):
    """Token id = byte value, cut into sequences of `length`."""
    return [list(text[i: i + length]) for i in range(0, len(text), length)]


def tokenized_sequences(folder, text, length, lines):
    """Sequences of token ids: one per line (special tokens added, cut at `length`), or the whole text in pieces.

    Pieces start with the BOS token where the tokenizer adds one by itself, which counts toward `length`.
    """
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    text = text.decode("utf-8")
    if lines:
        return [tokenizer(line, truncation=True, max_length=length)["input_ids"] for line in text.splitlines() if line.strip()]
    bos = tokenizer.bos_token_id
    start = [bos] if bos is not None and tokenizer("a")["input_ids"][:1] == [bos] else []
    ids = tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
    step = length - len(start)
    return [start + ids[i: i + step] for i in range(0, len(ids), step)]


def limit_tokens(sequences, maximum):
    """The first sequences up to `maximum` tokens in all; the last one is cut."""
    kept, total = [], 0
    for ids in sequences:
        ids = ids[: maximum - total]
        if not ids:
            break
        kept.append(ids)
        total += len(ids)
    return kept


def padded(sequences):
    """(input_ids, attention_mask) of a list of id lists, padded on the right."""
    width = max(map(len, sequences))
    ids, mask = torch.zeros(2, len(sequences), width, dtype=torch.int64).unbind()
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = torch.tensor(sequence)
        mask[row, : len(sequence)] = 1
    return ids, mask


def causal_loss(model, batch):
    """Mean next-token cross-entropy over the tokens of the batch, in nats."""
    logits = model(**batch).logits[:, :-1].float()
    labels = batch["input_ids"][:, 1:].masked_fill(batch["attention_mask"][:, 1:] == 0, -100)
    return torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100)


def drawn_loss(model, batch):
    """Mean cross-entropy against labels drawn from the model's own prediction after every token, in nats."""
    logits = model(**batch).logits[0].float()
    labels = torch.multinomial(logits.detach().softmax(-1), 1)[:, 0]
    return torch.nn.functional.cross_entropy(logits, labels)


def find_loss(name):
    """`causal-lm` or `module:function`; the function gets (model, batch) and returns a scalar tensor."""
    if name == "causal-lm":
        return causal_loss
    module, _, function = name.partition(":")
    sys.path.insert(0, os.getcwd())
    return getattr(importlib.import_module(module), function)


def progress(stage, done, total, start):
    print(f"{stage}: {done}/{total} sequences, {time.monotonic() - start:.1f} s", file=sys.stderr, flush=True)


def capture(model, sequences, recorder, batch_size):
    start = time.monotonic()
    with torch.inference_mode():
        for i in range(0, len(sequences), batch_size):
            ids, mask = padded(sequences[i: i + batch_size])
            model(input_ids=ids, attention_mask=mask)
            progress("activations", min(i + batch_size, len(sequences)), len(sequences), start)


def gather_gradients(model, sequences, names, loss):
    """One backward pass per sequence of at least two tokens."""
    start = time.monotonic()
    sequences = [s for s in sequences if len(s) > 1]
    with GradientRecorder(model, names) as gradients:
        for i, sequence in enumerate(sequences):
            ids, mask = padded([sequence])
            loss(model, {"input_ids": ids, "attention_mask": mask}).backward()
            gradients.step()
            progress("gradients", i + 1, len(sequences), start)
    return gradients


def gather_drawn_gradients(model, sequences, names, places):
    """The same with labels drawn from the model, and the gradients of outputs at the sampled tokens."""
    start = time.monotonic()
    with GradientRecorder(model, names) as gradients:
        outputs = OutputGradientRecorder(model, names, places, list(map(len, sequences)), gradients.factors)
        with outputs:
            for i, sequence in enumerate(sequences):
                ids, mask = padded([sequence])
                outputs.start(i, len(sequence))
                drawn_loss(model, {"input_ids": ids, "attention_mask": mask}).backward()
                gradients.step()
                progress("gradients", i + 1, len(sequences), start)
    return gradients, outputs


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path, help="Hugging Face model folder")
    parser.add_argument("--text", type=pathlib.Path, required=True, help="UTF-8 text to run the model on")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True, help="dump to write (.h5)")
    parser.add_argument("--lines", action="store_true", help="every line is a sequence of its own (sentence encoders)")
    parser.add_argument("--bytes", action="store_true", help="no tokenizer: a token id is the value of its byte")
    parser.add_argument("--max-tokens", type=int, default=4096)
    parser.add_argument("--sequence-length", type=int, default=512)
    parser.add_argument("--batch-size", type=int, default=4, help="sequences per forward pass")
    parser.add_argument("--samples", type=int, default=512, help="sample rows per site, 0 for none")
    parser.add_argument("--gram-max-width", type=int, default=0, metavar="W",
                        help="store X^T X of inputs up to W channels wide (8 W^2 bytes of memory each), 0 for none")
    parser.add_argument("--gram-bits", type=int, default=23, choices=range(8, 24), metavar="8..23",
                        help="mantissa bits kept in Grams; 15 make the file a quarter smaller at a relative error of 2e-5")
    parser.add_argument("--gradients", nargs="?", const="causal-lm", metavar="MODULE:FUNCTION",
                        help="mean squared gradients of the next-token loss, or of function(model, batch)")
    parser.add_argument("--labels", choices=["text", "model"], default="text",
                        help="what the next-token loss is taken against; labels drawn from the model also keep the gradients "
                             "of outputs at the sampled tokens")
    parser.add_argument("--gradient-tokens", type=int, metavar="N", help="tokens for the gradients, default: --max-tokens")
    parser.add_argument("--token-sites", choices=["all", "sublayers", "none"], default="all",
                        help="which sites store one maximum, median and rms per token")
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32", help="arithmetic of the forward pass")
    parser.add_argument("--dataset", help="name stored in the dump, default: the text's file name")
    parser.add_argument("--seed", type=int, default=0, help="chooses the sample tokens")
    parser.add_argument("--threads", type=int, default=0, help="0: as many as torch likes")
    options = parser.parse_args()
    if options.labels == "model" and options.gradients != "causal-lm":
        parser.error("--labels model needs --gradients of the next-token loss")
    return options


def main():
    options = parse_arguments()
    if options.threads:
        torch.set_num_threads(options.threads)
    text = options.text.read_bytes()
    if options.bytes:
        sequences = byte_sequences(text, options.sequence_length)
    else:
        sequences = tokenized_sequences(options.model, text, options.sequence_length, options.lines)
    gradient_sequences = limit_tokens(sequences, options.gradient_tokens or options.max_tokens)
    sequences = limit_tokens(sequences, options.max_tokens)
    if not sequences:
        sys.exit(f"capture_activations.py: {options.text} holds no token")
    torch.manual_seed(options.seed)
    model = load_model(options.model, getattr(torch, options.dtype))
    recorder_options = RecorderOptions(
        samples=options.samples, seed=options.seed, token_sites=options.token_sites,
        gram_max_width=options.gram_max_width, gram_bits=options.gram_bits,
        model_name=options.model.resolve().name, dataset=options.dataset or options.text.name,
        checkpoint_names=frozenset(checkpoint_tensor_names(options.model)))
    with Recorder(model, options.output, recorder_options) as recorder:
        capture(model, sequences, recorder, options.batch_size)
        if options.gradients:
            recorder.pause()
        if options.gradients and options.labels == "model":
            gradients, outputs = gather_drawn_gradients(model, gradient_sequences, recorder.names, recorder.sample_places())
            recorder.write_gradients(gradients)
            recorder.write_output_gradients(outputs)
        elif options.gradients:
            gradients = gather_gradients(model, gradient_sequences, recorder.names, find_loss(options.gradients))
            recorder.write_gradients(gradients)
    print(f"{options.output}: {recorder.tokens} tokens, {len(recorder.sites)} sites", file=sys.stderr)


if __name__ == "__main__":
    main()
