#!/usr/bin/env python3
"""Mix paragraphs of three public-domain texts: mix_text.py OPTICKS JARGON BIBLE. make_text.sh says where they come from."""
import sys


def paragraphs(path, after, most):
    """Paragraphs of prose behind the line that starts with `after`, one line each, up to `most` bytes."""
    text = open(path, encoding="utf-8").read().replace("\r", "").replace("_", "")
    text = text[text.index(after):] if after else text
    found, total = [], 0
    for block in text.split("\n\n"):
        line = " ".join(block.split())
        if len(line) < 80 or not line[0].isalpha() or "  " in line:
            continue  # titles, tables, lists
        found.append(line)
        total += len(line.encode())
        if total > most:
            return found
    return found


def main():
    opticks = paragraphs(sys.argv[1], "PART I.", 60_000)
    jargon = paragraphs(sys.argv[2], "This document is a collection of slang", 60_000)
    bible = open(sys.argv[3], encoding="utf-8").read().splitlines()
    bible = [" ".join(bible[i: i + 5]).strip() for i in range(0, len(bible), 5)]
    # The same share of each in every part of the file, so that its beginning is as varied as the whole.
    places = [(i / len(source), number, text) for number, source in enumerate((opticks, jargon, bible)) for i, text in enumerate(source)]
    for _, _, text in sorted(places):
        print(text + "\n")


if __name__ == "__main__":
    main()
