"""The text of tiny-llama: how it is split into a training and a held-out part, and how it becomes token ids."""
import pathlib
import sys

import torch

HELD_OUT_EVERY = 20  # every 20th chapter is held out: 59 of 1189


def load_split(path):
    """Read extract_text.sh's output and return (training text, held-out text), both bytes.

    Whole chapters are held out, spread over all books, so that no held-out verse has its neighbors in the training part.
    """
    chapters = pathlib.Path(path).read_bytes().rstrip(b"\n").split(b"\n\n")
    held_out = [c for i, c in enumerate(chapters) if i % HELD_OUT_EVERY == HELD_OUT_EVERY - 1]
    training = [c for i, c in enumerate(chapters) if i % HELD_OUT_EVERY != HELD_OUT_EVERY - 1]
    return b"\n\n".join(training) + b"\n", b"\n\n".join(held_out) + b"\n"


def byte_tensor(text):
    """A token id is the value of its byte: int64 tensor of len(text) ids."""
    return torch.frombuffer(bytearray(text), dtype=torch.uint8).long()


def main():
    """text_data.py KJV.txt OUT.txt: the first 16,384 bytes of the held-out text, on which the bundled dump was recorded."""
    pathlib.Path(sys.argv[2]).write_bytes(load_split(sys.argv[1])[1][:16384])


if __name__ == "__main__":
    main()
